"""Meetings: given a slot and a table, moved, cancelled, marked. The database refuses a second one in the same place."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matchmaking.errors import AlreadyAsked, MayNotAsk, NoCommonTime, SlotTaken, WrongState
from matchmaking.free_time import FreeTime, free_tables, free_time
from matchmaking.models import (
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Origin,
    Slot,
    Table,
)
from matchmaking.permissions import is_blocked
from matchmaking.services.making_room import make_room
from matchmaking.services.pairs import lock_pair
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell
from matchmaking.states import (
    MEETING_LIVE,
    MEETING_MOVES,
    MeetingState,
    RequestState,
    may_move,
)
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

# Others may take a table between the look and the booking; so often another one is tried.
TRIES = 12
OFFERED = 5


def meetings_of(profile: ExchangeProfile) -> QuerySet[Meeting]:
    """Return the participant's booked meetings with what their page shows."""
    return (
        Meeting.objects.filter(Q(low=profile) | Q(high=profile), state=MeetingState.BOOKED)
        .select_related("slot", "table", "exchange__event", "low__person", "high__person")
        .order_by("slot__start")
    )


@one_transaction
def book(
    *,
    low: ExchangeProfile,
    high: ExchangeProfile,
    request: MeetingRequest | None,
    slot: Slot | None,
    actor: Person | None,
    origin: Origin = Origin.PEOPLE,
    table: Table | None = None,
    now: dt.datetime | None = None,
) -> Meeting:
    """Give the two a slot (that one, or any) and a table (that one, or any); on line when one of them is.

    Raises MayNotAsk for one person, people of two exchanges and who blocked the other, AlreadyAsked when the
    two have a meeting, SlotTaken with the next slots that would do when the named slot or table is taken,
    and NoCommonTime when none is left and no move of one other meeting would open one; nothing is written then.
    """
    moment = now or timezone.now()
    exchange = low.exchange
    lock_pair(low, high)
    if low.pk == high.pk or high.exchange_id != exchange.pk or is_blocked(low, high):
        raise MayNotAsk
    if Meeting.objects.filter(low=low, high=high, state__in=sorted(MEETING_LIVE)).exists():
        raise AlreadyAsked
    is_online = bool(exchange.room_link) and (low.is_remote or high.is_remote)
    # Who names a slot may use the time of her own starred sessions; the plan for "any time" does not.
    free = free_time(exchange, [low, high], now=moment, starred_too=slot is not None)
    common = free.common(low, high)
    if slot is not None and slot not in common:
        raise SlotTaken(next_free(free, low, high, exchange_slots=common, is_online=is_online))
    candidates = [slot] if slot is not None else _best_first(common, low, high)
    for _attempt in range(TRIES):
        place = _find_place(low, high, candidates, table, is_online=is_online)
        if place is None:
            break
        made = _try(low, high, request, place, is_online=is_online, origin=origin, moment=moment)
        if made is not None:
            _tell_both(made, "booked", actor, moment)
            touch(exchange)
            return made
    if slot is not None:
        raise SlotTaken(next_free(free, low, high, exchange_slots=common, is_online=is_online))
    booked = partial(_try, low, high, request, is_online=is_online, origin=origin, moment=moment)
    made = make_room(low, high, book=booked, is_online=is_online, actor=actor, moment=moment)
    if made is None:
        raise NoCommonTime
    _tell_both(made, "booked", actor, moment)
    touch(exchange)
    return made


def next_free(
    free: FreeTime,
    low: ExchangeProfile,
    high: ExchangeProfile,
    *,
    exchange_slots: list[Slot],
    is_online: bool,
) -> list[Slot]:
    """Return the first few slots in which both and a table are free."""
    if is_online:
        return exchange_slots[:OFFERED]
    step_free = low.needs_step_free or high.needs_step_free
    tables = free_tables(low.exchange, exchange_slots, step_free=step_free)
    return [slot for slot in free.common(low, high) if tables.get(slot.pk)][:OFFERED]


def _find_place(
    low: ExchangeProfile, high: ExchangeProfile, slots: list[Slot], table: Table | None, *, is_online: bool
) -> tuple[Slot, Table | None] | None:
    """Return the first of the slots that has a table, and which; a table that one of the two sits at before or after."""
    if is_online:
        return (slots[0], None) if slots else None
    tables = free_tables(low.exchange, slots, step_free=low.needs_step_free or high.needs_step_free)
    near = set(
        Meeting.objects.filter(
            Q(low__in=[low, high]) | Q(high__in=[low, high]), state__in=sorted(MEETING_LIVE)
        ).values_list("table_id", flat=True)
    )
    for slot in slots:
        free = tables[slot.pk] if table is None else [one for one in tables[slot.pk] if one.pk == table.pk]
        if free:
            chosen = [one for one in free if one.pk in near] or free
            # Any of them does; many who book at once should not all try the first.
            return slot, random.choice(chosen)  # noqa: S311 - spreads, hides nothing
    return None


