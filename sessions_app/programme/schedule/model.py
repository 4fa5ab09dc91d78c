"""A schedule as immutable plain data: what is imported, released, compared and exported.

All instants are aware and in UTC; local times come from ``zones`` and the
schedule's zone. Texts that people read are ``Localised``: language code to
text, without empty values.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

Localised = Mapping[str, str]


class SessionKind(StrEnum):
    """What people do in a session."""

    PLENARY = "plenary"
    PANEL = "panel"
    LECTURE = "lecture"
    WORKSHOP = "workshop"
    PROJECT_GROUP = "project_group"
    DEFENCE = "defence"
    EXCHANGE = "exchange"
    BREAK = "break"
    SOCIAL = "social"


class Role(StrEnum):
    """What a person does in a session."""

    MODERATOR = "moderator"
    SPEAKER = "speaker"
    PANELLIST = "panellist"
    EXPERT = "expert"
    JURY = "jury"
    LEAD = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the event; ``start`` and ``end`` bound it in UTC and may lie past local midnight."""

    date: dt.date
    start: dt.datetime
    end: dt.datetime
    title: Localised = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room; ``key`` is its UUID as a string and never changes."""

    key: str
    name: Localised
    capacity: int | None = None
    step_free: bool | None = None
    place: Localised = field(default_factory=dict)  # floor, building, how to get there


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A thematic line; ``key`` is a slug, ``hue`` one of the eight track colours (1-8)."""

    key: str
    name: Localised
    hue: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation that hosts a session or sends a person."""

    key: str
    name: Localised
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who appears in the programme; ``name`` as written, ``latin`` its Latin form or empty."""

    key: str
    name: str
    latin: str = ""
    biography: Localised = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A person's part in one session, with post and organisation as printed that day."""

    person: str  # Person.key
    role: Role = Role.SPEAKER
    post: Localised = field(default_factory=dict)
    organisation: str | None = None  # Organisation.key
    organisation_name: Localised = field(default_factory=dict)  # as printed; may stand without a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address with its title; ``is_file`` marks something to download."""

    title: str
    url: str
    is_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One item of the programme.

    ``guid``, ``code`` (six of 0-9 A-Z) and ``number`` (positive) each identify it within
    the event and never change. ``start`` and ``end`` are both given (planned) or both
    None (not planned yet). ``sequence`` is the number of the release in which its
    calendar entry last changed, ``changed_at`` that release's instant.
    """

    guid: uuid.UUID
    code: str
    number: int
    title: Localised
    kind: SessionKind = SessionKind.LECTURE
    subtitle: Localised = field(default_factory=dict)
    abstract: Localised = field(default_factory=dict)  # plain text or the safe HTML subset
    description: Localised = field(default_factory=dict)
    language: str = ""  # BCP 47, empty when unknown
    track: str | None = None  # Track.key
    room: str | None = None  # Room.key
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    host: str | None = None  # Organisation.key
    recorded: bool = False
    licence: str = ""
    seats: int | None = None
    stream_url: str = ""
    url: str = ""  # the session's page elsewhere (import only)
    credits: tuple[Credit, ...] = ()
    links: tuple[Link, ...] = ()
    sequence: int = 0
    changed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A whole programme: of a file, of the working draft or of a release.

    ``removed`` holds sessions of earlier releases that are no longer held, as they were
    last printed; calendars go on sending them as cancelled.
    """

    slug: str
    title: Localised
    zone: str  # IANA name
    languages: tuple[str, ...] = ("en",)  # the first one is the event's main language
    days: tuple[Day, ...] = ()
    rooms: tuple[Room, ...] = ()
    tracks: tuple[Track, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()
    sessions: tuple[Session, ...] = ()
    removed: tuple[Session, ...] = ()
    venue: Localised = field(default_factory=dict)
    venue_address: Localised = field(default_factory=dict)
    organisers: tuple[str, ...] = ()  # Organisation.key, equal
    url: str = ""
    version: str = ""  # the release's number, or what the file says
    released_at: dt.datetime | None = None
    note: Localised = field(default_factory=dict)


def text_in(text: Localised, language: str, *fallbacks: str) -> tuple[str, str]:
    """Return the text in ``language``, else in the first fallback that has one, and its language.

    Gives ``("", language)`` when there is no text at all.
    """
    for code in (language, *fallbacks, *sorted(text)):
        if text.get(code):
            return text[code], code
    return "", language


# Languages of the interface and of events that are written in Cyrillic letters.
CYRILLIC = frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})


def as_read_in(person: Person, language: str) -> Person:
    """Return the person under the name that readers of ``language`` can read, the other form as ``latin``."""
    if language in CYRILLIC or not person.latin or person.latin == person.name:
        return person
    return replace(person, name=person.latin, latin=person.name)
