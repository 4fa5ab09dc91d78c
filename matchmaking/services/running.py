"""Runs of the scheduler: queued, claimed by one worker, told of as they go, taken up again when a worker dies.

The row is the truth: a worker works on a run only while the row names its attempt, and the broker only
wakes workers up.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from matchmaking.errors import NothingToPlan, RunGoing, WrongState
from matchmaking.models import Exchange, RunKind, RunState, SolverRun
from matchmaking.models.runs import RUN_ACTIVE
from matchmaking.services.setting_up import touch
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction

log = structlog.get_logger(__name__)

LONGEST = 540  # seconds; well below the limit at which Celery kills the task
LEASE = dt.timedelta(seconds=30)
UNCLAIMED = dt.timedelta(seconds=20)  # after which a waiting run's worker is woken again
ATTEMPTS = 3
EVERY = 1.0  # seconds between two notes of how far a run has come


@one_transaction
def queue_run(
    *,
    exchange: Exchange,
    actor: Person | None,
    kind: RunKind = RunKind.PLAN,
    seconds: int = 60,
    options: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> SolverRun:
    """Have a plan sought for so many seconds at most; a proposal that was not published is given up for it.

    Raises RunGoing while one is sought, and NothingToPlan when nothing waits for a place.
    """
    from matchmaking.snapshot import take_snapshot

    options = dict(options or {})
    wanted = take_snapshot(exchange, now=now).wanted
    if not wanted:
        raise NothingToPlan
    run = SolverRun(
        exchange=exchange, kind=kind, seconds=max(1, min(seconds, LONGEST)), by=actor, options=options,
        wanted=wanted, created_at=now or timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise RunGoing from error
    SolverRun.objects.filter(exchange=exchange, state=RunState.DONE).update(state=RunState.DISCARDED)
    record_audit(
        actor=actor, action="exchange.run_queued", subject=run, event_id=exchange.event_id,
        changes={"kind": (None, run.kind), "seconds": (None, run.seconds)},
    )  # fmt: skip
    transaction.on_commit(lambda: _wake(run.pk), robust=True)
    touch(exchange)
    return run


def _wake(run_id: uuid.UUID) -> None:
    from matchmaking.tasks import wake_solver  # a task calls a service, so at import time one must come first

    wake_solver(run_id)


@one_transaction
def stop_run(*, run: SolverRun, actor: Person | None) -> SolverRun:
    """Ask a run to end with the best plan so far; one that waits still ends at once. Raises WrongState."""
    locked = SolverRun.objects.select_for_update().get(pk=run.pk)
    if locked.state not in RUN_ACTIVE:
        raise WrongState(locked.state)
    locked.stop_asked = True
    if locked.state == RunState.QUEUED:
        locked.state, locked.ended_at = RunState.DISCARDED, timezone.now()
    locked.save(update_fields=["stop_asked", "state", "ended_at"])
    record_audit(actor=actor, action="exchange.run_stopped", subject=locked, event_id=run.exchange.event_id)
    touch(run.exchange)
    return locked


@one_transaction
def discard_run(*, run: SolverRun, actor: Person | None) -> SolverRun:
    """Give a proposal up. Raises WrongState unless it waits to be published."""
    locked = SolverRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != RunState.DONE:
        raise WrongState(locked.state)
    locked.state = RunState.DISCARDED
    locked.save(update_fields=["state"])
    record_audit(actor=actor, action="exchange.run_discarded", subject=locked, event_id=run.exchange.event_id)
    touch(run.exchange)
    return locked


def claim_run(run_id: uuid.UUID | str, *, now: dt.datetime | None = None) -> SolverRun | None:
    """Return the run, claimed for the caller, or None when it is not there to be had.

    To be had are waiting ones, and those whose worker let its lease run out; after ATTEMPTS one has failed.
    """
    moment = now or timezone.now()
    lost = Q(state=RunState.RUNNING, leased_until__lt=moment)
    free = SolverRun.objects.filter(Q(state=RunState.QUEUED) | lost, pk=run_id)
    taken = free.filter(attempts__lt=ATTEMPTS).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        leased_until=moment + LEASE,
        started_at=moment,
        best=None, bound=None, lost=None, bound_lost=None, placed=0, stage="",
    )  # fmt: skip
    if not taken:
        return None
    return SolverRun.objects.select_related("exchange__event").get(pk=run_id)


def end_run(run: SolverRun, state: RunState, **found: Any) -> bool:
    """Write how a run ended, if it is still the caller's; a worker that came too late writes nothing."""
    ended = SolverRun.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts).update(
        state=state, ended_at=timezone.now(), leased_until=None, **found
    )
    if ended:
        touch(run.exchange)
    return bool(ended)


def give_back(run: SolverRun) -> None:
    """Let another worker try a run that failed here, or end it when it has failed often enough."""
    if run.attempts >= ATTEMPTS:
        end_run(run, RunState.FAILED)
        return
    SolverRun.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts).update(
        state=RunState.QUEUED, leased_until=None
    )


class Watch:
    """Keeps a run's row up to date while the scheduler works, and hears there whether to stop."""

    def __init__(self, run: SolverRun) -> None:
        self.run = run
        self.mine = SolverRun.objects.filter(pk=run.pk, state=RunState.RUNNING, attempts=run.attempts)
        self.found: dict[str, Any] = {}
        self.stopped = False
        self.next_note = 0.0

    def tell(self, progress: Any) -> None:
        """Note how far the scheduler is; written with the next note."""
        score = progress.score
        self.found = {
            "stage": progress.stage[:10],
            "bound": progress.bound.breaks,
            "bound_lost": progress.bound.lost,
            "best": score.breaks if score else None,
            "lost": score.lost if score else None,
        }
        self.note()

    def should_stop(self) -> bool:
        """Tell whether somebody asked to stop, or another worker has the run by now."""
        self.note()
        return self.stopped

    def note(self) -> None:
        """Write what was found and renew the lease, at most once in EVERY seconds."""
        if time.monotonic() < self.next_note:
            return
        self.next_note = time.monotonic() + EVERY
        self.mine.update(leased_until=timezone.now() + LEASE, **self.found)
        asked = self.mine.values_list("stop_asked", flat=True).first()
        # None: it is another's by now. Before there is any plan, stopping would leave everybody without a place.
        self.stopped = asked is None or (asked and self.found.get("lost") is not None)


def tend_runs(*, now: dt.datetime | None = None) -> list[uuid.UUID]:
    """End runs that killed too many workers; return those that need a worker: lost ones and forgotten ones."""
    moment = now or timezone.now()
    lost = SolverRun.objects.filter(state=RunState.RUNNING, leased_until__lt=moment)
    for run in lost.filter(attempts__gte=ATTEMPTS).select_related("exchange"):
        if end_run(run, RunState.FAILED):
            log.error("solver_run_failed", run=str(run.pk), attempts=run.attempts)
    waiting = SolverRun.objects.filter(state=RunState.QUEUED, created_at__lt=moment - UNCLAIMED)
    return [
        *lost.filter(attempts__lt=ATTEMPTS).values_list("pk", flat=True),
        *waiting.values_list("pk", flat=True),
    ]