def _best_first(slots: list[Slot], low: ExchangeProfile, high: ExchangeProfile) -> list[Slot]:
    """Return the slots so that those beside meetings the two have come first: few idle gaps, then early."""
    held = list(
        Occupation.objects.filter(profile__in=[low, high], kind=OccupationKind.MEETING).values_list(
            "slot__start", "slot__end"
        )
    )
    pause = dt.timedelta(minutes=low.exchange.pause_minutes)
    ends, starts = {end + pause for _start, end in held}, {start for start, _end in held}

    def beside(slot: Slot) -> int:
        return (slot.start in ends) + (slot.end + pause in starts)

    return sorted(slots, key=lambda slot: (-beside(slot), slot.start))


def _try(
    low: ExchangeProfile,
    high: ExchangeProfile,
    request: MeetingRequest | None,
    place: tuple[Slot, Table | None],
    *,
    is_online: bool,
    origin: Origin,
    moment: dt.datetime,
) -> Meeting | None:
    """Write the meeting and what it occupies; None when somebody else was first."""
    slot, table = place
    slot.exchange = low.exchange  # one object for all that follows
    meeting = Meeting(
        exchange=low.exchange, request=request, low=low, high=high, slot=slot, table=table,
        is_online=is_online, origin=origin, created_at=moment,
    )  # fmt: skip
    try:
        with transaction.atomic():
            meeting.save(force_insert=True)
            _occupy(meeting)
    except IntegrityError:
        return None
    return meeting


def _occupy(meeting: Meeting) -> None:
    for profile_id in (meeting.low_id, meeting.high_id):  # in the order of keys
        Occupation.objects.create(
            profile_id=profile_id, slot_id=meeting.slot_id, kind=OccupationKind.MEETING, meeting=meeting
        )


@one_transaction
def move_meeting(
    *,
    meeting: Meeting,
    slot: Slot,
    actor: Person | None,
    table: Table | None = None,
    by: ExchangeProfile | None = None,
    now: dt.datetime | None = None,
) -> Meeting:
    """Move a booked meeting to another slot, or to another table of its own.

    Raises SlotTaken with the next free slots; the meeting keeps its old place then. WrongState unless booked.
    """
    moment = now or timezone.now()
    locked = _locked(meeting)
    if locked.state != MeetingState.BOOKED:
        raise WrongState(locked.state)
    low, high = locked.low, locked.high
    old = (locked.slot, locked.table)
    try:
        with transaction.atomic():
            locked.occupations.all().delete()
            # Its own table must not stand in its own way.
            Meeting.objects.filter(pk=locked.pk).update(state=MeetingState.CANCELLED.value)
            free = free_time(locked.exchange, [low, high], now=moment, starred_too=True)
            common = free.common(low, high)
            place = (
                _find_place(low, high, [slot], table, is_online=locked.is_online) if slot in common else None
            )
            if place is None:
                offered = next_free(free, low, high, exchange_slots=common, is_online=locked.is_online)
                raise SlotTaken(offered)
            locked.slot, locked.table = place
            locked.state, locked.sequence = MeetingState.BOOKED.value, locked.sequence + 1
            locked.late_minutes = 0
            locked.save()
            _occupy(locked)
    except IntegrityError as error:
        raise SlotTaken from error
    record_audit(
        actor=actor,
        action="meeting.moved",
        subject=locked,
        event_id=locked.exchange.event_id,
        changes={
            "slot": (str(old[0]), str(locked.slot)),
            "table": (str(old[1] or ""), str(locked.table or "")),
        },
    )
    for profile in (low, high):
        if by is None or profile.pk != by.pk:
            _tell(locked, profile, "moved")
    touch(locked.exchange)
    return locked


def _locked(meeting: Meeting) -> Meeting:
    lock_pair(meeting.low, meeting.high)
    found = Meeting.objects.select_for_update(of=("self",)).select_related(
        "exchange__event", "low__person", "high__person", "slot", "table", "request"
    )
    locked = found.get(pk=meeting.pk)
    for profile in (locked.low, locked.high):
        profile.exchange = locked.exchange
    locked.slot.exchange = locked.exchange
    return locked


