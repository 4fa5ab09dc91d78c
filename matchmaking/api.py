"""The exchange's part of the REST API: who takes part, requests and meetings.

A program comes with a token of the event, of scope ``exchange.read`` or ``exchange.write``, and acts for
the matchmaker: it may ask and answer for any participant. Times are RFC 3339 in UTC. What cannot be
booked is answered 409 with a ``code``; ``slot_taken`` names the next free slots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from matchmaking.api_schemas import (
    AcceptIn,
    AskIn,
    BookIn,
    CancelIn,
    DeclineIn,
    MeetingOut,
    MeetingPage,
    MoveIn,
    PageQuery,
    ProfilePage,
    Refusal,
    RequestOut,
    RequestPage,
    SlotOut,
)
from matchmaking.errors import ExchangeError, SlotTaken
from matchmaking.models import (
    Exchange,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Origin,
    Slot,
    Table,
)
from matchmaking.queries import exchange_of, participants
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask, decline, withdraw
from matchmaking.services.booking import book, cancel_meeting, move_meeting
from matchmaking.services.pairs import ordered
from matchmaking.states import MeetingState, RequestState
from network.models import Person
from sessions_app.events.api_tokens import TokenAuth, TokenThrottle, event_of, token_of
from sessions_app.events.models import Scope
from sessions_app.programme.api_schemas import Code, Invalid, Problem, Slug

RATE = "600/min"
router = Router(tags=["exchange"], throttle=[TokenThrottle(RATE)])
READ, WRITE = TokenAuth(Scope.EXCHANGE_READ), TokenAuth(Scope.EXCHANGE_WRITE)
ERRORS: dict[int, Any] = {401: Problem, 403: Problem, 404: Problem, 422: Invalid, 429: Problem}
WRITE_ERRORS: dict[int, Any] = {**ERRORS, 400: Problem, 409: Refusal, 503: Problem}


@router.get("/{slug}/exchange/slots", auth=READ, response={200: list[SlotOut], **ERRORS}, summary="Slots")
def list_slots(request: HttpRequest, slug: Slug) -> Any:
    """List the slots of the exchange by time."""
    return list(_exchange(request).slots.all())


@router.get(
    "/{slug}/exchange/profiles", auth=READ, response={200: ProfilePage, **ERRORS}, summary="Participants"
)
def list_profiles(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Any:
    """List those who take part, by name, with what they offer and need."""
    return _page(participants(_exchange(request), None), query, _profile)


@router.get("/{slug}/exchange/requests", auth=READ, response={200: RequestPage, **ERRORS}, summary="Requests")
def list_requests(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Any:
    """List the requests for meetings, the newest first."""
    return _page(_requests(request), query, _request)


@router.post(
    "/{slug}/exchange/requests", auth=WRITE, response={201: RequestOut, **WRITE_ERRORS}, summary="Ask"
)
def ask_for_meeting(request: HttpRequest, slug: Slug, body: AskIn) -> Any:
    """Ask for a meeting; who was asked by the other already agrees by it."""
    exchange = _exchange(request)

    def step() -> Status:
        made = ask(
            sender=_participant(exchange, body.sender),
            recipient=_participant(exchange, body.recipient),
            slot=_slot(exchange, body.slot),
            message=body.message,
            priority=body.priority,
            actor=_actor(request),
        )
        return Status(201, _request(made))

    return _attempt(step)


@router.post(
    "/{slug}/exchange/requests/{code}/accept",
    auth=WRITE,
    response={200: RequestOut, **WRITE_ERRORS},
    summary="Accept",
)
def accept_request(request: HttpRequest, slug: Slug, code: Code, body: AcceptIn) -> Any:
    """Say yes for whoever has the turn; where the exchange books at once, the meeting is made."""
    found = _asked(request, code)
    slot = _slot(found.exchange, body.slot)
    return _attempt(lambda: _request(accept(request=found, by=found.turn, slot=slot, actor=_actor(request))))


@router.post(
    "/{slug}/exchange/requests/{code}/decline",
    auth=WRITE,
    response={200: RequestOut, **WRITE_ERRORS},
    summary="Decline",
)
def decline_request(request: HttpRequest, slug: Slug, code: Code, body: DeclineIn) -> Any:
    """Say no for whoever has the turn."""
    found = _asked(request, code)
    return _attempt(
        lambda: _request(
            decline(request=found, by=found.turn, reason=body.reason, words=body.words, actor=_actor(request))
        )
    )


@router.post(
    "/{slug}/exchange/requests/{code}/withdraw",
    auth=WRITE,
    response={200: RequestOut, **WRITE_ERRORS},
    summary="Withdraw",
)
def withdraw_request(request: HttpRequest, slug: Slug, code: Code) -> Any:
    """Take a request back for who asked."""
    found = _asked(request, code)
    return _attempt(lambda: _request(withdraw(request=found, by=found.sender, actor=_actor(request))))


@router.get("/{slug}/exchange/meetings", auth=READ, response={200: MeetingPage, **ERRORS}, summary="Meetings")
def list_meetings(request: HttpRequest, slug: Slug, query: Query[PageQuery]) -> Any:
    """List the meetings in every state, by time."""
    return _page(_meetings(request), query, _meeting)


@router.post(
    "/{slug}/exchange/meetings", auth=WRITE, response={201: MeetingOut, **WRITE_ERRORS}, summary="Book"
)
def book_meeting(request: HttpRequest, slug: Slug, body: BookIn) -> Any:
    """Put two participants into a slot at a table, as the matchmaker does at the desk."""
    exchange = _exchange(request)

    def step() -> Status:
        low, high = ordered(_participant(exchange, body.first), _participant(exchange, body.second))
        made = book(
            low=low,
            high=high,
            request=None,
            slot=_slot(exchange, body.slot),
            table=_table(exchange, body.table),
            origin=Origin.DESK,
            actor=_actor(request),
        )
        return Status(201, _meeting(made))

    return _attempt(step)


@router.post(
    "/{slug}/exchange/meetings/{code}/move",
    auth=WRITE,
    response={200: MeetingOut, **WRITE_ERRORS},
    summary="Move",
)
def move(request: HttpRequest, slug: Slug, code: Code, body: MoveIn) -> Any:
    """Move a booked meeting; where the new place is taken, it keeps the old one."""
    found = _find(_meetings(request), code)
    slot, table = _slot(found.exchange, body.slot), _table(found.exchange, body.table)
    if slot is None:
        raise Http404("No such slot.")
    return _attempt(
        lambda: _meeting(move_meeting(meeting=found, slot=slot, table=table, actor=_actor(request)))
    )


@router.post(
    "/{slug}/exchange/meetings/{code}/cancel",
    auth=WRITE,
    response={200: MeetingOut, **WRITE_ERRORS},
    summary="Cancel a meeting",
)
def cancel(request: HttpRequest, slug: Slug, code: Code, body: CancelIn) -> Any:
    """Cancel a booked meeting; both sides are told, slot and table are free at once."""
    found = _find(_meetings(request), code)
    return _attempt(
        lambda: _meeting(cancel_meeting(meeting=found, by=None, reason=body.reason, actor=_actor(request)))
    )


def _attempt(step: Callable[[], Any]) -> Any:
    try:
        return step()
    except ExchangeError as error:
        free = error.free if isinstance(error, SlotTaken) else []
        code = "slot_taken" if isinstance(error, SlotTaken) else type(error).__name__
        return Status(409, {"detail": str(error) or code, "code": code, "free": free})


def _exchange(request: HttpRequest) -> Exchange:
    exchange = exchange_of(event_of(request))
    if exchange is None:
        raise Http404("The event has no exchange.")
    return exchange


def _actor(request: HttpRequest) -> Person | None:
    """Return who made the token: the trail names a person for what her program did."""
    token = token_of(request)
    return token.created_by if token else None


def _page(rows: QuerySet[Any], query: PageQuery, out: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    page = rows[query.offset : query.offset + query.limit]
    return {"count": rows.count(), "items": [out(row) for row in page]}


def _requests(request: HttpRequest) -> QuerySet[MeetingRequest]:
    rows = MeetingRequest.objects.filter(exchange=_exchange(request))
    return rows.select_related("exchange__event", "sender", "recipient", "turn", "slot", "meeting")


def _asked(request: HttpRequest, code: str) -> MeetingRequest:
    """Return a request with what the services ask of it: they read it anew, under their locks."""
    exchange = _exchange(request)
    found = _find(MeetingRequest.objects.filter(exchange=exchange).select_related("sender", "turn"), code)
    found.exchange = found.sender.exchange = found.turn.exchange = exchange
    return found


def _meetings(request: HttpRequest) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(exchange=_exchange(request))
    return rows.select_related("exchange__event", "low", "high", "slot", "table")


def _find[M: (MeetingRequest, Meeting)](rows: QuerySet[M], code: str) -> M:
    try:
        return rows.get(code=code.upper())
    except rows.model.DoesNotExist:
        raise Http404("Nothing has this code.") from None


def _participant(exchange: Exchange, code: str) -> ExchangeProfile:
    found = ExchangeProfile.objects.select_related("exchange__event", "person").filter(
        exchange=exchange, code=code.upper()
    )
    profile = found.first()
    if profile is None:
        raise Http404("No such participant.")
    return profile


def _slot(exchange: Exchange, pk: int | None) -> Slot | None:
    if pk is None:
        return None
    slot = Slot.objects.filter(exchange=exchange, pk=pk).first()
    if slot is None:
        raise Http404("No such slot.")
    return slot


def _table(exchange: Exchange, number: int | None) -> Table | None:
    if number is None:
        return None
    table = Table.objects.filter(exchange=exchange, number=number).first()
    if table is None:
        raise Http404("No such table.")
    return table


def _profile(profile: ExchangeProfile) -> dict[str, Any]:
    return {
        "code": profile.code,
        "name": profile.name,
        "post": profile.post,
        "organisation": profile.organisation_name,
        "cluster": str(profile.cluster or ""),
        "region": profile.region,
        "languages": profile.languages,
        "about": profile.about,
        "is_remote": profile.is_remote,
        "offers": [
            {
                "code": offer.code,
                "kind": offer.kind,
                "text": offer.text,
                "topics": [topic.slug for topic in offer.topics.all()],
                "regions": offer.regions,
                "cooperation": offer.cooperation,
                "readiness": offer.readiness,
            }
            for offer in profile.person.shown_offers
        ],
    }


def _request(found: MeetingRequest) -> dict[str, Any]:
    meeting = getattr(found, "meeting", None)
    return {
        "code": found.code,
        "state": RequestState(found.state).value,
        "sender": found.sender.code,
        "recipient": found.recipient.code,
        "turn": found.turn.code,
        "slot": found.slot_id,
        "message": found.message,
        "priority": found.priority,
        "expires_at": found.expires_at,
        "meeting": meeting.code if meeting else None,
        "version": found.version,
    }


def _meeting(found: Meeting) -> dict[str, Any]:
    return {
        "code": found.code,
        "state": MeetingState(found.state).value,
        "first": found.low.code,
        "second": found.high.code,
        "start": found.slot.start,
        "end": found.slot.end,
        "slot": found.slot_id,
        "table": found.table.number if found.table else None,
        "is_online": found.is_online,
        "is_pinned": found.is_pinned,
        "sequence": found.sequence,
    }
