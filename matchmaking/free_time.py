"""Who is free when: slots without what occupies people, for one, for two and for many at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from matchmaking.models import (
    Exchange,
    ExchangeProfile,
    Occupation,
    OccupationKind,
    Slot,
    Table,
)
from matchmaking.states import MEETING_LIVE
from matchmaking.timing import Span
from network.models import Person
from sessions_app.programme.models import Star
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule.model import Schedule, SessionKind

LIVE = sorted(MEETING_LIVE)


@dataclass(frozen=True, slots=True)
class FreeTime:
    """The slots of an exchange that have not begun, and what of them each of the asked-for people has free.

    ``taken`` is profile to slot to the kind of what occupies it, also in slots that have begun
    (``all_slots``); ``starred`` is profile to the slots beside starred sessions that she keeps free.
    ``stars`` is profile to the sessions on her agenda; ``schedule`` is the released programme when it was read.
    """

    slots: list[Slot]
    by_profile: dict[int, frozenset[int]] = field(default_factory=dict)
    all_slots: list[Slot] = field(default_factory=list)
    taken: dict[int, dict[int, str]] = field(default_factory=dict)
    starred: dict[int, set[int]] = field(default_factory=dict)
    stars: dict[int, set[uuid.UUID]] = field(default_factory=dict)
    schedule: Schedule | None = None

    def of(self, profile: ExchangeProfile) -> list[Slot]:
        """Return the person's free slots in order of time."""
        free = self.by_profile[profile.pk]
        return [slot for slot in self.slots if slot.pk in free]

    def common(self, one: ExchangeProfile, other: ExchangeProfile) -> list[Slot]:
        """Return the slots that both have free, in order of time."""
        both = self.by_profile[one.pk] & self.by_profile[other.pk]
        return [slot for slot in self.slots if slot.pk in both]

    def occupy(self, exchange: Exchange, profile: ExchangeProfile, slot: Slot) -> None:
        """Take account of a meeting that the person has just got in a slot."""
        self.taken[profile.pk][slot.pk] = OccupationKind.MEETING
        met = self.meets(profile)
        held = Counter(other.date for other in self.all_slots if other.pk in met)
        full = _full_days(exchange, profile, held)
        gone = {other.pk for other in self.slots if other.pk == slot.pk or other.date in full}
        self.by_profile[profile.pk] -= gone

    def meets(self, profile: ExchangeProfile) -> set[int]:
        """Return the slots in which the person has a meeting."""
        return {pk for pk, kind in self.taken[profile.pk].items() if kind == OccupationKind.MEETING}


def free_time(
    exchange: Exchange,
    profiles: Iterable[ExchangeProfile],
    *,
    now: dt.datetime | None = None,
    starred_too: bool = False,
    reads_agendas: bool = True,
) -> FreeTime:
    """Return the free slots of these people; four queries however many there are.

    ``reads_agendas`` may be false together with ``starred_too``, for who does not ask for the ``stars``.

    Time beside a starred session (but not the exchange itself) counts as taken for those who keep it free,
    unless ``starred_too``;
    days on which somebody has as many meetings as she wants, or the exchange allows, are taken whole.
    """
    people = {profile.pk: profile for profile in profiles}
    moment = now or timezone.now()
    all_slots = list(Slot.objects.filter(exchange=exchange))
    slots = [slot for slot in all_slots if slot.start > moment]
    dates = {slot.pk: slot.date for slot in all_slots}
    taken: dict[int, dict[int, str]] = {pk: {} for pk in people}
    held: dict[int, Counter[dt.date]] = {pk: Counter() for pk in people}
    rows = Occupation.objects.filter(profile__in=people).values_list("profile_id", "slot_id", "kind")
    for profile_id, slot_id, kind in rows:
        taken[profile_id][slot_id] = kind
        if kind == OccupationKind.MEETING:
            held[profile_id][dates[slot_id]] += 1
    stars = _stars(exchange, people.values()) if reads_agendas else {}
    schedule = released_schedule(exchange.event) if stars else None
    starred = {} if starred_too else _starred(people.values(), slots, stars, schedule)
    free = {}
    for pk, profile in people.items():
        full = _full_days(exchange, profile, held[pk])
        busy = taken[pk].keys() | starred.get(pk, set())
        free[pk] = frozenset(slot.pk for slot in slots if slot.pk not in busy and slot.date not in full)
    return FreeTime(slots, free, all_slots, taken, starred, stars, schedule)


