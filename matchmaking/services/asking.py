"""Requests for meetings: asked, answered, countered, taken back, run out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from matchmaking.errors import (
    AlreadyAsked,
    ExchangeError,
    MayNotAsk,
    NotYourTurn,
    SlotTaken,
    TooManyOpen,
    WrongPhase,
    WrongState,
)
from matchmaking.models import Exchange, ExchangeProfile, Meeting, MeetingRequest, RequestNote, Slot
from matchmaking.permissions import may_meet
from matchmaking.services.booking import book_in, cancel_meeting, tell_booked
from matchmaking.services.hall import Hall
from matchmaking.services.pairs import lock_pair, locked_people, ordered
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell
from matchmaking.states import (
    REQUEST_LIVE,
    REQUEST_MOVES,
    RequestState,
    books_at_once,
    may_move,
    takes_requests,
)
from network.models import AuditEntry, Person
from network.services import audit_entry, record_audit
from sessions_app.registration.errors import Busy, RegistrationError
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.services.turns import together

# So many are answered in one transaction at most: their people are locked as long.
TOGETHER = 32


@one_transaction
def ask(
    *,
    sender: ExchangeProfile,
    recipient: ExchangeProfile,
    actor: Person | None,
    slot: Slot | None = None,
    message: str = "",
    priority: int = 2,
    now: dt.datetime | None = None,
) -> MeetingRequest:
    """Ask for a meeting, in a slot or (None) at any time; a pending one holds no slot of anybody.

    Where the recipient has asked the sender already, that request is accepted instead and returned.
    Raises WrongPhase, MayNotAsk, TooManyOpen, AlreadyAsked, and SlotTaken for a slot that has begun.
    """
    exchange, moment = sender.exchange, now or timezone.now()
    if not takes_requests(exchange.preset, exchange.phase):
        raise WrongPhase(exchange.phase)
    lock_pair(sender, recipient)
    if not may_meet(sender, recipient):
        raise MayNotAsk
    _check_slot(exchange.pk, slot, moment)
    low, high = ordered(sender, recipient)
    standing = MeetingRequest.objects.filter(low=low, high=high, state__in=sorted(REQUEST_LIVE)).first()
    if standing is not None and standing.state == RequestState.PENDING and standing.expires_at <= moment:
        _move(standing, RequestState.EXPIRED, None, moment)  # has run out, and nobody has booked it so yet
        standing = None
    if standing is not None:
        if standing.state == RequestState.PENDING and standing.turn_id == sender.pk:
            return accept(request=standing, by=sender, actor=actor, slot=slot or standing.slot, now=now)
        raise AlreadyAsked(standing.code)
    open_now = MeetingRequest.objects.filter(sender=sender, state=RequestState.PENDING).count()
    if open_now >= exchange.open_requests:
        raise TooManyOpen(str(exchange.open_requests))
    request = MeetingRequest(
        exchange=exchange, sender=sender, recipient=recipient, low=low, high=high, turn=recipient,
        slot=slot, message=message, priority=priority, asked_at=moment,
        expires_at=moment + dt.timedelta(hours=exchange.answer_hours),
    )  # fmt: skip
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:  # asked at the same moment in another window
        raise AlreadyAsked from error
    _record_each([(request, actor)], None)
    tell(recipient, "asked", request=request, about=sender, key=f"{request.code}:asked")
    touch(exchange, sender, recipient)
    return request


def _check_slot(exchange_id: int, slot: Slot | None, moment: dt.datetime) -> None:
    if slot is not None and (slot.exchange_id != exchange_id or slot.start <= moment):
        raise SlotTaken


def _locked(request: MeetingRequest, by: ExchangeProfile) -> MeetingRequest:
    """Return the request as it stands, locked after its two people; raise MayNotAsk for a stranger's."""
    if by.pk not in {request.sender_id, request.recipient_id}:
        raise MayNotAsk
    return _locked_together([request])[request.pk]


