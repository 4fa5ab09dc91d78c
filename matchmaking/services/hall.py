"""The hall of an exchange as one transaction sees it: read once for all the meetings that it books, and kept true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q

from matchmaking.free_time import FreeTime, free_tables, free_time
from matchmaking.models import Block, Exchange, ExchangeProfile, Meeting, Slot, Table
from matchmaking.states import MEETING_LIVE


class Hall:
    """Who of some locked people is free when, which tables are, and who meets whom; each is read when it is first asked for.

    ``wanted`` are slots whose tables will be asked for: they are read together.
    """

    def __init__(
        self,
        exchange: Exchange,
        people: Iterable[ExchangeProfile],
        *,
        moment: dt.datetime,
        wanted: Iterable[Slot] = (),
    ) -> None:
        self.exchange, self.moment = exchange, moment
        self.people = {profile.pk: profile for profile in people}
        self.wanted = {slot.pk: slot for slot in wanted}
        self._places: dict[int, Table] = {}
        self._blocks: set[tuple[int, int]] | None = None
        self.forget()

    def forget(self) -> None:
        """Read anew what is asked next: meetings have been moved about."""
        self._free: dict[bool, FreeTime] = {}
        self._tables: dict[bool, dict[int, list[int]]] = {False: {}, True: {}}
        self._meetings: list[tuple[int, int, int | None]] | None = None

    def free(self, *, named: bool) -> FreeTime:
        """Return when these people are free.

        Who names a slot may use the time of her own starred sessions; the plan for "any time" does not.
        """
        if named not in self._free:
            self._free[named] = free_time(
                self.exchange,
                self.people.values(),
                now=self.moment,
                starred_too=named,
                reads_agendas=not named,
            )
        return self._free[named]

    def tables(self, slots: Sequence[Slot], *, step_free: bool) -> dict[int, list[int]]:
        """Return slot id to the keys of the tables that are free then, by number."""
        known = self._tables[step_free]
        if any(slot.pk not in known for slot in slots):
            asked = {slot.pk: slot for slot in slots} | self.wanted
            unknown = [slot for pk, slot in asked.items() if pk not in known]
            known |= free_tables(self.exchange, unknown, step_free=step_free)
        return {slot.pk: known[slot.pk] for slot in slots}

    def table(self, pk: int) -> Table:
        """Return a table of the exchange; the first of several that will be asked for brings the others."""
        if pk not in self._places:
            tables = Table.objects.filter(exchange=self.exchange)
            some = tables if len(self.people) > 2 else tables.filter(pk=pk)
            self._places |= {table.pk: table for table in some}
        return self._places[pk]

    def meets_already(self, low: ExchangeProfile, high: ExchangeProfile) -> bool:
        """Tell whether the two have a meeting that was not cancelled."""
        return any((low.pk, high.pk) == (one, other) for one, other, _table in self._rows())

    def tables_of(self, *people: ExchangeProfile) -> set[int | None]:
        """Return the tables at which these sit at any time."""
        keys = {profile.pk for profile in people}
        return {table for low, high, table in self._rows() if low in keys or high in keys}

    def is_blocked(self, one: ExchangeProfile, other: ExchangeProfile) -> bool:
        """Tell whether one of the two does not want to meet the other."""
        if self._blocks is None:
            rows = Block.objects.filter(profile__in=self.people, other__in=self.people)
            self._blocks = set(rows.values_list("profile_id", "other_id"))
        return bool({(one.pk, other.pk), (other.pk, one.pk)} & self._blocks)

    def add(self, meeting: Meeting) -> None:
        """Take account of a meeting that has just been booked between two of these people."""
        for free in self._free.values():
            for profile in (meeting.low, meeting.high):
                free.occupy(self.exchange, profile, meeting.slot)
        for known in self._tables.values():
            if meeting.slot_id in known:
                known[meeting.slot_id] = [pk for pk in known[meeting.slot_id] if pk != meeting.table_id]
        self._rows().append((meeting.low_id, meeting.high_id, meeting.table_id))

    def _rows(self) -> list[tuple[int, int, int | None]]:
        if self._meetings is None:
            theirs = Q(low__in=self.people) | Q(high__in=self.people)
            rows = Meeting.objects.filter(theirs, state__in=sorted(MEETING_LIVE)).order_by()
            self._meetings = list(rows.values_list("low_id", "high_id", "table_id"))
        return self._meetings
