"""The second exact method: plain clauses and the question "is there a plan with at most k breaks?", k by k.

Each "no" raises what is proved, and what was learnt on the way stays for the next k; it is MaxSAT searched from
below. A solver of clauses alone (Glucose, of PySAT) answers "no" several times as fast as CP-SAT, and is slower
where a plan has to be found; so it runs beside the other and only its "no" counts as long as that one is at work.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from matchmaking.scheduler.cpsat import Model
from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.state import NOWHERE

HEAD_START_SECONDS = 2.0  # most proofs are done by then, and writing clauses costs as much as they do
FURTHEST = 24  # above the bound at the beginning; beyond it counting grows too large to help
SOLVER = "glucose4"
MOST_CHOICES = 12_000  # pairs of meeting and slot; beyond that the clauses alone take seconds and much memory


def is_available() -> bool:
    """Tell whether PySAT is installed; asking imports nothing heavy."""
    return importlib.util.find_spec("pysat") is not None


def is_worth_trying(grid: Grid) -> bool:
    """Tell whether the instance is small enough."""
    return sum(mask.bit_count() for mask in grid.allowed) <= MOST_CHOICES


class Refuter:
    """Raises ``bound`` in a thread of its own until it is stopped, has a plan, or knows that there is none.

    ``slots`` are a plan with ``bound`` breaks, once it is found; ``is_infeasible``: the model has no plan.
    """

    def __init__(self, make_model: Callable[[], Model], bound: int, *, delay: float | None = None) -> None:
        self.make_model = make_model
        self.bound = bound
        self.delay = HEAD_START_SECONDS if delay is None else delay
        self.slots: tuple[int, ...] | None = None
        self.is_infeasible = False
        self.solver: Any = None
        self.asked = Event()
        self.thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, after the delay."""
        self.thread.start()

    def join(self) -> None:
        """Wait until it has come to an end by itself."""
        self.thread.join()

    def stop(self) -> None:
        """End it and wait for that."""
        self.asked.set()
        if self.thread.ident is None:  # it was never begun
            return
        if self.solver is not None:
            self.solver.interrupt()
        self.thread.join()
        if self.solver is not None:
            self.solver.delete()
            self.solver = None

    def _run(self) -> None:
        if self.asked.wait(self.delay):
            return
        from pysat.solvers import Solver

        from matchmaking.scheduler.clauses import Formula, NotOfBooleans

        model = self.make_model()
        try:
            formula = Formula(model.cp)
        except NotOfBooleans:
            return
        counts = formula.counted(formula.goal, self.bound + FURTHEST)
        furthest = len(counts) - (len(counts) < len(formula.goal))
        self.solver = Solver(SOLVER, bootstrap_with=formula.clauses)
        while not self.asked.is_set() and self.bound <= furthest:
            fewer = [-counts[self.bound]] if self.bound < len(counts) else []
            found = self.solver.solve_limited(assumptions=fewer, expect_interrupt=True)
            if found is None:
                return
            if found:
                self.slots = self._read(model)
                return
            if not fewer or not self.solver.get_core():
                self.is_infeasible = True
                return
            self.bound += 1

    def _read(self, model: Model) -> tuple[int, ...]:
        true = {literal for literal in self.solver.get_model() if literal > 0}
        return tuple(
            next((slot for slot, literal in choice.items() if literal.index + 1 in true), NOWHERE)
            for choice in model.at
        )
