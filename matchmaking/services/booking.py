"""Meetings: given a slot and a table, moved, cancelled, marked. The database refuses a second one in the same place."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterable, Iterator
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matchmaking.errors import AlreadyAsked, MayNotAsk, NoCommonTime, SlotTaken, WrongState
from matchmaking.free_time import FreeTime, free_tables, free_time
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
from matchmaking.services.making_room import make_room
from matchmaking.services.pairs import lock_pair
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell_each
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
    return book_locked(
        low=low, high=high, request=request, slot=slot, actor=actor, origin=origin, table=table, now=now
    )


def book_locked(
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
    """Do the same in the caller's transaction, in which the two are locked and known to be free to meet each other."""
    moment = now or timezone.now()
    exchange = low.exchange
    if Meeting.objects.filter(low=low, high=high, state__in=sorted(MEETING_LIVE)).exists():
        raise AlreadyAsked
    is_online = bool(exchange.room_link) and (low.is_remote or high.is_remote)
    # Who names a slot may use the time of her own starred sessions; the plan for "any time" does not.
    named = slot is not None
    free = free_time(exchange, [low, high], now=moment, starred_too=named, reads_agendas=not named)
    common = free.common(low, high)
    if slot is not None and slot not in common:
        raise SlotTaken(next_free(free, low, high, exchange_slots=common, is_online=is_online))
    candidates = [slot] if slot is not None else _best_first(common, free, low, high)
    for _attempt in range(TRIES):
        place = _find_place(free, low, high, candidates, table, is_online=is_online)
        if place is None:
            break
        made = _try(low, high, request, place, is_online=is_online, origin=origin, moment=moment)
        if made is not None:
            _tell_both(made, "booked", actor, moment)
            touch(exchange, low, high)
            return made
    if slot is not None:
        raise SlotTaken(next_free(free, low, high, exchange_slots=common, is_online=is_online))
    if table is not None:
        raise NoCommonTime  # whoever names a table wants no other
    booked = partial(_try, low, high, request, is_online=is_online, origin=origin, moment=moment)
    made = make_room(low, high, book=booked, is_online=is_online, actor=actor, moment=moment)
    if made is None:
        raise NoCommonTime
    _tell_both(made, "booked", actor, moment)
    touch(exchange, low, high)
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
    found: list[Slot] = []
    for slot, _tables in _with_tables(low, high, free.common(low, high)):
        found.append(slot)
        if len(found) == OFFERED:
            break
    return found


def _with_tables(
    low: ExchangeProfile, high: ExchangeProfile, slots: Iterable[Slot]
) -> Iterator[tuple[Slot, list[int]]]:
    """Yield the slots that have free tables, and the keys of these.

    The first slots nearly always do: to read the tables of all would cost most of the booking.
    """
    step_free = low.needs_step_free or high.needs_step_free
    for some in itertools.batched(slots, LOOKED_AT):
        tables = free_tables(low.exchange, some, step_free=step_free)
        yield from ((slot, tables[slot.pk]) for slot in some if tables[slot.pk])


def _find_place(
    free: FreeTime,
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
    for slot, tables in _with_tables(low, high, slots):
        if table is not None:
            if table.pk in tables:
                return slot, table
            continue
        near = _tables_of(low, high) if free.meets(low) or free.meets(high) else set()
        # Any of them does; many who book at once should not all try the first.
        chosen = random.choice([key for key in tables if key in near] or tables)  # noqa: S311 - spreads, hides nothing
        return slot, Table.objects.get(pk=chosen)
    return None


def _tables_of(low: ExchangeProfile, high: ExchangeProfile) -> set[int | None]:
    pair = [low, high]
    theirs = Meeting.objects.filter(Q(low__in=pair) | Q(high__in=pair), state__in=sorted(MEETING_LIVE))
    return set(theirs.values_list("table_id", flat=True))


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
            free = free_time(locked.exchange, [low, high], now=moment, starred_too=True)
            common = free.common(low, high)
            place = (
                _find_place(free, low, high, [slot], table, is_online=locked.is_online)
                if slot in common
                else None
            )
            if place is None:
                offered = next_free(free, low, high, exchange_slots=common, is_online=locked.is_online)
                raise SlotTaken(offered)
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
    tell_of(locked, _others(locked, by), "moved")
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
    tell_of(locked, _others(locked, by), "cancelled")
    touch(locked.exchange, locked.low, locked.high)
    return locked


def _others(meeting: Meeting, by: ExchangeProfile | None) -> list[ExchangeProfile]:
    return [one for one in (meeting.low, meeting.high) if by is None or one.pk != by.pk]


def _tell_both(meeting: Meeting, template: str, actor: Person | None, moment: dt.datetime) -> None:
    record_audit(
        actor=actor, action=f"meeting.{template}", subject=meeting, event_id=meeting.exchange.event_id,
        changes={"slot": (None, str(meeting.slot)), "table": (None, str(meeting.table or ""))},
    )  # fmt: skip
    tell_of(meeting, (meeting.low, meeting.high), template)


def tell_of(meeting: Meeting, profiles: Iterable[ExchangeProfile], template: str) -> None:
    """Have a letter about the meeting written to each of these of its people."""
    tell_each(
        template,
        [
            (profile, meeting.other(profile), f"{meeting.code}:{template}:{meeting.sequence}:{profile.pk}")
            for profile in profiles
        ],
        meeting=meeting,
    )
