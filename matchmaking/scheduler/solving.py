"""The one way in: places, improves, proves and checks, and tells how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from matchmaking.scheduler import exact
from matchmaking.scheduler.anneal import Annealing, is_plain
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

MOVES_A_SECOND = 100_000
MOVES_A_SECOND_OF_CHAINS = 30_000  # where meetings of more than two, kinds of tables, order or limits play in
FIRST_MOVES_PER_CHOICE = 20  # before a proof is tried: they mostly find what is then proved
PROOF_SHARE = 0.9  # of the time


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
        self._note(state)
        self.tell("breaks")
        if exact.is_available() and exact.is_worth_trying(grid):
            choices = sum(mask.bit_count() for mask in grid.allowed)
            self._anneal(state, rng, min(FIRST_MOVES_PER_CHOICE * choices, self._moves_left(grid) // 4))
            if self._prove(state):
                return self.infeasible(problems, self.proved_by)
        self._anneal(state, rng, self._moves_left(grid))
        return self.finish(state, problems)

    def _moves_left(self, grid: Grid) -> int:
        rate = MOVES_A_SECOND if is_plain(grid) else MOVES_A_SECOND_OF_CHAINS
        return int(rate * max(0.0, self.seconds - self.elapsed()))

    def _note(self, state: State) -> None:
        """Remember what the plan costs, when it is one that may be shown."""
        if self._is_plan(state):
            score = Score(state.lost(), sum(state.breaks))
            self.score = score if self.score is None else min(self.score, score)

    def _is_plan(self, state: State) -> bool:
        fair = self.instance.max_break_difference
        complete = all(slot != NOWHERE or state.grid.optional[n] for n, slot in enumerate(state.slot))
        return complete and (
            fair is None or max(state.breaks, default=0) - min(state.breaks, default=0) <= fair
        )

    def _anneal(self, state: State, rng: Random, moves: int) -> None:
        if not self.instance.aims.few_breaks or self._is_proved(state):
            return
        lost = state.lost()
        annealing = Annealing(state, rng, fair=self.instance.max_break_difference)

        def on_best(breaks: int) -> None:
            if self.score is None or Score(lost, breaks) < self.score:
                self.score = Score(lost, breaks) if self._is_plan(state) else self.score
            self.tell("breaks")

        floor = self.bound.breaks if lost == self.bound.lost else 0
        annealing.run(moves, self.should_stop, on_best, floor)
        state.restore(annealing.best)
        self._note(state)

    def _is_proved(self, state: State) -> bool:
        return self._is_plan(state) and (state.lost(), sum(state.breaks)) <= (
            self.bound.lost,
            self.bound.breaks,
        )

    def _prove(self, state: State) -> bool:
        """Let the exact method better the plan or prove it; tell whether there is none at all."""
        has_choice = any(
            slot == NOWHERE and state.grid.allowed[n] and state.grid.optional[n]
            for n, slot in enumerate(state.slot)
        )
        if self._is_proved(state) or self.should_stop():
            return False
        is_plan = self._is_plan(state)

        def on_bound(breaks: int) -> None:
            # With a choice of what to leave out, the bound holds for this choice alone.
            if not has_choice:
                self.bound = Score(self.bound.lost, max(self.bound.breaks, breaks))
            self.tell("proof")

        proof = exact.prove(
            state.grid,
            state.slot,
            known_breaks=sum(state.breaks) if is_plan else None,
            bound=0 if has_choice else self.bound.breaks,
            seconds=max(0.0, self.seconds * PROOF_SHARE - self.elapsed()),
            seed=self.seed,
            should_stop=self.should_stop,
            on_bound=on_bound,
        )
        if proof.slots is not None:
            state.restore(proof.slots)
            self._note(state)
        on_bound(proof.bound)
        if proof.is_closed and not has_choice:
            self.proved_by = proof.by
        return proof.is_closed and proof.slots is None and not is_plan

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
