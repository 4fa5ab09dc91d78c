"""Proofs: the fewest breaks at the present loss, or that there is no plan at all; needs OR-Tools."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.state import NOWHERE, State

MOST_CHOICES = 40_000  # pairs of meeting and slot; beyond that a proof takes longer than it is worth
SLICES = (0.75, 1.0)  # shares of the time: a search that is stuck gives way to one with another seed
# So long the first method may go on looking for a plan of its own when the second has one: the same seed then gives
# the same plan, whichever was faster.
PATIENCE_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Proof:
    """``slots`` are a plan with fewer breaks than the known one, if any was found.

    ``is_closed``: nothing is better than that plan or, without one, than the known one; without either there
    is none at all. ``bound`` are breaks that no plan with these meetings comes below; ``by`` names the method.
    """

    slots: tuple[int, ...] | None
    is_closed: bool
    bound: int
    by: str = ""


def is_available() -> bool:
    """Tell whether OR-Tools is installed; asking imports nothing heavy."""
    return importlib.util.find_spec("ortools") is not None


def is_worth_trying(grid: Grid) -> bool:
    """Tell whether the instance is small enough."""
    return sum(mask.bit_count() for mask in grid.allowed) <= MOST_CHOICES


def prove(
    grid: Grid,
    known: Sequence[int],
    *,
    known_breaks: int | None,
    bound: int,
    seconds: float,
    seed: int,
    should_stop: Callable[[], bool],
    on_bound: Callable[[int], None],
) -> Proof:
    """Look for a plan with fewer breaks than ``known``, which places the same meetings and all required ones.

    ``known_breaks`` is None where ``known`` is no plan yet: any is looked for, then. ``bound`` is proved
    already, and ``on_bound`` hears of better ones.
    """
    from matchmaking.scheduler import cpsat, refute

    began = time.monotonic()
    wanted = [slot != NOWHERE or not grid.optional[n] for n, slot in enumerate(known)]
    fair = grid.instance.max_break_difference
    best: tuple[int, ...] | None = None
    refuter = refute.Refuter(lambda: cpsat.Model(grid, wanted, fair, None, 0), bound)
    if refute.is_available() and refute.is_worth_trying(grid):
        refuter.start()

    def is_settled(value: int | None) -> bool:
        nonlocal bound
        if refuter.bound > bound:
            bound = refuter.bound
            on_bound(bound)
        values = [each for each in (known_breaks, value) if each is not None]
        return refuter.is_infeasible or (bool(values) and refuter.bound >= min(values))

    def is_enough() -> bool:
        return should_stop() or (refuter.slots is not None and time.monotonic() - began > PATIENCE_SECONDS)

    try:
        for turn, share in enumerate(SLICES):
            left = seconds * share - (time.monotonic() - began)
            if left <= 0 or is_enough():
                break
            most = None if known_breaks is None else known_breaks - 1
            search = cpsat.Search(
                cpsat.Model(grid, wanted, fair, most, bound), seconds=left, seed=seed + turn
            )
            search.run(is_enough, on_bound, is_settled)
            bound = max(bound, search.bound)
            if search.slots is not None:
                best = search.slots
                known_breaks = _breaks(grid, best)
            if search.status == "optimal":
                return Proof(best, True, bound, "cp-sat")
            if search.status == "infeasible":
                return Proof(best, True, bound if known_breaks is None else known_breaks, "cp-sat")
            if is_settled(None):
                return Proof(best, True, bound, "maxsat")
    finally:
        refuter.stop()
    bound = max(bound, refuter.bound)
    if refuter.slots is not None and (known_breaks is None or known_breaks > refuter.bound):
        return Proof(refuter.slots, True, bound, "maxsat")
    return Proof(best, False, bound)


def _breaks(grid: Grid, slots: Sequence[int]) -> int:
    """Return the breaks of a plan given as slots."""
    state = State(grid)
    state.restore(slots)
    return sum(state.breaks)
