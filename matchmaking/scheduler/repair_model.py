"""Which meetings to move so that the fewest change: the exact model of a repair, in OR-Tools' CP-SAT.

Some meetings are free to move and all others stay; so a large exchange asks no more of it than a small one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from ortools.sat.python import cp_model

from matchmaking.scheduler.cpsat import Search
from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.pools import positions
from matchmaking.scheduler.state import NOWHERE, State

Literal = Any  # of CP-SAT


def choose(
    state: State,
    home: Sequence[int],
    cost: Sequence[int],
    free: Sequence[int],
    *,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
) -> tuple[int, ...] | None:
    """Return slots for all meetings in which only ``free`` ones differ from the state, or None when none was found.

    Lost priority comes first, then ``cost`` of those that are not at ``home``.
    """
    now = tuple(state.slot)
    freed = set(free)
    base = State(state.grid)
    base.restore(NOWHERE if n in freed else slot for n, slot in enumerate(now))
    model = RepairModel(base, home, cost, sorted(freed), now)
    search = Search(model, seconds=seconds, seed=seed, by_core=False)
    search.run(should_stop, lambda _bound: None)
    if search.slots is None:
        return None
    return tuple(search.slots[n] if n in freed else slot for n, slot in enumerate(now))


class RepairModel:
    """``base`` holds what stays; ``at[n]`` are the literals of a free meeting by slot, empty for all others."""

    def __init__(
        self, base: State, home: Sequence[int], cost: Sequence[int], free: Sequence[int], now: Sequence[int]
    ) -> None:
        self.base = base
        self.grid: Grid = base.grid
        self.free = free
        self.cp = cp_model.CpModel()
        self.at: list[dict[int, Literal]] = [{} for _each in now]
        heaviest = 2 * len(free) + 1  # more than all moves together
        costs = []
        for n in free:
            self.at[n] = {slot: self.cp.new_bool_var("") for slot in self._choices(n)}
            lost = self.cp.new_bool_var("") if self.grid.optional[n] else None
            self.cp.add_exactly_one([*self.at[n].values(), *([] if lost is None else [lost])])
            if lost is not None:
                costs.append((heaviest * self.grid.priority[n] + cost[n]) * lost)
                self.cp.add_hint(lost, now[n] == NOWHERE)
            for slot, literal in self.at[n].items():
                self.cp.add_hint(literal, slot == now[n])
                if slot != home[n] and cost[n]:
                    costs.append(cost[n] * literal)
        self._people()
        self._tables()
        self._order()
        self.cp.minimize(sum(costs))

    def _choices(self, meeting: int) -> list[int]:
        mask = self.base.people_mask(meeting)
        if self.grid.pools.of[meeting]:
            mask &= self.base.open_mask(meeting)
        return list(positions(mask))

    def _people(self) -> None:
        grid = self.grid
        mine: dict[int, list[int]] = defaultdict(list)
        for n in self.free:
            for person in grid.people[n]:
                mine[person].append(n)
        for person, meetings in mine.items():
            for slot in range(grid.slots):
                here = [self.at[n][slot] for n in meetings if slot in self.at[n]]
                if len(here) > 1:
                    self.cp.add_at_most_one(here)
            most = grid.a_day[person]
            if most is None:
                continue
            for day, (first, length) in enumerate(grid.days):
                held = self.base.busy[person * len(grid.days) + day].bit_count()
                that_day = [
                    self.at[n][slot]
                    for n in meetings
                    for slot in range(first, first + length)
                    if slot in self.at[n]
                ]
                if len(that_day) > most - held:
                    self.cp.add(sum(that_day) <= max(0, most - held))

    def _tables(self) -> None:
        grid, base = self.grid, self.base
        for pool in range(len(grid.pools.room)):
            inside = [n for n in self.free if pool in grid.pools.of[n]]
            for slot in range(grid.slots):
                here = [self.at[n][slot] for n in inside if slot in self.at[n]]
                left = base.room[pool * grid.slots + slot] - base.load[pool * grid.slots + slot]
                if len(here) > left:
                    self.cp.add(sum(here) <= left)

    def _order(self) -> None:
        """Keep two free meetings in order; what stays has narrowed their choices already."""
        freed = set(self.free)
        for later in self.free:
            for earlier in self.grid.before[later]:
                if earlier not in freed:
                    continue
                for slot, literal in self.at[later].items():
                    for other, sooner in self.at[earlier].items():
                        if other >= slot:
                            self.cp.add_bool_or([literal.negated(), sooner.negated()])
