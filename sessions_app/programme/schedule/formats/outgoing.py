"""A schedule as the exchange formats want it: one language, days with rooms, strict names."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from anyascii import anyascii

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.days import day_of, derive_days, whole_day
from sessions_app.programme.schedule.formats.identity import derived_guid, parsed_guid
from sessions_app.programme.schedule.model import Day, Localised, Schedule, Session, text_in

UrlFor = Callable[[Session], str | None]

GENERATOR = "Plenum"
TIMESLOT = "00:15"
SHORTEST_ACRONYM = 4

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class RoomOfDay:
    """A room with its sessions of one day in order of time; ``guid`` is None for "no room"."""

    name: str
    guid: uuid.UUID | None
    sessions: tuple[Session, ...]


class Outgoing:
    """The view of one schedule in one language that the writers share."""

    def __init__(self, schedule: Schedule, language: str | None, url_for: UrlFor | None) -> None:
        self.schedule = schedule
        self.language = language or schedule.languages[0]
        self.zone = zones.zone(schedule.zone)
        self._url_for = url_for
        self.rooms = _unique_names((room.key, self.text(room.name)) for room in schedule.rooms)
        self.tracks = _unique_names((track.key, self.text(track.name)) for track in schedule.tracks)
        self.people = {person.key: person for person in schedule.people}
        self.organisations = {item.key: item for item in schedule.organisations}
        self.planned = tuple(session for session in schedule.sessions if session.start and session.end)

    def text(self, text: Localised) -> str:
        """Return a text in the outgoing language, else in the schedule's, fit for every format."""
        if not text:
            return ""
        return texts.without_control(text_in(text, self.language, *self.schedule.languages)[0])

    def title(self) -> str:
        """Return the event's title."""
        return self.text(self.schedule.title) or self.schedule.slug

    def url(self, session: Session) -> str:
        """Return the page of a session, "" when it has none."""
        url = self._url_for(session) if self._url_for else None
        return texts.safe_address(url or session.url)

    def room(self, session: Session) -> str:
        """Return the name of the session's room, "" without one."""
        return self.rooms.get(session.room or "", "")

    def track(self, session: Session) -> str:
        """Return the name of the session's track, "" without one."""
        return self.tracks.get(session.track or "", "")

    def days(self) -> tuple[Day, ...]:
        """Return the days in order; each planned session lies in one of them, and there is at least one."""
        found = sorted(self.schedule.days, key=lambda day: day.start)
        if not found:
            found = list(
                derive_days([(s.start, s.end) for s in self.planned if s.start and s.end], self.zone)
            )
        for session in self.planned:
            if session.start and day_of(session.start, found, self.zone) is None:
                found.append(whole_day(zones.local(session.start, self.zone).date(), self.zone))
        if not found:
            moment = self.schedule.released_at or zones.EPOCH
            found.append(whole_day(zones.local(moment, self.zone).date(), self.zone))
        return tuple(sorted(found, key=lambda day: day.start))

    def by_day(self) -> list[tuple[Day, list[RoomOfDay]]]:
        """Return the days with their rooms; the first day lists all rooms, so that their order is kept."""
        days = self.days()
        order = {day.start: position for position, day in enumerate(days)}
        placed: dict[tuple[int, str | None], list[Session]] = defaultdict(list)
        for session in sorted(self.planned, key=_by_start):
            day = day_of(session.start, days, self.zone) if session.start else None
            if day is not None:
                room = session.room if session.room in self.rooms else None
                placed[order[day.start], room].append(session)
        return [(day, self._rooms_of(position, placed)) for position, day in enumerate(days)]

    def guid_of(self, kind: str, key: str) -> uuid.UUID:
        """Return the UUID of a key, made from it where the key is none."""
        return parsed_guid(key) or derived_guid(self.schedule.slug, kind, key)

    def acronym(self, allowed: str) -> str:
        """Return the slug in the allowed characters (of a regular expression), long enough for the formats."""
        acronym = re.sub(f"[^{allowed}]", "_", self.schedule.slug.lower())
        return acronym.ljust(SHORTEST_ACRONYM, "_")

    def slug(self, session: Session) -> str:
        """Return the slug of a session, unique over the file by its number."""
        title = _NOT_WORD.sub("-", anyascii(self.text(session.title)[:80]).lower())[:60].strip("-")
        words = title if len(title) > 1 else session.code.lower()
        return f"{self.acronym('a-z0-9_')}-{session.number}-{words}"

    def _rooms_of(
        self, position: int, placed: dict[tuple[int, str | None], list[Session]]
    ) -> list[RoomOfDay]:
        rooms = []
        for key, name in self.rooms.items():
            sessions = tuple(placed.get((position, key), ()))
            if sessions or position == 0:
                rooms.append(RoomOfDay(name, self.guid_of("room", key), sessions))
        unplaced = tuple(placed.get((position, None), ()))
        if unplaced:
            rooms.append(RoomOfDay("", None, unplaced))
        return rooms


def _unique_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names by key; a name that comes again gets a number, an empty one is its key."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, text in names:
        name = base = texts.one_line(text) or key
        number = 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        found[key] = name
    return found


def _by_start(session: Session) -> tuple[object, int]:
    return session.start, session.number
