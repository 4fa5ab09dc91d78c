"""What an event's front page shows of its released programme; arithmetic on plain data."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule.days import day_of
from sessions_app.programme.schedule.model import (
    Credit,
    Day,
    Localised,
    Person,
    Role,
    Schedule,
    Session,
    SessionKind,
    as_read_in,
)

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
SHOWN_AT_ONCE = 4  # entries of the card "on now"
KEPT_READY = 12  # entries that the card holds for later, so that it needs no new request

# Main sessions first; among them those who open and lead before those who answer.
_KIND_ORDER = {SessionKind.PLENARY: 0, SessionKind.PANEL: 1, SessionKind.LECTURE: 1, SessionKind.DEFENCE: 1}
_ROLE_ORDER = {Role.MODERATOR: 0, Role.SPEAKER: 0, Role.LEAD: 1}


class Phase(StrEnum):
    """Where an event stands in time."""

    COMING = "coming"
    RUNNING = "running"
    PAST = "past"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCard:
    """A day, its theme and the number of its sessions (None before the first release)."""

    date: dt.date
    title: Localised
    summary: Localised
    sessions: int | None
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCard:
    """Somebody of the programme with the post and organisation of her first main session."""

    code: str
    name: str
    roles: tuple[Role, ...]
    post: Localised
    organisation: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session on the card; ``shown`` unless it is only kept ready for later."""

    code: str
    title: Localised
    room: Localised
    start: dt.datetime
    end: dt.datetime
    running: bool
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NowCard:
    """What runs and comes next; ``day`` is the date of the first entry."""

    entries: tuple[Entry, ...]
    running: int
    day: dt.date
    at: dt.datetime
    is_first_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How large the programme is; breaks are not counted as sessions."""

    days: int
    sessions: int
    rooms: int
    people: int
    organisations: int


def held(schedule: Schedule) -> list[Session]:
    """Return the planned sessions without breaks, by start."""
    planned = (s for s in schedule.sessions if s.start and s.kind is not SessionKind.BREAK)
    return sorted(planned, key=lambda session: (session.start or NEVER, session.number))


def phase_of(bounds: Sequence[tuple[dt.datetime, dt.datetime]], now: dt.datetime) -> Phase:
    """Return the phase of an event whose days have these UTC bounds; without days it is coming."""
    if not bounds or now < bounds[0][0]:
        return Phase.COMING
    return Phase.RUNNING if now < bounds[-1][1] else Phase.PAST


def day_cards(schedule: Schedule, summaries: Mapping[dt.date, Localised], today: dt.date) -> list[DayCard]:
    """Return the days of a released programme; ``summaries`` are the event's own words about them."""
    zone = ZoneInfo(schedule.zone)
    found = (day_of(s.start, schedule.days, zone) for s in held(schedule) if s.start)
    counts: Counter[dt.date] = Counter(day.date for day in found if day)
    return [
        DayCard(
            date=day.date,
            title=day.title,
            summary=summaries.get(day.date, {}),
            sessions=counts[day.date],
            is_today=day.date == today,
        )
        for day in schedule.days
    ]


def figures_of(schedule: Schedule) -> Figures:
    """Return the counts of a programme."""
    sessions = held(schedule)
    credits = [credit for session in sessions for credit in session.credits]
    return Figures(
        days=len(schedule.days),
        sessions=len(sessions),
        rooms=len({session.room for session in sessions if session.room}),
        people=len({credit.person for credit in credits}),
        organisations=len(
            {credit.organisation for credit in credits if credit.organisation}
            | {session.host for session in sessions if session.host}
        ),
    )


def person_cards(schedule: Schedule, language: str) -> list[PersonCard]:
    """Return everybody of the programme, those of the main sessions first."""
    people = {person.key: as_read_in(person, language) for person in schedule.people}
    parts: dict[str, list[tuple[tuple[int, int, int, int], Credit]]] = {}
    for order, session in enumerate(held(schedule)):
        for place, credit in enumerate(session.credits):
            rank = (_KIND_ORDER.get(session.kind, 2), _ROLE_ORDER.get(credit.role, 2), order, place)
            parts.setdefault(credit.person, []).append((rank, credit))
    ranked = sorted(
        (min(found, key=lambda part: part[0])[0], key) for key, found in parts.items() if key in people
    )
    return [
        _person_card(people[key], [credit for _rank, credit in sorted_parts(parts[key])])
        for _rank, key in ranked
    ]


def sorted_parts(
    parts: Iterable[tuple[tuple[int, int, int, int], Credit]],
) -> list[tuple[tuple[int, int, int, int], Credit]]:
    """Return a person's parts, the most prominent first."""
    return sorted(parts, key=lambda part: part[0])


def _person_card(person: Person, credits: Sequence[Credit]) -> PersonCard:
    told = next((credit for credit in credits if credit.post or credit.organisation_name), credits[0])
    return PersonCard(
        code=person.key,
        name=person.name,
        roles=tuple(dict.fromkeys(credit.role for credit in credits)),
        post=told.post,
        organisation=told.organisation_name,
    )


def now_card(schedule: Schedule, now: dt.datetime) -> NowCard | None:
    """Return what runs at ``now`` and comes next, or None when everything is over."""
    rooms = {room.key: room.name for room in schedule.rooms}
    timed = [(s, s.start, s.end) for s in held(schedule) if s.start and s.end and s.end > now]
    if not timed:
        return None
    zone = ZoneInfo(schedule.zone)
    running = [item for item in timed if item[1] <= now]
    later = [item for item in timed if item[1] > now]
    # What began last is what people look for; a session that fills the whole day stands below.
    running.sort(key=lambda item: item[1], reverse=True)
    entries = [
        Entry(
            code=session.code,
            title=session.title,
            room=rooms.get(session.room or "", {}),
            start=start,
            end=end,
            running=start <= now,
            shown=False,
        )
        for session, start, end in [*running, *later][:KEPT_READY]
    ]
    first = local_date(entries[0].start if not running else now, zone)
    return NowCard(
        entries=_shown(entries, len(running), zone),
        running=len(running),
        day=first,
        at=now,
        is_first_day=bool(schedule.days) and first == schedule.days[0].date and now < timed[0][1],
    )


def _shown(entries: Sequence[Entry], running: int, zone: ZoneInfo) -> tuple[Entry, ...]:
    """Show three that run and the next one, or four that come on the same day."""
    if running:
        limit = min(running, SHOWN_AT_ONCE - 1)
        chosen = {*range(limit), running}
    else:
        day = local_date(entries[0].start, zone)
        chosen = {
            index
            for index, entry in enumerate(entries[:SHOWN_AT_ONCE])
            if local_date(entry.start, zone) == day
        }
    return tuple(replace(entry, shown=index in chosen) for index, entry in enumerate(entries))


def local_date(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the date that calendars of the zone show at a moment."""
    return moment.astimezone(zone).date()


def bounds_of(days: Iterable[Day]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the UTC bounds of days, in their order."""
    return [(day.start, day.end) for day in days]
