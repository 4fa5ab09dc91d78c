"""Tables for a plan whose slots are settled: everybody gets one that fits, and few people change theirs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.pools import REMOTE, positions
from matchmaking.scheduler.state import NOWHERE

NO_TABLE = -1
PASSES = 12


class Seating:
    """``table[meeting]`` is the position of its table or NO_TABLE; ``unseated`` found none although placed."""

    def __init__(self, grid: Grid, slots: Sequence[int]) -> None:
        pools = grid.pools
        self.grid = grid
        self.slot = slots
        self.table = [NO_TABLE] * len(slots)
        self.holder: dict[tuple[int, int], int] = {}
        self.free = [
            sum((mask >> slot & 1) << table for table, mask in enumerate(pools.open))
            for slot in range(grid.slots)
        ]
        self.fits = [pools.kinds[kind] if kind >= 0 else 0 for kind in pools.kind_of]
        self.unseated: list[int] = []
        self.neighbours = self._neighbours()
        for (slot, table), meeting in pools.reserved.items():
            if slots[meeting] == slot:
                self.table[meeting] = table

    def _neighbours(self) -> list[list[int]]:
        """Return, for each meeting, what its people have next before and after it at a table on that day."""
        grid = self.grid
        found: list[list[int]] = [[] for _each in self.slot]
        for meetings in grid.meetings:
            held = sorted(
                (self.slot[n], n)
                for n in meetings
                if self.slot[n] != NOWHERE and grid.pools.kind_of[n] != REMOTE
            )
            for (before, one), (after, other) in itertools.pairwise(held):
                if grid.day_of[before] == grid.day_of[after]:
                    found[one].append(other)
                    found[other].append(one)
        return found

    def seat_all(self, present: Mapping[int, int] | None = None) -> None:
        """Give every placed meeting a table: its present one, a neighbour's, or any that fits."""
        present = present or {}
        here: list[list[int]] = [[] for _slot in range(self.grid.slots)]
        for meeting, slot in enumerate(self.slot):
            if slot != NOWHERE and self.fits[meeting]:
                here[slot].append(meeting)
        for slot, meetings in enumerate(here):
            late = [n for n in meetings if not self._take_first(n, [present[n]] if n in present else [])]
            later = [
                n
                for n in late
                if not self._take_first(n, [self.table[other] for other in self.neighbours[n]])
            ]
            for meeting in sorted(later, key=lambda n: (self.fits[n] & self.free[slot]).bit_count()):
                if not self._augment(meeting, set()):
                    self.unseated.append(meeting)

    def _take_first(self, meeting: int, wishes: Sequence[int]) -> bool:
        free = self.free[self.slot[meeting]] & self.fits[meeting]
        for table in wishes:
            if table != NO_TABLE and free >> table & 1:
                self._give(meeting, table)
                return True
        return False

    def _give(self, meeting: int, table: int) -> None:
        slot = self.slot[meeting]
        self.table[meeting] = table
        self.holder[slot, table] = meeting
        self.free[slot] &= ~(1 << table)

    def _augment(self, meeting: int, visited: set[int]) -> bool:
        """Seat the meeting, others of its slot going to other tables where need be (a path of a matching)."""
        slot = self.slot[meeting]
        free = self.free[slot] & self.fits[meeting]
        if free:
            self._give(meeting, (free & -free).bit_length() - 1)
            return True
        for table in positions(self.fits[meeting]):
            other = self.holder.get((slot, table))
            if other is None or table in visited:
                continue
            visited.add(table)
            if self._augment(other, visited):
                self._give(meeting, table)
                return True
        return False

    def improve(self, should_stop: Callable[[], bool], kept: frozenset[int] = frozenset()) -> None:
        """Exchange tables within slots while that saves changes; ``kept`` meetings stay at theirs."""
        movable = [
            n for n, table in enumerate(self.table) if table != NO_TABLE and self.fits[n] and n not in kept
        ]
        for _pass in range(PASSES):
            improved = False
            for count, meeting in enumerate(movable):
                if count % 256 == 0 and should_stop():
                    return
                for table in {self.table[other] for other in self.neighbours[meeting]}:
                    if self._gain(meeting, table, kept) > 0:
                        self._exchange(meeting, table)
                        improved = True
            if not improved:
                return

    def _gain(self, meeting: int, table: int, kept: frozenset[int]) -> int:
        """Return how many changes are saved when the meeting goes to that table, 0 when it may not."""
        mine, slot = self.table[meeting], self.slot[meeting]
        if table in (mine, NO_TABLE) or not self.fits[meeting] >> table & 1:
            return 0
        gain = self._same(meeting, table) - self._same(meeting, mine)
        other = self.holder.get((slot, table))
        if other is None:
            return gain if self.free[slot] >> table & 1 else 0
        if other in kept or not self.fits[other] >> mine & 1:
            return 0
        return gain + self._same(other, mine) - self._same(other, table)

    def _same(self, meeting: int, table: int) -> int:
        return sum(self.table[other] == table for other in self.neighbours[meeting])

    def _exchange(self, meeting: int, table: int) -> None:
        mine, slot = self.table[meeting], self.slot[meeting]
        other = self.holder.pop((slot, table), None)
        del self.holder[slot, mine]
        self.free[slot] |= 1 << mine
        self._give(meeting, table)
        if other is not None:
            self._give(other, mine)

    def changes(self) -> int:
        """Return how often people change tables."""
        return (
            sum(
                self.table[one] != self.table[other]
                for one, others in enumerate(self.neighbours)
                for other in others
            )
            // 2
        )
