"""The one way in: places, improves, proves and checks, and tells how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from matchmaking.scheduler.anneal import Annealing
from matchmaking.scheduler.bounds import find_bounds
from matchmaking.scheduler.check import check
from matchmaking.scheduler.explain import explain
from matchmaking.scheduler.greedy import place_all
from matchmaking.scheduler.grid import Grid, make_grid
from matchmaking.scheduler.model import (
    Instance,
    MalformedInstance,
    Place,
    Plan,
    Problem,
    Progress,
    Result,
    Score,
    Status,
)
from matchmaking.scheduler.seating import NO_TABLE, Seating
from matchmaking.scheduler.state import NOWHERE, State
from matchmaking.scheduler.verify import verify

MOVES_A_SECOND = 30_000


def never() -> bool:
    """Let a run go on."""
    return False


def unheard(_progress: Progress) -> None:
    """Tell nobody."""


def solve(
    instance: Instance,
    *,
    seconds: float = 60.0,
    seed: int = 1,
    should_stop: Callable[[], bool] = never,
    on_progress: Callable[[Progress], None] = unheard,
) -> Result:
    """Return the best plan found within the wall time, checked by the verifier; raise MalformedInstance.

    The plan depends on instance, seed and seconds alone where the machine makes MOVES_A_SECOND and nobody
    stops it; a slower one is stopped by its clock with the best plan so far.
    """
    problems = check(instance)
    if any(problem.is_malformed for problem in problems):
        raise MalformedInstance(problem for problem in problems if problem.is_malformed)
    run = Run(instance, seconds, seed, should_stop, on_progress)
    if any(problem.proves_infeasible for problem in problems):
        return run.infeasible(problems, "bounds")
    return run.solve(problems)


class Run:
    """One call of ``solve``: its clock, its best plan and what is proved so far."""

    def __init__(
        self,
        instance: Instance,
        seconds: float,
        seed: int,
        should_stop: Callable[[], bool],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self.instance = instance
        self.seconds = seconds
        self.seed = seed
        self.began = time.monotonic()
        self.asked_to_stop = should_stop
        self.on_progress = on_progress
        self.bound = Score(0)
        self.score: Score | None = None
        self.proved_by = ""

    def elapsed(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self.began

    def should_stop(self) -> bool:
        """Tell whether time is up or somebody asked to stop."""
        return self.elapsed() > self.seconds or self.asked_to_stop()

    def tell(self, stage: str) -> None:
        """Report the best score and the bound."""
        self.on_progress(Progress(seconds=self.elapsed(), score=self.score, bound=self.bound, stage=stage))

    def infeasible(self, problems: tuple[Problem, ...], proved_by: str) -> Result:
        """Return the result of a proof that there is no plan."""
        return Result(
            status=Status.INFEASIBLE,
            plan=None,
            score=None,
            bound=self.bound,
            seconds=self.elapsed(),
            problems=problems,
            proved_by=proved_by,
        )

    def solve(self, problems: tuple[Problem, ...]) -> Result:
        """Place, lessen breaks, give out tables, check."""
        grid = make_grid(self.instance)
        rng = Random(self.seed)  # noqa: S311 - a repeatable search, no secret
        self.bound = Score(find_bounds(grid).lost)
        state = State(grid)
        self.tell("placing")
        place_all(state, rng, self.should_stop)
        self.score = Score(state.lost(), sum(state.breaks))
        self.tell("breaks")
        if self.instance.aims.few_breaks:
            self._anneal(state, rng)
        return self.finish(state, problems)

    def _anneal(self, state: State, rng: Random) -> None:
        lost = state.lost()
        annealing = Annealing(state, rng, fair=self.instance.max_break_difference)

        def on_best(breaks: int) -> None:
            self.score = Score(lost, breaks)
            self.tell("breaks")

        moves = int(MOVES_A_SECOND * max(0.0, self.seconds - self.elapsed()))
        annealing.run(moves, self.should_stop, on_best)
        state.restore(annealing.best)

    def finish(self, state: State, problems: tuple[Problem, ...]) -> Result:
        """Return the state as a result, with tables; one the verifier refuses is no plan."""
        plan = seat(
            state.grid, state.slot, self.should_stop, few_changes=self.instance.aims.few_table_changes
        )
        for meeting, place in enumerate(state.slot):
            if place != NOWHERE and self.instance.meetings[meeting].key not in plan.places:
                state.take(meeting)
        verdict = verify(self.instance, plan)
        status = Status.UNKNOWN
        if verdict.is_valid:
            self.score = Score(verdict.lost, verdict.breaks, verdict.table_changes)
            proved = (self.score.lost, self.score.breaks) <= (self.bound.lost, self.bound.breaks)
            status = Status.OPTIMAL if proved else Status.FEASIBLE
            self.tell("tables")
        return Result(
            status=status,
            plan=plan if verdict.is_valid else None,
            score=self.score if verdict.is_valid else None,
            bound=self.bound,
            seconds=self.elapsed(),
            max_difference=verdict.max_difference if verdict.is_valid else 0,
            unplaced=explain(state),
            problems=problems,
            proved_by=(self.proved_by or "bounds") if status == Status.OPTIMAL else "",
        )


def seat(
    grid: Grid, slots: Sequence[int], should_stop: Callable[[], bool] = never, *, few_changes: bool = True
) -> Plan:
    """Return the plan with these slots by position of meeting and a table for each that gets one."""
    seating = Seating(grid, slots)
    seating.seat_all()
    if few_changes:
        seating.improve(should_stop)
    return plan_of(grid, seating)


def plan_of(grid: Grid, seating: Seating) -> Plan:
    """Return a seating as a plan by keys."""
    instance = grid.instance
    places = {}
    for n, meeting in enumerate(instance.meetings):
        slot, table = seating.slot[n], seating.table[n]
        if slot != NOWHERE and (table != NO_TABLE or meeting.remote):
            places[meeting.key] = Place(slot, None if meeting.remote else instance.tables[table].key)
    return Plan(places)
