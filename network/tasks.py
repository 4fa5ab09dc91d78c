"""Work of the ground floor behind the page."""

from __future__ import annotations

import time

import structlog
from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

# While the broker is away, not every request should wait for it anew; the sweep delivers meanwhile.
PAUSE_WITHOUT_BROKER = 10.0
_silent_until = 0.0
# So long a worker that was asked may take to begin; then it is asked again.
ASKED_SECONDS = 5


def wake_outbox(lane: str = "own") -> None:
    """Ask a worker to look at a lane of the outbox; a lost broker is no error, the next sweep finds the rows.

    While one that was asked has not begun yet, nobody is asked again: it will find these rows, too.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    # Without Redis each process has a cache of its own, and would not hear that the worker has begun.
    if settings.REDIS_URL and not cache.add(_asked(lane), 1, ASKED_SECONDS):
        return
    try:
        deliver_outbox.apply_async((lane,), ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + PAUSE_WITHOUT_BROKER
        log.warning("broker_away", error=type(error).__name__)


def _asked(lane: str) -> str:
    return f"outbox:asked:{lane}"


@shared_task(name="network.tasks.deliver_outbox")  # type: ignore[untyped-decorator]
def deliver_outbox(lane: str = "own") -> int:
    """Deliver what is due in a lane; return how many messages went out.

    Runs in the strangers' lane are short, so that other work comes in between; the next one is asked for.
    """
    from network.delivery import Lane, deliver_due, has_due

    if settings.REDIS_URL:
        cache.delete(_asked(lane))  # before the first look: whoever commits later asks again
    delivered = deliver_due(lane=Lane(lane))
    if delivered and has_due(Lane(lane)):
        wake_outbox(lane)
    return delivered


@shared_task(name="network.tasks.purge_outbox")  # type: ignore[untyped-decorator]
def purge_outbox() -> int:
    """Empty the payloads of old messages; return how many."""
    from network.services import purge_payloads

    return purge_payloads()