def closed_time(
    exchange: Exchange, profiles: Iterable[ExchangeProfile], slots: Iterable[Slot]
) -> dict[int, set[int]]:
    """Return participant key to the slots in which no plan may put a meeting of hers, whatever stands there now.

    That is what she keeps free, speaks in by the released programme, or starred and keeps free.
    """
    people = {profile.pk: profile for profile in profiles}
    slots = list(slots)
    closed: dict[int, set[int]] = {pk: set() for pk in people}
    rows = Occupation.objects.filter(profile__exchange=exchange).exclude(kind=OccupationKind.MEETING)
    for profile_id, slot_id in rows.values_list("profile_id", "slot_id"):
        if profile_id in closed:
            closed[profile_id].add(slot_id)
    # A meeting that stood there first keeps the session out of the occupations.
    keys = {profile.person_id: pk for pk, profile in people.items()}
    schedule = released_schedule(exchange.event)
    speaking = slots_while_speaking(schedule, slots, [profile.person for profile in people.values()])
    for person_id, found in speaking.items():
        closed[keys[person_id]] |= found
    stars = _stars(exchange, people.values())
    for pk, found in _starred(people.values(), slots, stars, schedule).items():
        closed[pk] |= found
    return closed


def _full_days(exchange: Exchange, profile: ExchangeProfile, held: Counter[dt.date]) -> set[dt.date]:
    limits = [limit for limit in (exchange.meetings_a_day, profile.meetings_a_day) if limit]
    return {date for date, count in held.items() if count >= min(limits)} if limits else set()


def _stars(exchange: Exchange, profiles: Iterable[ExchangeProfile]) -> dict[int, set[uuid.UUID]]:
    """Return participant key to the event's sessions on her agenda, without those who have none; one query."""
    people = {profile.person_id: profile.pk for profile in profiles}
    rows = Star.objects.filter(person__in=people, session__event=exchange.event_id)
    found: dict[int, set[uuid.UUID]] = {}
    for person_id, guid in rows.values_list("person_id", "session__guid"):
        found.setdefault(people[person_id], set()).add(guid)
    return found


def _starred(
    profiles: Iterable[ExchangeProfile],
    slots: list[Slot],
    stars: dict[int, set[uuid.UUID]],
    schedule: Schedule | None,
) -> dict[int, set[int]]:
    """Return participant key to the slots beside her starred sessions, of those who keep them free."""
    if schedule is None or not stars or not slots:
        return {}
    beside = {
        session.guid: {slot.pk for slot in slots if _span(slot).overlaps(Span(session.start, session.end))}
        for session in schedule.sessions
        if session.start and session.end and session.kind is not SessionKind.EXCHANGE
    }
    return {
        profile.pk: set().union(*(beside.get(guid, set()) for guid in stars[profile.pk]))
        for profile in profiles
        if profile.keeps_starred_free and profile.pk in stars
    }


def slots_while_speaking(
    schedule: Schedule | None, slots: Iterable[Slot], people: Iterable[Person]
) -> dict[int, set[int]]:
    """Return person id to the slots in which she has a part in a released session."""
    by_code = {person.code: person.pk for person in people}
    found: dict[int, set[int]] = {}
    slots = list(slots)
    for session in schedule.sessions if schedule else ():
        if session.start is None or session.end is None:
            continue
        whole = Span(session.start, session.end)
        for credit in session.credits:
            if credit.person in by_code:
                overlapping = {slot.pk for slot in slots if _span(slot).overlaps(whole)}
                found.setdefault(by_code[credit.person], set()).update(overlapping)
    return found


def _span(slot: Slot) -> Span:
    return Span(slot.start, slot.end)


def free_tables(
    exchange: Exchange, slots: Iterable[Slot], *, step_free: bool = False
) -> dict[int, list[int]]:
    """Return slot id to the keys of the tables in use that are free then, by number; one query."""
    ids = [slot.pk for slot in slots]
    held = FilteredRelation("meetings", condition=Q(meetings__slot__in=ids, meetings__state__in=LIVE))
    tables = Table.objects.filter(
        exchange=exchange, is_active=True, **({"step_free": True} if step_free else {})
    )
    taken: dict[int, set[int | None]] = {}
    for table, slot in tables.annotate(held=held).values_list("pk", "held__slot_id"):
        taken.setdefault(table, set()).add(slot)
    return {pk: [table for table, slots in taken.items() if pk not in slots] for pk in ids}
