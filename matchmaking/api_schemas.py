"""What the exchange's interface takes and gives."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from ninja import Field, Schema

from matchmaking.models import DeclineReason
from sessions_app.programme.api_schemas import Limit, Offset

Text = Annotated[str, Field(max_length=1000)]
ParticipantCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,12}$")]
# The key columns of the databases hold no more.
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]


class SlotOut(Schema):
    """A slot of the exchange."""

    id: int
    start: dt.datetime
    end: dt.datetime


class Refusal(Schema):
    """Why something of the exchange was not written; ``free`` are the next slots that would do."""

    detail: str
    code: str
    free: list[SlotOut] = []


class OfferOut(Schema):
    """Something offered or sought."""

    code: str
    kind: str
    text: str
    topics: list[str]
    regions: list[str]
    cooperation: str
    readiness: str


class ProfileOut(Schema):
    """A participant as others see her; without contact data."""

    code: str
    name: str
    post: str
    organisation: str
    cluster: str
    region: str
    languages: list[str]
    about: str
    is_remote: bool
    offers: list[OfferOut]


class ProfilePage(Schema):
    """One page of participants, and how many there are."""

    count: int
    items: list[ProfileOut]


class PageQuery(Schema):
    """Which part of a list."""

    limit: Limit = 50
    offset: Offset = 0


class MeetingOut(Schema):
    """A meeting; ``table`` is its number, none when it is on line."""

    code: str
    state: str
    first: str
    second: str
    start: dt.datetime
    end: dt.datetime
    slot: int
    table: int | None
    is_online: bool
    is_pinned: bool
    sequence: int


class MeetingPage(Schema):
    """One page of meetings, and how many there are."""

    count: int
    items: list[MeetingOut]


class RequestOut(Schema):
    """A request; ``turn`` is the code of who must answer."""

    code: str
    state: str
    sender: str
    recipient: str
    turn: str
    slot: int | None
    message: str
    priority: int
    expires_at: dt.datetime
    meeting: str | None
    version: int


class RequestPage(Schema):
    """One page of requests, and how many there are."""

    count: int
    items: list[RequestOut]


class AskIn(Schema):
    """Who asks whom, when (no slot: at any time) and why."""

    sender: ParticipantCode
    recipient: ParticipantCode
    slot: Key | None = None
    message: Text = ""
    priority: Annotated[int, Field(ge=1, le=3)] = 2


class AcceptIn(Schema):
    """In which slot, when not in the asked-for one."""

    slot: Key | None = None


class DeclineIn(Schema):
    """Why; the asking side reads it."""

    reason: DeclineReason = DeclineReason.OTHER
    words: Annotated[str, Field(max_length=300)] = ""


class BookIn(Schema):
    """Two participants, and where they meet; without a slot or table any that suits."""

    first: ParticipantCode
    second: ParticipantCode
    slot: Key | None = None
    table: Annotated[int, Field(ge=1, le=32767)] | None = None


class MoveIn(Schema):
    """Where to."""

    slot: Key
    table: Annotated[int, Field(ge=1, le=32767)] | None = None


class CancelIn(Schema):
    """Why; both sides read it."""

    reason: Annotated[str, Field(max_length=300)] = ""
