"""Steps of an organiser that tests of planning share."""

from __future__ import annotations

from matchmaking.models import Meeting, MeetingRequest, SolverRun
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.planning import publish_run
from matchmaking.services.running import queue_run
from matchmaking.services.solving import run_solver


def agree(one, other, *, slot=None, priority=2) -> MeetingRequest:
    """Return a request that both agreed on and that has no place yet."""
    asked = ask(sender=one, recipient=other, actor=one.person, slot=slot, priority=priority)
    return accept(request=asked, by=other, actor=other.person)


def plan(exchange, **options) -> SolverRun:
    """Return a run that was worked on, for two seconds at most."""
    run = queue_run(exchange=exchange, actor=None, seconds=2, options=options)
    run_solver(run.pk)
    run.refresh_from_db()
    return run


def published(exchange, **options) -> SolverRun:
    return publish_run(run=plan(exchange, **options), actor=None)


def places(exchange) -> dict[tuple[str, str], tuple[int, int]]:
    """Return pair of names to slot and table of what is booked."""
    rows = Meeting.objects.filter(exchange=exchange, state="booked").order_by("low__name", "high__name")
    return {(row.low.name, row.high.name): (row.slot_id, row.table_id) for row in rows}
