"""Requests for meetings: asked, answered, countered, taken back, run out."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from matchmaking.errors import (
    AlreadyAsked,
    MayNotAsk,
    NotYourTurn,
    SlotTaken,
    TooManyOpen,
    WrongPhase,
    WrongState,
)
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, RequestNote, Slot
from matchmaking.permissions import may_meet
from matchmaking.services.accepting import accept
from matchmaking.services.booking import cancel_meeting
from matchmaking.services.pairs import lock_pair, ordered
from matchmaking.services.setting_up import touch
from matchmaking.services.standing import (
    check_may_answer,
    locked_request,
    locked_requests,
    move_request,
    record_each,
)
from matchmaking.services.telling import tell
from matchmaking.states import (
    REQUEST_LIVE,
    RequestState,
    takes_requests,
)
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction


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
        move_request(
            standing, RequestState.EXPIRED, None, moment
        )  # has run out, and nobody has booked it so yet
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
    record_each([(request, actor)], None)
    tell(recipient, "asked", request=request, about=sender, key=f"{request.code}:asked")
    touch(exchange, sender, recipient)
    return request


def _check_slot(exchange_id: int, slot: Slot | None, moment: dt.datetime) -> None:
    if slot is not None and (slot.exchange_id != exchange_id or slot.start <= moment):
        raise SlotTaken


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
    locked = locked_request(request, by)
    check_may_answer(locked, by, moment)
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
    locked = locked_request(request, by)
    if locked.state != RequestState.PENDING:
        raise WrongState(locked.state)
    if locked.turn_id != by.pk:
        raise NotYourTurn
    locked.reason, locked.reason_text = reason, words[:300]
    move_request(locked, RequestState.DECLINED, actor, moment)
    tell(locked.other(by), "declined", request=locked, about=by, key=f"{locked.code}:declined")
    touch(locked.exchange, locked.sender, locked.recipient)
    return locked


@one_transaction
def withdraw(
    *, request: MeetingRequest, by: ExchangeProfile, actor: Person | None, now: dt.datetime | None = None
) -> MeetingRequest:
    """Take one's own request back while it is not agreed. Raises WrongState and MayNotAsk."""
    locked = locked_request(request, by)
    if locked.sender_id != by.pk:
        raise MayNotAsk
    if locked.state != RequestState.PENDING:
        raise WrongState(locked.state)
    move_request(locked, RequestState.WITHDRAWN, actor, now or timezone.now())
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
    locked = locked_request(request, by)
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
    locked = locked_request(request, by)
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
    locked = locked_requests([request])[request.pk]
    if locked.state == RequestState.ACCEPTED:
        meeting = Meeting.objects.filter(request=locked).first()
        if meeting is not None and meeting.state == "booked":
            cancel_meeting(meeting=meeting, by=by, actor=actor, reason="")
        locked.refresh_from_db(fields=["state", "version"])
        if locked.state == RequestState.ACCEPTED:
            move_request(locked, RequestState.CANCELLED, actor, moment)
    elif locked.state == RequestState.PENDING:
        ends_as = RequestState.WITHDRAWN if by and locked.sender_id == by.pk else RequestState.DECLINED
        move_request(locked, ends_as, actor, moment)


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
        move_request(request, RequestState.EXPIRED, None, moment)
    for exchange in {row.exchange_id: row.exchange for row in rows}.values():
        touch(exchange)
    return len(rows)


def _skips() -> bool:
    return bool(connection.features.has_select_for_update_skip_locked)
