"""A place for two who find none: one other meeting goes to another table or time, if its people are free then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import islice

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, Q, QuerySet

from matchmaking.free_time import free_tables, free_time
from matchmaking.models import Exchange, ExchangeProfile, Meeting, Occupation, OccupationKind, Slot, Table
from matchmaking.scheduler.live import Held, Move, Wanted, find_moves
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell_of
from matchmaking.states import MEETING_LIVE, MeetingState
from network.models import Person
from network.services import record_audit
from sessions_app.registration.errors import Busy

TRIES = 200


def make_room(
    low: ExchangeProfile,
    high: ExchangeProfile,
    *,
    book: Callable[[tuple[Slot, Table | None]], Meeting | None],
    is_online: bool,
    actor: Person | None,
    moment: dt.datetime,
) -> Meeting | None:
    """Move one other meeting out of the way of the two and have ``book`` make theirs; None when no move would do, or the
    exchange wants none.

    To be called in a transaction in which the two are locked. Moved are only meetings that are not pinned and
    begin later than the exchange's ``settled_minutes`` from now; those with an agreed time may change their table. Their people are told.
    Raises Busy when only people who are being booked at this moment could make room.
    """
    # One at a time moves others about, and sees what the one before it has done.
    locked_row = Exchange.objects.select_for_update().filter(pk=low.exchange_id)
    makes_room, settled_minutes = locked_row.values_list("makes_room", "settled_minutes").get()
    if not makes_room:
        return None
    settled = moment + dt.timedelta(minutes=settled_minutes)
    search = Search(low, high, is_online=is_online, moment=moment, settled=settled)
    locked: set[int] = set()
    for move in islice(search.moves(), TRIES):
        if move.key in locked:
            continue
        try:
            with transaction.atomic():
                _carry_out(move, search, actor)
                return _booked(book((search.slots[move.place], search.tables.get(move.place_table or 0))))
        except _Locked:
            locked.add(move.key)
        except (IntegrityError, _Overtaken):
            continue
    if locked:
        raise Busy("people who could make room")
    return None


class _Overtaken(Exception):
    """Others were faster; what was begun is undone."""


class _Locked(Exception):
    """Somebody is booking for those people at this moment."""


def _booked(made: Meeting | None) -> Meeting:
    if made is None:
        raise _Overtaken
    return made


class Search:
    """What ``find_moves`` asks of the database, read when it is asked; who meets until ``settled`` stays there."""

    def __init__(
        self,
        low: ExchangeProfile,
        high: ExchangeProfile,
        *,
        is_online: bool,
        moment: dt.datetime,
        settled: dt.datetime,
    ) -> None:
        self.exchange = exchange = low.exchange
        self.moment, self.settled = moment, settled
        self.pair = (low, high)
        self.is_online = is_online
        free = free_time(exchange, self.pair, now=moment)
        self.slots = {slot.pk: slot for slot in free.slots}
        self.tables = {table.pk: table for table in Table.objects.filter(exchange=exchange, is_active=True)}
        self.free = dict(free.by_profile)
        self.held: dict[int, Held] = {}

    def moves(self) -> Iterable[Move]:
        """Return the moves that would do, the mildest first."""
        low, high = self.pair
        step_free = low.needs_step_free or high.needs_step_free
        wanted = Wanted(
            people=frozenset({low.pk, high.pk}),
            slots=tuple(self.slots),
            fits=self._fitting(step_free=step_free),
            remote=self.is_online,
        )
        both = self.free[low.pk] & self.free[high.pk]
        # Of other people's meetings only those matter that sit where the two are free, and only for their tables.
        near = Q(low__in=self.pair) | Q(high__in=self.pair)
        rows = list(
            Meeting.objects.filter(near if self.is_online else near | Q(slot__in=both), slot__in=self.slots)
            .filter(state__in=sorted(MEETING_LIVE))
            .select_related("low__person", "high__person", "request", "slot")
            .order_by("pk")
        )
        others = {profile.pk: profile for row in rows for profile in (row.low, row.high)}
        others = {pk: profile for pk, profile in others.items() if pk not in self.free}
        for profile in others.values():
            profile.exchange = self.exchange
        soon = {pk for pk, slot in self.slots.items() if slot.start <= self.settled}
        self.free |= {
            pk: slots - soon
            for pk, slots in free_time(self.exchange, others.values(), now=self.moment).by_profile.items()
        }
        self.held = {row.pk: self._held(row, soon) for row in rows}
        tables = {pk: frozenset(keys) for pk, keys in free_tables(self.exchange, self.slots.values()).items()}
        return find_moves(wanted, self.held.values(), self.free.__getitem__, tables)

    def _held(self, row: Meeting, soon: set[int]) -> Held:
        agreed = row.request is not None and row.request.slot_id is not None
        return Held(
            key=row.pk,
            people=frozenset({row.low_id, row.high_id}),
            slot=row.slot_id,
            table=row.table_id,
            fits=self._fitting(step_free=row.low.needs_step_free or row.high.needs_step_free),
            may_move=row.state == MeetingState.BOOKED and not row.is_pinned and row.slot_id not in soon,
            keeps_time=agreed,
        )

    def _fitting(self, *, step_free: bool) -> frozenset[int]:
        return frozenset(pk for pk, table in self.tables.items() if table.step_free or not step_free)


def _carry_out(move: Move, search: Search, actor: Person | None) -> None:
    """Move the meeting and have its people told; raise _Overtaken where others work on it or have changed it."""
    meeting = _claim(move, search)
    before = (str(meeting.slot), str(meeting.table or ""))
    meeting.slot, meeting.table = search.slots[move.slot], search.tables.get(move.table or 0)
    meeting.slot.exchange = search.exchange
    meeting.sequence += 1
    meeting.late_minutes = 0
    meeting.occupations.all().delete()
    meeting.save(update_fields=["slot", "table", "sequence", "late_minutes", "changed_at"])
    Occupation.objects.bulk_create(
        Occupation(profile_id=pk, slot_id=move.slot, kind=OccupationKind.MEETING, meeting=meeting)
        for pk in (meeting.low_id, meeting.high_id)
    )
    record_audit(
        actor=actor, action="meeting.made_room", subject=meeting, event_id=search.exchange.event_id,
        changes={"slot": (before[0], str(meeting.slot)), "table": (before[1], str(meeting.table or ""))},
    )  # fmt: skip
    tell_of("shifted", [(meeting, meeting.low), (meeting, meeting.high)])
    touch(search.exchange, meeting.low, meeting.high)


def _claim(move: Move, search: Search) -> Meeting:
    """Lock the meeting and its people, without waiting for anybody: who waits while she holds others might wait for ever."""
    held = search.held[move.key]
    others = sorted(held.people - {profile.pk for profile in search.pair})
    if len(_locked(ExchangeProfile.objects.filter(pk__in=others).order_by("pk"))) < len(others):
        raise _Locked
    meetings = _locked(
        Meeting.objects.filter(
            pk=move.key, state=MeetingState.BOOKED, is_pinned=False, slot=held.slot, table=held.table
        ).select_related("low__person", "high__person", "slot", "table")
    )
    if not meetings:
        raise _Overtaken
    meeting = meetings[0]
    meeting.exchange = meeting.slot.exchange = search.exchange
    for profile in (meeting.low, meeting.high):
        profile.exchange = search.exchange
    if move.slot != held.slot:
        free = free_time(search.exchange, [meeting.low, meeting.high], now=search.moment).by_profile
        if not all(move.slot in slots for slots in free.values()):
            raise _Overtaken
    return meeting


def _locked[M: Model](rows: QuerySet[M]) -> list[M]:
    skips = bool(connection.features.has_select_for_update_skip_locked)
    return list(rows.select_for_update(of=("self",), skip_locked=skips))
