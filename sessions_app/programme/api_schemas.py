"""What the REST API says: the shapes of its answers and its parameters."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from ninja import Field, Path, Query, Schema

from sessions_app.programme.models import SessionKind as KindNames
from sessions_app.programme.schedule.model import Role

LARGEST_PAGE = 200
LARGEST_OFFSET = 1_000_000


class Problem(Schema):
    """Why a request was not answered."""

    detail: str


class Invalid(Schema):
    """Which parameters could not be read."""

    detail: list[dict[str, Any]]


Text = dict[str, str]
Slug = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,12}$")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]
Offset = Annotated[int, Query(ge=0, le=LARGEST_OFFSET)]


class DayOut(Schema):
    """A day of the event, bounded in UTC."""

    date: dt.date
    start: dt.datetime
    end: dt.datetime
    title: Text


class EventOut(Schema):
    """A public event; ``release`` is the number of its newest release, 0 before the first."""

    slug: str
    name: Text
    zone: str
    languages: list[str]
    dates: list[dt.date]
    release: int
    released_at: dt.datetime | None
    url: str


class EventDetail(EventOut):
    """A public event with its days and how large its programme is."""

    days: list[DayOut]
    venue: Text
    venue_address: Text
    sessions: int
    rooms: int
    people: int


class RoomOut(Schema):
    """A room; ``step_free`` is null where nobody has said."""

    id: str
    name: Text
    place: Text
    capacity: int | None
    step_free: bool | None


class TrackOut(Schema):
    """A thematic line; ``hue`` is one of the eight track colours."""

    slug: str
    name: Text
    hue: int


class CreditOut(Schema):
    """Somebody's part in a session, with post and organisation as printed that day."""

    person: str
    name: str
    role: Role
    post: Text
    organisation: str | None
    organisation_name: Text


class LinkOut(Schema):
    """Something to read or download."""

    title: str
    url: str
    is_file: bool


class SessionOut(Schema):
    """A session; ``cancelled`` ones were in an earlier release and are no longer held."""

    code: str
    guid: str
    title: Text
    subtitle: Text
    kind: str
    language: str
    track: str | None
    room: str | None
    start: dt.datetime
    end: dt.datetime
    day: dt.date
    host: str | None
    recorded: bool
    seats: int | None
    people: list[CreditOut]
    cancelled: bool
    sequence: int
    changed_at: dt.datetime | None
    url: str


class SessionDetail(SessionOut):
    """A session with its texts, which are plain or a small safe part of HTML, and its materials."""

    abstract: Text
    description: Text
    stream_url: str
    links: list[LinkOut]


class PersonOut(Schema):
    """Somebody who takes part; ``sessions`` are codes in order of time."""

    code: str
    name: str
    latin: str
    sessions: list[str]
    url: str


class PersonDetail(PersonOut):
    """Somebody who takes part, with her biography."""

    biography: Text


class ReleaseOut(Schema):
    """A release and how many sessions it changed."""

    number: int
    at: dt.datetime
    note: Text
    added: int
    removed: int
    moved: int
    changed: int


class EventPage(Schema):
    """A part of a list; ``count`` is the length of the whole."""

    count: int
    items: list[EventOut]


class SessionPage(Schema):
    """A part of a list; ``count`` is the length of the whole."""

    count: int
    items: list[SessionOut]


class PersonPage(Schema):
    """A part of a list; ``count`` is the length of the whole."""

    count: int
    items: list[PersonOut]


class ReleasePage(Schema):
    """A part of a list; ``count`` is the length of the whole."""

    count: int
    items: list[ReleaseOut]


class SessionQuery(Schema):
    """How to narrow the list of sessions down."""

    day: dt.date | None = None
    track: str = Field("", max_length=80)
    room: str = Field("", max_length=80)
    kind: KindNames | None = None
    language: str = Field("", max_length=12)
    person: str = Field("", max_length=12)
    organisation: str = Field("", max_length=12)
    q: str = Field("", max_length=120)
    cancelled: bool = False
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET)
