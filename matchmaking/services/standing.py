"""Requests as they stand: locked with their people, checked, brought into another state, noted in the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from matchmaking.errors import MayNotAsk, NotYourTurn, WrongPhase, WrongState
from matchmaking.models import Exchange, ExchangeProfile, MeetingRequest
from matchmaking.services.pairs import locked_people, ordered
from matchmaking.states import REQUEST_MOVES, RequestState, may_move, takes_requests
from network.models import AuditEntry, Person
from network.services import audit_entry


def locked_request(request: MeetingRequest, by: ExchangeProfile) -> MeetingRequest:
    """Return the request as it stands, locked after its two people; raise MayNotAsk for a stranger's."""
    if by.pk not in {request.sender_id, request.recipient_id}:
        raise MayNotAsk
    return locked_requests([request])[request.pk]


def locked_requests(requests: Sequence[MeetingRequest]) -> dict[int, MeetingRequest]:
    """Return requests of one exchange by key as they stand, locked after all of their people; four queries."""
    people = locked_people({pk for one in requests for pk in (one.sender_id, one.recipient_id)})
    exchange = Exchange.objects.select_related("event").get(pk=requests[0].exchange_id)
    for profile in people.values():
        profile.exchange = exchange
    rows = MeetingRequest.objects.select_for_update(of=("self",)).select_related("slot")
    found = {one.pk: one for one in rows.filter(pk__in=[one.pk for one in requests]).order_by("pk")}
    for one in found.values():
        one.exchange = exchange
        one.sender, one.recipient = people[one.sender_id], people[one.recipient_id]
        one.turn = people[one.turn_id]
        one.low, one.high = ordered(one.sender, one.recipient)
    if not all(one.pk in found for one in requests):
        raise MeetingRequest.DoesNotExist
    return found


def check_may_answer(request: MeetingRequest, by: ExchangeProfile, moment: dt.datetime) -> None:
    """Raise WrongPhase, WrongState (also when it has run out) or NotYourTurn where the participant cannot answer now."""
    if not takes_requests(request.exchange.preset, request.exchange.phase):
        raise WrongPhase(request.exchange.phase)
    if request.state != RequestState.PENDING or request.expires_at <= moment:
        raise WrongState(request.state)
    if request.turn_id != by.pk:
        raise NotYourTurn


def move_request(
    request: MeetingRequest, after: RequestState, actor: Person | None, moment: dt.datetime
) -> None:
    """Bring a locked request into another state and note by whom. Raises WrongState."""
    before = RequestState(request.state)
    write_state(request, after, moment)
    record_each([(request, actor)], before)


def write_state(request: MeetingRequest, after: RequestState, moment: dt.datetime) -> None:
    """Bring a locked request into another state; the caller notes it. Raises WrongState."""
    before = RequestState(request.state)
    if not may_move(REQUEST_MOVES, before, after):
        raise WrongState(before)
    request.state, request.answered_at = after.value, moment
    request.version += 1
    request.save(update_fields=["state", "answered_at", "version", "slot", "reason", "reason_text"])


def record_each(moved: Sequence[tuple[MeetingRequest, Person | None]], before: RequestState | None) -> None:
    """Note by whom requests have come from one state to the one in which they are."""
    AuditEntry.objects.bulk_create(
        audit_entry(
            actor=actor,
            action="request.asked" if before is None else f"request.{request.state}",
            subject=request,
            event_id=request.exchange.event_id,
            changes={"state": (before.value if before else None, request.state)},
        )
        for request, actor in moved
    )