def _locked_together(requests: Sequence[MeetingRequest]) -> dict[int, MeetingRequest]:
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
    requests = _locked_together([answer.request for answer in answers])
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
        _record_each(agreed, RequestState.PENDING)
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
    _may_answer(request, by, moment)
    if not may_meet(request.sender, request.recipient, hall.is_blocked):
        raise MayNotAsk
    wanted = answer.slot or request.slot
    meeting = None
    if books_at_once(exchange.preset, exchange.phase):
        meeting = book_in(hall, request.low, request.high, request=request, slot=wanted, actor=answer.actor)
    request.slot = wanted
    _write(request, RequestState.ACCEPTED, moment)
    if meeting is None:
        tell(request.other(by), "agreed", request=request, about=by, key=f"{request.code}:agreed")
    return meeting


def _may_answer(request: MeetingRequest, by: ExchangeProfile, moment: dt.datetime) -> None:
    if not takes_requests(request.exchange.preset, request.exchange.phase):
        raise WrongPhase(request.exchange.phase)
    if request.state != RequestState.PENDING or request.expires_at <= moment:
        raise WrongState(request.state)
    if request.turn_id != by.pk:
        raise NotYourTurn


@one_transaction
def propose_other_time(
    *,
    request: MeetingRequest,
    by: ExchangeProfile,
    slot: Slot,
    actor: Person | None,
    now: dt.datetime | None = None,
) -> MeetingRequest:
    """Answer with another slot; the other side has the turn then, and as long to answer as at first.

    Raises NotYourTurn, WrongPhase, WrongState and SlotTaken.
    """
    moment = now or timezone.now()
    locked = _locked(request, by)
    _may_answer(locked, by, moment)
    _check_slot(locked.exchange_id, slot, moment)
    before, other = locked.slot, locked.other(by)
    locked.slot, locked.turn = slot, other
    locked.expires_at = moment + dt.timedelta(hours=locked.exchange.answer_hours)
    locked.version += 1
    locked.save(update_fields=["slot", "turn", "expires_at", "version"])
    record_audit(
        actor=actor, action="request.countered", subject=locked, event_id=locked.exchange.event_id,
        changes={"slot": (str(before or ""), str(slot))},
    )  # fmt: skip
    tell(other, "countered", request=locked, about=by, key=f"{locked.code}:countered:{locked.version}")
    touch(locked.exchange, locked.sender, locked.recipient)
    return locked


@one_transaction
def decline(
    *,
    request: MeetingRequest,
    by: ExchangeProfile,
    actor: Person | None,
    reason: str = "",
    words: str = "",
    now: dt.datetime | None = None,
) -> MeetingRequest:
    """Say no, with a reason that the asking side reads. Raises NotYourTurn and WrongState."""
    moment = now or timezone.now()
    locked = _locked(request, by)
    if locked.state != RequestState.PENDING:
        raise WrongState(locked.state)
    if locked.turn_id != by.pk:
        raise NotYourTurn
    locked.reason, locked.reason_text = reason, words[:300]
    _move(locked, RequestState.DECLINED, actor, moment)
    tell(locked.other(by), "declined", request=locked, about=by, key=f"{locked.code}:declined")
    touch(locked.exchange, locked.sender, locked.recipient)
    return locked


@one_transaction
def withdraw(
    *, request: MeetingRequest, by: ExchangeProfile, actor: Person | None, now: dt.datetime | None = None
) -> MeetingRequest:
    """Take one's own request back while it is not agreed. Raises WrongState and MayNotAsk."""
    locked = _locked(request, by)
    if locked.sender_id != by.pk:
        raise MayNotAsk
    if locked.state != RequestState.PENDING:
        raise WrongState(locked.state)
    _move(locked, RequestState.WITHDRAWN, actor, now or timezone.now())
    touch(locked.exchange, locked.sender, locked.recipient)
    return locked


