"""What a reader found in a file, before identities, texts and keys are made sound."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class RawPerson:
    """A person in a session as the file names her."""

    name: str
    id: str = ""
    guid: str = ""
    role: str = ""
    post: str = ""
    organisation: str = ""
    biography: str = ""


@dataclass(slots=True, kw_only=True)
class RawLink:
    """An address as the file gives it."""

    url: str
    title: str = ""
    is_file: bool = False


@dataclass(slots=True, kw_only=True)
class RawRoom:
    """A room as the file names it."""

    name: str
    guid: str = ""
    capacity: int | None = None
    place: str = ""
    line: int = 0


@dataclass(slots=True, kw_only=True)
class RawTrack:
    """A track as the file names it."""

    name: str
    slug: str = ""
    colour: str = ""


@dataclass(slots=True, kw_only=True)
class RawDay:
    """A day with its bounds in UTC, already mended."""

    date: dt.date
    start: dt.datetime
    end: dt.datetime


@dataclass(slots=True, kw_only=True)
class RawSession:
    """A session as the file states it; ``start`` and ``end`` are UTC, texts are untouched.

    ``texts`` holds title, subtitle, abstract and description by field and language;
    the language "" is the schedule's main one.
    """

    line: int
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    guid: str = ""
    uid: str = ""  # identifier of a calendar entry
    id: str = ""
    code: str = ""
    kind: str = ""
    language: str = ""
    track: str = ""
    room: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    host: str = ""
    recorded: bool = False
    licence: str = ""
    seats: int | None = None
    stream_url: str = ""
    url: str = ""
    people: list[RawPerson] = field(default_factory=list)
    links: list[RawLink] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)  # what the file says nothing about, see Reading.silent

    @property
    def title(self) -> str:
        """The title as messages repeat it."""
        return self.texts.get(("title", ""), "").strip() or next(
            (text for (name, _), text in self.texts.items() if name == "title" and text.strip()), "–"
        )


@dataclass(slots=True, kw_only=True)
class RawSchedule:
    """A whole file; ``zone`` is an IANA name."""

    zone: str
    line: int = 0  # where the event itself is described
    title: str = ""
    acronym: str = ""
    slug: str = ""  # as Plenum itself wrote it beside the format's own acronym
    version: str = ""
    url: str = ""
    venue: str = ""
    languages: tuple[str, ...] = ()
    days: list[RawDay] = field(default_factory=list)
    rooms: list[RawRoom] = field(default_factory=list)
    tracks: list[RawTrack] = field(default_factory=list)
    sessions: list[RawSession] = field(default_factory=list)
    expects: frozenset[str] = frozenset()  # identities the format requires: "guid", "id"
