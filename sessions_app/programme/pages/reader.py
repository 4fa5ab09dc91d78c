"""A schedule as one reader sees it: her language, where things are found, and their addresses."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.days import day_of, derive_days
from sessions_app.programme.schedule.model import (
    Day,
    Localised,
    Organisation,
    Person,
    Room,
    Schedule,
    Session,
    Track,
    as_read_in,
    text_in,
)

_PLACE = "000000"  # stands for a code while an address is taken apart


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its language, which is empty when it is the reader's own."""

    text: str
    lang: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Words("")


class Addresses:
    """Addresses of an event's pages in the active language; each pattern is resolved once."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self._patterns: dict[str, tuple[str, str]] = {}

    def of(self, name: str, code: str) -> str:
        """Return the address of the named page of something with a code."""
        if name not in self._patterns:
            before, _, after = reverse(name, args=(self.slug, _PLACE)).rpartition(_PLACE)
            self._patterns[name] = (before, after)
        before, after = self._patterns[name]
        return f"{before}{code}{after}"

    def named(self, name: str, *arguments: object) -> str:
        """Return the address of a named page of the event."""
        return reverse(name, args=(self.slug, *arguments))


class Reader:
    """A released schedule with the words of one language and everything by its key.

    ``recordings`` are codes of recordings that are out by codes of sessions, for pages that tell of them.
    """

    def __init__(
        self,
        schedule: Schedule,
        language: str,
        *,
        names_as_written: bool = False,
        recordings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.schedule = schedule
        self.language = language
        self.recordings = recordings
        self.addresses = Addresses(schedule.slug)
        self.zone: ZoneInfo = zones.zone(schedule.zone)
        self.rooms: dict[str, Room] = {room.key: room for room in schedule.rooms}
        self.tracks: dict[str, Track] = {track.key: track for track in schedule.tracks}
        self.people: dict[str, Person] = {
            person.key: person if names_as_written else as_read_in(person, language)
            for person in schedule.people
        }
        self.organisations: dict[str, Organisation] = {item.key: item for item in schedule.organisations}

    def words(self, text: Localised) -> Words:
        """Return a text in the reader's language, else in the event's, marked with its language."""
        if not text:
            return NOTHING
        found, language = text_in(text, self.language, *self.schedule.languages)
        return Words(found, "" if language == self.language else language)

    @cached_property
    def planned(self) -> tuple[Session, ...]:
        """The sessions that have a time, by start."""
        found = [session for session in self.schedule.sessions if session.start and session.end]
        return tuple(sorted(found, key=by_start))

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The event's days in order, or those which its sessions fill."""
        if self.schedule.days:
            return tuple(sorted(self.schedule.days, key=lambda day: day.start))
        return derive_days(((s.start, s.end) for s in self.planned if s.start and s.end), self.zone)

    @cached_property
    def by_day(self) -> dict[dt.date, tuple[Session, ...]]:
        """The planned sessions by the date of their day; those outside of all days by their own date."""
        found: dict[dt.date, list[Session]] = defaultdict(list)
        for session in self.planned:
            found[self.date_of(session)].append(session)
        return {date: tuple(sessions) for date, sessions in found.items()}

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The dates that have a page: the event's days, and others on which something is held."""
        return tuple(sorted({day.date for day in self.days} | set(self.by_day)))

    def date_of(self, session: Session) -> dt.date:
        """Return the date of the day to which a planned session belongs."""
        if session.start is None:
            raise ValueError(f"session {session.code} is not planned")
        day = day_of(session.start, self.days, self.zone)
        return day.date if day else zones.local(session.start, self.zone).date()

    @cached_property
    def by_code(self) -> dict[str, Session]:
        """The planned sessions by code."""
        return {session.code: session for session in self.planned}

    @cached_property
    def removed_by_code(self) -> dict[str, Session]:
        """The sessions of earlier releases that are no longer held, by code."""
        return {session.code: session for session in self.schedule.removed}

    def people_of(self, sessions: Iterable[Session]) -> list[Person]:
        """Return the people of sessions in order of their first part."""
        keys = dict.fromkeys(credit.person for session in sessions for credit in session.credits)
        return [self.people[key] for key in keys if key in self.people]

    def local_file(self, url: str) -> str:
        """Return an address of this site without its host, any other one unchanged."""
        return url.removeprefix(settings.BASE_URL) if url.startswith(f"{settings.BASE_URL}/") else url


def by_start(session: Session) -> tuple[dt.datetime, int]:
    """Return what sessions are sorted by: start, then number; unplanned ones come last."""
    return session.start or dt.datetime.max.replace(tzinfo=dt.UTC), session.number
