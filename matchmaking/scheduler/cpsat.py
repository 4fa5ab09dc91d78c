"""The exact model in OR-Tools' CP-SAT; imported only when a proof is asked for.

After Bofill et al. (JAIR 74, 2022), with what makes cores short: breaks as clauses, the number of slots that
each person uses, tables counted over stars (meetings that share a person) and once more over people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from threading import Thread
from typing import Any, Protocol

from ortools.sat.python import cp_model

from matchmaking.scheduler.counting import Count
from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.pools import REMOTE, RESERVED
from matchmaking.scheduler.state import NOWHERE

Literal = Any  # of CP-SAT: a variable or its negation, which have no common type in its stubs
POLL_SECONDS = 0.05


class Model:
    """One instance whose ``wanted`` meetings must all be placed and the others not.

    ``most_breaks`` and ``least_breaks`` are limits that plans of interest keep.
    """

    def __init__(
        self, grid: Grid, wanted: Sequence[bool], fair: int | None, most_breaks: int | None, least_breaks: int
    ) -> None:
        self.grid = grid
        self.wanted = wanted
        self.cp = cp_model.CpModel()
        self.at: list[dict[int, Literal]] = [self._choices(n) for n in range(len(grid.people))]
        self.uses = [self._person(person) for person in range(len(grid.free))]
        for pool in range(len(grid.pools.room)):
            self._tables(pool)
        self._people_at_tables()
        self._order()
        if len(grid.days) == 1:
            self.breaks = self._breaks_of_one_day(fair, most_breaks)
        else:
            self.breaks = [self._breaks(person) for person in range(len(grid.free))]
        if fair is not None:
            self._fairness(fair)
        total = sum(each for breaks in self.breaks for each in breaks)
        if most_breaks is not None:
            self.cp.add(total <= most_breaks)
        if least_breaks:
            self.cp.add(total >= least_breaks)
        self.cp.minimize(total)

    def _choices(self, meeting: int) -> dict[int, Literal]:
        grid = self.grid
        if not self.wanted[meeting]:
            return {}
        found = {
            slot: self.cp.new_bool_var("") for slot in range(grid.slots) if grid.allowed[meeting] >> slot & 1
        }
        self.cp.add_exactly_one(found.values())
        return found

    def _any_of(self, literals: Sequence[Literal]) -> Literal | None:
        """Return a literal for "one of these", of which at most one can hold; None for none."""
        if len(literals) < 2:
            return literals[0] if literals else None
        found = self.cp.new_bool_var("")
        self.cp.add_exactly_one([*literals, found.negated()])
        return found

    def _person(self, person: int) -> dict[int, Literal]:
        """Return the slots the person may use, each with its literal; limits of days are kept."""
        grid = self.grid
        meetings = [n for n in grid.meetings[person] if self.wanted[n]]
        found = {}
        for slot in range(grid.slots):
            used = self._any_of([self.at[n][slot] for n in meetings if slot in self.at[n]])
            if used is not None:
                found[slot] = used
        if len(grid.days) > 1:
            self.cp.add(sum(found.values()) == len(meetings))
        most = grid.a_day[person]
        if most is not None:
            for first, length in grid.days:
                self.cp.add(sum(found[s] for s in range(first, first + length) if s in found) <= most)
        return found

    def _tables(self, pool: int) -> None:
        grid = self.grid
        inside = {n for n, pools in enumerate(grid.pools.of) if pool in pools and self.wanted[n]}
        stars = self._stars(inside)
        for slot in range(grid.slots):
            terms = []
            for person, meetings in stars:
                if len(meetings) == sum(self.wanted[n] for n in grid.meetings[person]):
                    term = self.uses[person].get(slot)
                else:
                    term = self._any_of([self.at[n][slot] for n in meetings if slot in self.at[n]])
                if term is not None:
                    terms.append(term)
            if len(terms) > grid.pools.room[pool][slot]:
                self.cp.add(sum(terms) <= grid.pools.room[pool][slot])

    def _stars(self, meetings: Iterable[int]) -> list[tuple[int, list[int]]]:
        """Return the meetings split among people who are in them, the busiest first."""
        left = set(meetings)
        found = []
        while left:
            count = Counter(person for n in left for person in self.grid.people[n])
            person = max(count, key=lambda each: (count[each], -each))
            mine = [n for n in self.grid.meetings[person] if n in left]
            left.difference_update(mine)
            found.append((person, mine))
        return found

    def _people_at_tables(self) -> None:
        """Let no more than two people a table be busy: it follows, but not by propagation."""
        grid = self.grid
        held = [n for n in range(len(grid.people)) if self.wanted[n]]
        if not grid.pools.room or any(len(grid.people[n]) != 2 for n in held):
            return
        if any(
            grid.pools.kind_of[n] == REMOTE or not (grid.pools.of[n] or self._is_reserved(n)) for n in held
        ):
            return
        reserved = Counter(slot for slot, _table in grid.pools.reserved)
        for slot in range(grid.slots):
            terms = [uses[slot] for uses in self.uses if slot in uses]
            self.cp.add(sum(terms) <= 2 * (grid.pools.room[0][slot] + reserved[slot]))

    def _is_reserved(self, meeting: int) -> bool:
        return self.grid.pools.kind_of[meeting] == RESERVED

    def _order(self) -> None:
        for later, before in enumerate(self.grid.before):
            for earlier in before:
                if not (self.wanted[later] and self.wanted[earlier]):
                    continue
                for slot, literal in self.at[later].items():
                    sooner = [each for other, each in self.at[earlier].items() if other < slot]
                    self.cp.add_bool_or([*sooner, literal.negated()])
                for slot, literal in self.at[earlier].items():
                    afterwards = [each for other, each in self.at[later].items() if other > slot]
                    self.cp.add_bool_or([*afterwards, literal.negated()])

    def _breaks(self, person: int) -> list[Literal]:
        """Return a literal for each slot in which a break of the person can end."""
        uses = self.uses[person]
        found: list[Literal] = []
        for first, length in self.grid.days:
            met: Literal | None = None  # whether she met before the slot looked at
            for slot in range(first, first + length):
                last = uses.get(slot - 1) if slot > first else None
                if met is not None and slot in uses:
                    found.extend(self._break_ending(uses[slot], last, met))
                met = self._either(met, uses.get(slot))
        return found

    def _break_ending(self, here: Literal, last: Literal | None, met: Literal) -> list[Literal]:
        if last is met:
            return []
        ends = self.cp.new_bool_var("")
        idle = [] if last is None else [last]
        self.cp.add_bool_or([here.negated(), met.negated(), *idle, ends])
        for needed in (here, met, *(each.negated() for each in idle)):
            self.cp.add_implication(ends, needed)
        return [ends]

    def _either(self, one: Literal | None, other: Literal | None) -> Literal | None:
        if one is None or other is None:
            return one if other is None else other
        found = self.cp.new_bool_var("")
        self.cp.add_implication(one, found)
        self.cp.add_implication(other, found)
        self.cp.add_bool_or([one, other, found.negated()])
        return found

    def _breaks_of_one_day(self, fair: int | None, most: int | None) -> list[list[Literal]]:
        """Return literals for at least 1, 2 … breaks of each person, no more than plans of interest have."""
        counts = [
            Count(self.cp, self.grid.slots, uses, [self.grid.allowed[n] for n in meetings if self.wanted[n]])
            for uses, meetings in zip(self.uses, self.grid.meetings, strict=True)
        ]
        limits = [count.most_breaks() for count in counts]
        most = max([*limits, 0]) if most is None else most
        if fair is not None:
            most = min(most, min(limits, default=0) + fair)
        return [count.breaks(most) for count in counts]

    def _fairness(self, fair: int) -> None:
        """Bound the differences; where everybody can have breaks, by how many all have at least, in unary."""
        least: list[Literal] = []
        if all(self.breaks):
            least = [self.cp.new_bool_var("") for _one in range(min(len(breaks) for breaks in self.breaks))]
        for breaks in self.breaks:
            if least:
                self.cp.add(sum(breaks) >= sum(least))
            if len(breaks) > fair:
                self.cp.add(sum(breaks) <= sum(least) + fair)


class Solvable(Protocol):
    """A model with its objective, and the literals of each meeting by slot."""

    cp: cp_model.CpModel
    at: list[dict[int, Literal]]


class Search:
    """One run of the solver in a thread of its own, so that the caller can look at its bound and stop it."""

    def __init__(self, model: Solvable, *, seconds: float, seed: int, by_core: bool = True) -> None:
        self.model = model
        self.bound = 0
        self.value: int | None = None  # of the best plan so far
        self.status = "unknown"  # then "optimal" or "infeasible"
        self.slots: tuple[int, ...] | None = None
        self.solver = cp_model.CpSolver()
        parameters = self.solver.parameters
        parameters.num_workers = 1
        parameters.catch_sigint_signal = False  # it would put the program's own handler out of place
        parameters.linearization_level = 0 if by_core else 1
        parameters.optimize_with_core = by_core
        parameters.random_seed = seed
        parameters.max_time_in_seconds = seconds
        self.solver.best_bound_callback = self._hear
        self.thread = Thread(target=self._run, daemon=True)

    def run(
        self,
        should_stop: Callable[[], bool],
        on_bound: Callable[[int], None],
        is_settled: Callable[[int | None], bool] = lambda _value: False,
    ) -> None:
        """Search until it is done, time is up, somebody asks to stop, or its best value is known to be the best."""
        told = 0
        self.thread.start()
        while self.thread.is_alive():
            self.thread.join(POLL_SECONDS)
            if self.bound > told:
                told = self.bound
                on_bound(told)
            if should_stop() or is_settled(self.value):
                self.solver.stop_search()

    def _hear(self, bound: float) -> None:
        self.bound = max(self.bound, round(bound))

    def _run(self) -> None:
        status = self.solver.solve(self.model.cp, Listener(self))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.slots = tuple(
                next(
                    (slot for slot, literal in choice.items() if self.solver.boolean_value(literal)), NOWHERE
                )
                for choice in self.model.at
            )
        if status == cp_model.OPTIMAL:
            self.status = "optimal"
            self.bound = round(self.solver.objective_value)
        elif status == cp_model.INFEASIBLE:
            self.status = "infeasible"


class Listener(cp_model.CpSolverSolutionCallback):
    """Tells a search the value of each plan that it finds."""

    def __init__(self, search: Search) -> None:
        super().__init__()
        self.search = search

    def on_solution_callback(self) -> None:
        """Be called by the solver."""
        self.search.value = round(self.objective_value)
