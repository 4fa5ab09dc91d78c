"""Work of the ground floor behind the page."""

from __future__ import annotations

import time

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# While the broker is away, not every request should wait for it anew; the sweep delivers meanwhile.
PAUSE_WITHOUT_BROKER = 10.0
_silent_until = 0.0


def wake_outbox(lane: str = "own") -> None:
    """Ask a worker to look at a lane of the outbox; a lost broker is no error, the next sweep finds the rows."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        deliver_outbox.apply_async((lane,), ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + PAUSE_WITHOUT_BROKER
        log.warning("broker_away", error=type(error).__name__)


@shared_task(name="network.tasks.deliver_outbox")  # type: ignore[untyped-decorator]
def deliver_outbox(lane: str = "own") -> int:
    """Deliver what is due in a lane; return how many messages went out.

    Runs in the strangers' lane are short, so that other work comes in between; the next one is asked for.
    """
    from network.delivery import Lane, deliver_due, has_due

    delivered = deliver_due(lane=Lane(lane))
    if delivered and has_due(Lane(lane)):
        wake_outbox(lane)
    return delivered


@shared_task(name="network.tasks.purge_outbox")  # type: ignore[untyped-decorator]
def purge_outbox() -> int:
    """Empty the payloads of old messages; return how many."""
    from network.services import purge_payloads

    return purge_payloads()
