"""One run of the scheduler from claim to proposal; only workers import it, because solvers are heavy."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace

import structlog

from matchmaking.models import RunKind, RunState, SolverRun
from matchmaking.proposals import changes_of, write_changes, write_problems, write_unplaced
from matchmaking.scheduler.model import Instance, MalformedInstance, Plan, Result, Score, Status
from matchmaking.scheduler.repair import repair
from matchmaking.scheduler.solving import solve
from matchmaking.scheduler.verify import verify
from matchmaking.services.running import Watch, claim_run, end_run, give_back
from matchmaking.snapshot import Snapshot, take_snapshot

log = structlog.get_logger(__name__)

REPAIR_SECONDS = 10  # people wait for it in a hall


def run_solver(run_id: uuid.UUID | str) -> bool:
    """Work on the run if it is to be had; tell whether it ended here. What it found is a proposal, no plan."""
    run = claim_run(run_id)
    if run is None:
        return False
    try:
        return _work(run)
    except Exception as error:
        # Its text may name people.
        log.exception("solver_run_broke", run=str(run.pk), error=type(error).__name__, exc_info=False)
        give_back(run)
        return False


def _work(run: SolverRun) -> bool:
    options = run.options
    snapshot = take_snapshot(
        run.exchange,
        away={int(key): slots for key, slots in options.get("away", {}).items()},
        fair=options.get("fair"),
    )
    watch = Watch(run)
    try:
        result, unavoidable = _seek(run, snapshot, watch)
    except MalformedInstance as error:
        problems = write_problems(snapshot, error.problems)
        return end_run(run, RunState.INFEASIBLE, basis=snapshot.version, problems=problems)
    if result.plan is None or result.score is None:
        problems = write_problems(snapshot, result.problems)
        return end_run(run, RunState.INFEASIBLE, basis=snapshot.version, problems=problems)
    found = _found(snapshot, result, result.plan, result.score, may_stay=run.kind != RunKind.REPAIR)
    return end_run(run, RunState.DONE, unavoidable=unavoidable, **found)


def _seek(run: SolverRun, snapshot: Snapshot, watch: Watch) -> tuple[Result, int | None]:
    """Return the scheduler's result and, of a repair, how many meetings could not stay.

    Where the bound of fairness allows no plan, one without it.
    """
    if run.kind == RunKind.REPAIR:
        mended = repair(
            snapshot.instance, snapshot.present, seconds=min(run.seconds, REPAIR_SECONDS), seed=run.seed,
            should_stop=watch.should_stop, on_progress=watch.tell,
        )  # fmt: skip
        return mended.result, mended.unavoidable
    until = time.monotonic() + run.seconds
    result = _solve(run, snapshot.instance, watch, run.seconds)
    if result.plan is None and snapshot.instance.max_break_difference is not None:
        free = replace(snapshot.instance, max_break_difference=None)
        result = _solve(run, free, watch, max(1.0, until - time.monotonic()))
    return result, None


def _solve(run: SolverRun, instance: Instance, watch: Watch, seconds: float) -> Result:
    return solve(
        instance, seconds=seconds, seed=run.seed, should_stop=watch.should_stop, on_progress=watch.tell
    )


def _found(
    snapshot: Snapshot, result: Result, plan: Plan, score: Score, *, may_stay: bool
) -> dict[str, object]:
    """Return what a run keeps of its result; a present plan that is as good is proposed unchanged if it ``may_stay``."""
    present = verify(snapshot.instance, snapshot.present)
    standing = Score(present.lost, present.breaks, present.table_changes)
    if may_stay and present.is_valid and standing <= score:
        plan, score = snapshot.present, standing
    placed = sum(not item.is_fixed and n in plan.places for n, item in enumerate(snapshot.items))
    return {
        "basis": snapshot.version,
        "wanted": snapshot.wanted,
        "placed": placed,
        "best": score.breaks,
        "lost": score.lost,
        "bound": result.bound.breaks,
        "bound_lost": result.bound.lost,
        "breaks_before": present.breaks,
        "is_proven": result.status == Status.OPTIMAL,
        "stage": "",
        "plan": write_changes(changes_of(snapshot, plan)),
        "unplaced": write_unplaced(snapshot, result.unplaced),
        "problems": write_problems(snapshot, result.problems),
    }
