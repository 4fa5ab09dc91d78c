"""Yes to a request: those who say it at the same time are served together, and have their meetings at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from matchmaking.errors import ExchangeError, MayNotAsk
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, Slot
from matchmaking.permissions import may_meet
from matchmaking.services.booking import book_in, tell_booked
from matchmaking.services.hall import Hall
from matchmaking.services.setting_up import touch
from matchmaking.services.standing import check_may_answer, locked_requests, record_each, write_state
from matchmaking.services.telling import tell
from matchmaking.states import RequestState, books_at_once
from network.models import Person
from sessions_app.registration.errors import Busy, RegistrationError
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.services.turns import together

# So many are answered in one transaction at most: their people are locked as long.
TOGETHER = 32


@dataclass(frozen=True)
class _Yes:
    """Somebody's yes to a request."""

    request: MeetingRequest
    by: ExchangeProfile
    actor: Person | None
    slot: Slot | None
    now: dt.datetime | None


def accept(
    *,
    request: MeetingRequest,
    by: ExchangeProfile,
    actor: Person | None,
    slot: Slot | None = None,
    now: dt.datetime | None = None,
) -> MeetingRequest:
    """Say yes. Where the exchange books at once the meeting is made, in ``slot``, the asked-for one or any.

    Raises NotYourTurn, WrongPhase, WrongState (also when it has run out), MayNotAsk, SlotTaken with the
    next free slots, and NoCommonTime; the request stays pending then. Who says yes in the same exchange at the
    same time is served in one transaction, in the order of coming.
    """
    answer = _Yes(request, by, actor, slot, now)
    return together(("exchange", request.exchange_id), answer, _accept_each, most=TOGETHER)


def _accept_each(answers: Sequence[_Yes]) -> list[MeetingRequest | Exception]:
    try:
        return _accept(answers)
    except Busy as error:  # others hold one of their people
        return [Busy(str(error)) for _answer in answers]


@one_transaction
def _accept(answers: Sequence[_Yes]) -> list[MeetingRequest | Exception]:
    """Answer each for herself: whoever is refused has written nothing, so that the others stand."""
    requests = locked_requests([answer.request for answer in answers])
    exchange = next(iter(requests.values())).exchange
    moments = [answer.now or timezone.now() for answer in answers]
    people = {one.pk: one for request in requests.values() for one in (request.sender, request.recipient)}
    wanted = [answer.slot or requests[answer.request.pk].slot for answer in answers]
    hall = Hall(exchange, people.values(), moment=moments[0], wanted=[slot for slot in wanted if slot])
    results: list[MeetingRequest | Exception] = []
    agreed: list[tuple[MeetingRequest, Person | None]] = []
    made: list[tuple[Meeting, Person | None]] = []
    for answer, moment in zip(answers, moments, strict=True):
        request = requests[answer.request.pk]
        try:
            meeting = _accept_in(hall, request, answer, moment)
        except (ExchangeError, RegistrationError) as error:
            results.append(error)
            continue
        results.append(request)
        agreed.append((request, answer.actor))
        if meeting is not None:
            made.append((meeting, answer.actor))
    if agreed:
        record_each(agreed, RequestState.PENDING)
        tell_booked(made)
        touch(
            exchange, *{one.pk: one for each, _ in agreed for one in (each.sender, each.recipient)}.values()
        )
    return results


def _accept_in(hall: Hall, request: MeetingRequest, answer: _Yes, moment: dt.datetime) -> Meeting | None:
    """Write the yes and, where the exchange books at once, the meeting."""
    by, exchange = answer.by, request.exchange
    if by.pk not in {request.sender_id, request.recipient_id}:
        raise MayNotAsk
    check_may_answer(request, by, moment)
    if not may_meet(request.sender, request.recipient, hall.is_blocked):
        raise MayNotAsk
    wanted = answer.slot or request.slot
    meeting = None
    if books_at_once(exchange.preset, exchange.phase):
        meeting = book_in(hall, request.low, request.high, request=request, slot=wanted, actor=answer.actor)
    request.slot = wanted
    write_state(request, RequestState.ACCEPTED, moment)
    if meeting is None:
        tell(request.other(by), "agreed", request=request, about=by, key=f"{request.code}:agreed")
    return meeting