@one_transaction
def change_request(
    *,
    request: MeetingRequest,
    by: ExchangeProfile,
    actor: Person | None,
    slot: Slot | None,
    message: str,
    priority: int,
    now: dt.datetime | None = None,
) -> MeetingRequest:
    """Change one's own request while it waits for the other side. Raises WrongState, MayNotAsk, SlotTaken."""
    moment = now or timezone.now()
    locked = _locked(request, by)
    if locked.sender_id != by.pk:
        raise MayNotAsk
    if locked.state != RequestState.PENDING or locked.turn_id == by.pk:
        raise WrongState(locked.state)
    _check_slot(locked.exchange_id, slot, moment)
    changes = {"slot": (str(locked.slot or ""), str(slot or "")), "priority": (locked.priority, priority)}
    locked.slot, locked.message, locked.priority = slot, message, priority
    locked.version += 1
    locked.save(update_fields=["slot", "message", "priority", "version"])
    record_audit(
        actor=actor, action="request.changed", subject=locked, event_id=locked.exchange.event_id,
        changes=changes,
    )  # fmt: skip
    touch(locked.exchange, locked.sender, locked.recipient)
    return locked


@one_transaction
def write_note(
    *, request: MeetingRequest, by: ExchangeProfile, text: str, now: dt.datetime | None = None
) -> RequestNote:
    """Add a line to the talk of the two; the other is told by mail once until she answers.

    Raises MayNotAsk for a stranger or somebody blocked, WrongState when the request has ended.
    """
    locked = _locked(request, by)
    if locked.state not in REQUEST_LIVE:
        raise WrongState(locked.state)
    if not may_meet(locked.sender, locked.recipient):
        raise MayNotAsk
    last = locked.notes.last()
    note = RequestNote.objects.create(request=locked, author=by, text=text, at=now or timezone.now())
    if last is None or last.author_id != by.pk:
        tell(locked.other(by), "note", request=locked, about=by, key=f"{locked.code}:note:{note.pk}")
    touch(locked.exchange, locked.sender, locked.recipient)
    return note


@one_transaction
def end_request(
    *,
    request: MeetingRequest,
    by: ExchangeProfile | None,
    actor: Person | None,
    now: dt.datetime | None = None,
) -> None:
    """End a live request whose pair meets no more: pending ones count as taken back or declined, agreed ones as cancelled."""
    moment = now or timezone.now()
    locked = (
        MeetingRequest.objects.select_for_update(of=("self",)).select_related("exchange").get(pk=request.pk)
    )
    if locked.state == RequestState.ACCEPTED:
        meeting = Meeting.objects.filter(request=locked).first()
        if meeting is not None and meeting.state == "booked":
            cancel_meeting(meeting=meeting, by=by, actor=actor, reason="")
        locked.refresh_from_db()
        if locked.state == RequestState.ACCEPTED:
            _move(locked, RequestState.CANCELLED, actor, moment)
    elif locked.state == RequestState.PENDING:
        ends_as = RequestState.WITHDRAWN if by and locked.sender_id == by.pk else RequestState.DECLINED
        _move(locked, ends_as, actor, moment)


@one_transaction
def expire_requests(*, now: dt.datetime | None = None, most: int = 500) -> int:
    """End what was not answered in time; return how many. Both sides see it; nobody is written to."""
    moment = now or timezone.now()
    due = (
        MeetingRequest.objects.select_for_update(skip_locked=True, of=("self",))
        if _skips()
        else MeetingRequest.objects
    )
    rows = list(
        due.filter(state=RequestState.PENDING, expires_at__lte=moment)
        .select_related("exchange")
        .order_by("pk")[:most]
    )
    for request in rows:
        _move(request, RequestState.EXPIRED, None, moment)
    for exchange in {row.exchange_id: row.exchange for row in rows}.values():
        touch(exchange)
    return len(rows)


def _skips() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)


def _move(request: MeetingRequest, after: RequestState, actor: Person | None, moment: dt.datetime) -> None:
    before = RequestState(request.state)
    _write(request, after, moment)
    _record_each([(request, actor)], before)


def _write(request: MeetingRequest, after: RequestState, moment: dt.datetime) -> None:
    before = RequestState(request.state)
    if not may_move(REQUEST_MOVES, before, after):
        raise WrongState(before)
    request.state, request.answered_at = after.value, moment
    request.version += 1
    request.save(update_fields=["state", "answered_at", "version", "slot", "reason", "reason_text"])


def _record_each(moved: Sequence[tuple[MeetingRequest, Person | None]], before: RequestState | None) -> None:
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