@one_transaction
def cancel_meeting(
    *,
    meeting: Meeting,
    by: ExchangeProfile | None,
    actor: Person | None,
    reason: str,
    now: dt.datetime | None = None,
) -> Meeting:
    """Cancel a booked meeting: slot and table are free at once, the other side (both for the team) is told why.

    Raises WrongState unless it is booked.
    """
    locked = _locked(meeting)
    if not may_move(MEETING_MOVES, MeetingState(locked.state), MeetingState.CANCELLED):
        raise WrongState(locked.state)
    locked.occupations.all().delete()
    locked.state, locked.cancelled_by, locked.reason = MeetingState.CANCELLED.value, by, reason[:300]
    locked.sequence += 1
    locked.save()
    MeetingRequest.objects.filter(meeting=locked, state=RequestState.ACCEPTED).update(
        state=RequestState.CANCELLED.value, version=F("version") + 1
    )
    record_audit(
        actor=actor, action="meeting.cancelled", subject=locked, event_id=locked.exchange.event_id,
        changes={"state": (MeetingState.BOOKED.value, MeetingState.CANCELLED.value)}, reason=reason,
    )  # fmt: skip
    for profile in (locked.low, locked.high):
        if by is None or profile.pk != by.pk:
            _tell(locked, profile, "cancelled")
    touch(locked.exchange)
    return locked


@one_transaction
def tell_late(*, meeting: Meeting, by: ExchangeProfile, minutes: int, actor: Person | None) -> Meeting:
    """Tell the other side that one comes so many minutes late (0: in time after all). Raises WrongState."""
    locked = _locked(meeting)
    if locked.state != MeetingState.BOOKED or by.pk not in {locked.low_id, locked.high_id}:
        raise WrongState(locked.state)
    before, locked.late_minutes = locked.late_minutes, minutes
    locked.sequence += 1
    locked.save(update_fields=["late_minutes", "sequence", "changed_at"])
    record_audit(
        actor=actor, action="meeting.late", subject=locked, event_id=locked.exchange.event_id,
        changes={"minutes": (before, minutes)},
    )  # fmt: skip
    _tell(locked, locked.other(by), "late")
    touch(locked.exchange)
    return locked


@one_transaction
def mark_meeting(*, meeting: Meeting, state: MeetingState, actor: Person | None) -> Meeting:
    """Say whether a meeting took place. After a no-show both are free in its slot at once.

    Raises WrongState, and SlotTaken when a no-show is put right though one of the two meets somebody else by now.
    """
    locked = _locked(meeting)
    before = MeetingState(locked.state)
    if before is state:
        return locked
    if state is MeetingState.CANCELLED or not may_move(MEETING_MOVES, before, state):
        raise WrongState(locked.state)
    if state is MeetingState.NO_SHOW:
        locked.occupations.all().delete()
    elif before is MeetingState.NO_SHOW:
        try:
            with transaction.atomic():
                _occupy(locked)
        except IntegrityError as error:
            raise SlotTaken from error
    locked.state = state.value
    locked.save(update_fields=["state", "changed_at"])
    record_audit(
        actor=actor, action="meeting.marked", subject=locked, event_id=locked.exchange.event_id,
        changes={"state": (before.value, state.value)},
    )  # fmt: skip
    touch(locked.exchange)
    return locked


@one_transaction
def pin_meetings(*, meetings: Iterable[Meeting], is_pinned: bool, actor: Person | None) -> int:
    """Let later plans leave these meetings where they are, or move them again; return how many changed."""
    rows = [meeting for meeting in meetings if meeting.is_pinned != is_pinned]
    Meeting.objects.filter(pk__in=[row.pk for row in rows]).update(is_pinned=is_pinned)
    for row in rows:
        record_audit(
            actor=actor, action="meeting.pinned", subject=row, event_id=row.exchange.event_id,
            changes={"pinned": (not is_pinned, is_pinned)},
        )  # fmt: skip
    if rows:
        touch(rows[0].exchange)
    return len(rows)


@one_transaction
def give_feedback(
    *, meeting: Meeting, by: ExchangeProfile, rating: int | None, outcome: str, note: str
) -> Feedback:
    """Write what one of the two says of the meeting; a second time it replaces the first. Raises WrongState."""
    if by.pk not in {meeting.low_id, meeting.high_id} or meeting.state == MeetingState.CANCELLED:
        raise WrongState(meeting.state)
    made, _created = Feedback.objects.update_or_create(
        meeting=meeting, profile=by, defaults={"rating": rating, "outcome": outcome, "note": note}
    )
    return made


def _tell_both(meeting: Meeting, template: str, actor: Person | None, moment: dt.datetime) -> None:
    record_audit(
        actor=actor, action=f"meeting.{template}", subject=meeting, event_id=meeting.exchange.event_id,
        changes={"slot": (None, str(meeting.slot)), "table": (None, str(meeting.table or ""))},
    )  # fmt: skip
    for profile in (meeting.low, meeting.high):
        _tell(meeting, profile, template)


def _tell(meeting: Meeting, profile: ExchangeProfile, template: str) -> None:
    key = f"{meeting.code}:{template}:{meeting.sequence}:{profile.pk}"
    tell(profile, template, meeting=meeting, about=meeting.other(profile), key=key)
