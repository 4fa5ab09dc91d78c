"""Several searches with different seeds side by side; the first proof ends them all, else the best plan counts."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any

from matchmaking.scheduler.model import Instance, Result, Score, Status
from matchmaking.scheduler.solving import never, solve

POLL_SECONDS = 0.2
PROVED = frozenset({Status.OPTIMAL, Status.INFEASIBLE})
_stop: Any = None


def solve_side_by_side(
    instance: Instance,
    *,
    seconds: float,
    seed: int,
    workers: int,
    should_stop: Callable[[], bool] = never,
) -> Result:
    """Return the best of ``workers`` runs with the seeds ``seed``, ``seed`` + 1 …; as ``solve``, where there is one."""
    if workers <= 1:
        return solve(instance, seconds=seconds, seed=seed, should_stop=should_stop)
    context = get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(stop,)) as pool:
        waiting: set[Future[Result]] = {
            pool.submit(_run, instance, seconds, seed + number) for number in range(workers)
        }
        results: list[Result] = []
        while waiting:
            done, waiting = wait(waiting, POLL_SECONDS, FIRST_COMPLETED)
            results += [future.result() for future in done]
            if should_stop() or any(result.status in PROVED for result in results):
                stop.set()
    return min(results, key=_rank)


def _begin(stop: Any) -> None:
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that began it tells when to stop


def _run(instance: Instance, seconds: float, seed: int) -> Result:
    return solve(instance, seconds=seconds, seed=seed, should_stop=_stop.is_set)


def _rank(result: Result) -> tuple[bool, bool, Score]:
    worst = Score(2**62)
    return result.status not in PROVED, result.score is None, result.score or worst
