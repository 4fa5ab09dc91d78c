"""Meetings: given a slot and a table, moved, cancelled, marked. The database refuses a second one in the same place."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matchmaking.errors import AlreadyAsked, MayNotAsk, NoCommonTime, SlotTaken, WrongState
from matchmaking.free_time import FreeTime
from matchmaking.models import (
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Origin,
    Slot,
    Table,
)
from matchmaking.permissions import is_blocked
from matchmaking.services.hall import Hall
from matchmaking.services.making_room import make_room
from matchmaking.services.pairs import lock_pair
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell_of
from matchmaking.states import (
    MEETING_MOVES,
    MeetingState,
    RequestState,
    may_move,
)
from network.models import AuditEntry, Person
from network.services import audit_entry, record_audit
from sessions_app.registration.services.places import one_transaction

# Others may take a table between the look and the booking; so often another one is tried.
TRIES = 12
LOOKED_AT = 8
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
    lock_pair(low, high)
    if low.pk == high.pk or high.exchange_id != low.exchange_id or is_blocked(low, high):
        raise MayNotAsk
    exchange, hall = low.exchange, Hall(low.exchange, [low, high], moment=now or timezone.now())
    made = book_in(hall, low, high, request=request, slot=slot, actor=actor, origin=origin, table=table)
    tell_booked([(made, actor)])
    touch(exchange, low, high)
    return made


def book_in(
    hall: Hall,
    low: ExchangeProfile,
    high: ExchangeProfile,
    *,
    request: MeetingRequest | None,
    slot: Slot | None,
    actor: Person | None,
    origin: Origin = Origin.PEOPLE,
    table: Table | None = None,
) -> Meeting:
    """Do the same in the caller's transaction, in which all people of the hall are locked.

    The caller knows that the two may meet each other, and tells whom it concerns; nothing is written where this raises.
    """
    moment = hall.moment
    if hall.meets_already(low, high):
        raise AlreadyAsked
    is_online = bool(hall.exchange.room_link) and (low.is_remote or high.is_remote)
    for _attempt in range(TRIES):
        free = hall.free(named=slot is not None)
        common = free.common(low, high)
        if slot is not None and slot not in common:
            raise SlotTaken(next_free(hall, low, high, is_online=is_online))
        candidates = [slot] if slot is not None else _best_first(common, free, low, high)
        place = _find_place(hall, low, high, candidates, table, is_online=is_online)
        if place is None:
            break
        made = _try(low, high, request, place, is_online=is_online, origin=origin, moment=moment)
        if made is not None:
            hall.add(made)
            return made
        hall.forget()  # somebody else was faster
    if slot is not None:
        raise SlotTaken(next_free(hall, low, high, is_online=is_online))
    if table is not None:
        raise NoCommonTime  # whoever names a table wants no other
    booked = partial(_try, low, high, request, is_online=is_online, origin=origin, moment=moment)
    made = make_room(low, high, book=booked, is_online=is_online, actor=actor, moment=moment)
    if made is None:
        raise NoCommonTime
    hall.forget()
    return made


def next_free(hall: Hall, low: ExchangeProfile, high: ExchangeProfile, *, is_online: bool) -> list[Slot]:
    """Return the first few slots in which both, by the times they may name, and a table are free."""
    common = hall.free(named=True).common(low, high)
    if is_online:
        return common[:OFFERED]
    return [slot for slot, _tables in itertools.islice(_with_tables(hall, low, high, common), OFFERED)]


def _with_tables(
    hall: Hall, low: ExchangeProfile, high: ExchangeProfile, slots: Iterable[Slot]
) -> Iterator[tuple[Slot, list[int]]]:
    """Yield the slots that have free tables, and the keys of these.

    The first slots nearly always do: to read the tables of all would cost most of the booking.
    """
    step_free = low.needs_step_free or high.needs_step_free
    for some in itertools.batched(slots, LOOKED_AT):
        tables = hall.tables(some, step_free=step_free)
        yield from ((slot, tables[slot.pk]) for slot in some if tables[slot.pk])


def _find_place(
    hall: Hall,
    low: ExchangeProfile,
    high: ExchangeProfile,
    slots: list[Slot],
    table: Table | None,
    *,
    is_online: bool,
) -> tuple[Slot, Table | None] | None:
    """Return the first of the slots that has a table, and which; a table that one of the two sits at anyway."""
    if is_online:
        return (slots[0], None) if slots else None
    for slot, tables in _with_tables(hall, low, high, slots):
        if table is not None:
            if table.pk in tables:
                return slot, table
            continue
        near = hall.tables_of(low, high)
        # Any of them does; many who book at once should not all try the first.
        chosen = random.choice([key for key in tables if key in near] or tables)  # noqa: S311 - spreads, hides nothing
        return slot, hall.table(chosen)
    return None


def _best_first(slots: list[Slot], free: FreeTime, low: ExchangeProfile, high: ExchangeProfile) -> list[Slot]:
    """Return the slots so that those beside meetings the two have come first: few idle gaps, then early."""
    met = free.meets(low) | free.meets(high)
    pause = dt.timedelta(minutes=low.exchange.pause_minutes)
    ends = {slot.end + pause for slot in free.all_slots if slot.pk in met}
    starts = {slot.start for slot in free.all_slots if slot.pk in met}

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
            occupy(meeting)
    except IntegrityError:
        return None
    return meeting


def occupy(meeting: Meeting) -> None:
    """Write that its slot is taken for its two people; the database raises IntegrityError when it was."""
    Occupation.objects.bulk_create(
        Occupation(
            profile_id=profile_id, slot_id=meeting.slot_id, kind=OccupationKind.MEETING, meeting=meeting
        )
        for profile_id in (meeting.low_id, meeting.high_id)  # in the order of keys
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
    locked = locked_meeting(meeting)
    if locked.state != MeetingState.BOOKED:
        raise WrongState(locked.state)
    low, high = locked.low, locked.high
    old = (locked.slot, locked.table)
    try:
        with transaction.atomic():
            locked.occupations.all().delete()
            # Its own table must not stand in its own way.
            Meeting.objects.filter(pk=locked.pk).update(state=MeetingState.CANCELLED.value)
            hall = Hall(locked.exchange, [low, high], moment=moment)
            place = None
            if slot in hall.free(named=True).common(low, high):
                place = _find_place(hall, low, high, [slot], table, is_online=locked.is_online)
            if place is None:
                raise SlotTaken(next_free(hall, low, high, is_online=locked.is_online))
            locked.slot, locked.table = place
            locked.state, locked.sequence = MeetingState.BOOKED.value, locked.sequence + 1
            locked.late_minutes = 0
            locked.save()
            occupy(locked)
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
    tell_of("moved", [(locked, one) for one in _others(locked, by)])
    touch(locked.exchange, locked.low, locked.high)
    return locked


def locked_meeting(meeting: Meeting) -> Meeting:
    """Return the meeting as it stands, locked after its two people, with what services ask of it."""
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
    locked = locked_meeting(meeting)
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
    tell_of("cancelled", [(locked, one) for one in _others(locked, by)])
    touch(locked.exchange, locked.low, locked.high)
    return locked


def _others(meeting: Meeting, by: ExchangeProfile | None) -> list[ExchangeProfile]:
    return [one for one in (meeting.low, meeting.high) if by is None or one.pk != by.pk]


def tell_booked(made: Sequence[tuple[Meeting, Person | None]]) -> None:
    """Note that these have booked the meetings, and have a letter written to both people of each."""
    AuditEntry.objects.bulk_create(
        audit_entry(
            actor=actor, action="meeting.booked", subject=meeting, event_id=meeting.exchange.event_id,
            changes={"slot": (None, str(meeting.slot)), "table": (None, str(meeting.table or ""))},
        )
        for meeting, actor in made
    )  # fmt: skip
    tell_of("booked", [(meeting, one) for meeting, _actor in made for one in (meeting.low, meeting.high)])
