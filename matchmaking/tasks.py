"""Work behind the exchange's pages; each task calls one service."""

from __future__ import annotations

import uuid

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from matchmaking.services.asking import expire_requests as run_expiry
from matchmaking.services.reminding import remind as run_reminders

log = structlog.get_logger(__name__)


@shared_task(name="matchmaking.tasks.expire_requests")  # type: ignore[untyped-decorator]
def expire_requests() -> int:
    """End requests that nobody answered in time."""
    return run_expiry()


@shared_task(name="matchmaking.tasks.remind")  # type: ignore[untyped-decorator]
def remind() -> int:
    """Write to those who meet somebody in the next hours."""
    return run_reminders()


def wake_solver(run_id: uuid.UUID) -> None:
    """Ask a worker to take the run; a lost broker is no error, the next sweep asks again."""
    try:
        solve_run.apply_async((str(run_id),), ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", error=type(error).__name__)


@shared_task(name="matchmaking.tasks.solve_run")  # type: ignore[untyped-decorator]
def solve_run(run_id: str) -> bool:
    """Work on a run of the scheduler; a second delivery finds it taken."""
    from matchmaking.services.solving import run_solver  # heavy: never in the process of the pages

    return run_solver(run_id)


@shared_task(name="matchmaking.tasks.tend_runs")  # type: ignore[untyped-decorator]
def tend_runs() -> int:
    """Find workers for runs that have none; return for how many."""
    from matchmaking.services import running

    lost = running.tend_runs()
    for run_id in lost:
        wake_solver(run_id)
    return len(lost)


@shared_task(name="matchmaking.tasks.rank_suggestions")  # type: ignore[untyped-decorator]
def rank_suggestions(exchange_id: int) -> bool:
    """Compute an exchange's suggestions; a second delivery finds nothing due."""
    from matchmaking.services.suggesting import rank_if_due

    return rank_if_due(exchange_id)


@shared_task(name="matchmaking.tasks.tend_suggestions")  # type: ignore[untyped-decorator]
def tend_suggestions() -> int:
    """Find workers for exchanges whose suggestions are out of date; return for how many."""
    from matchmaking.services.suggesting import due_exchanges

    due = due_exchanges()
    for exchange_id in due:
        try:
            rank_suggestions.apply_async((exchange_id,), ignore_result=True, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("broker_away", error=type(error).__name__)
    return len(due)
