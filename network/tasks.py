"""Work of the ground floor behind the page."""

from __future__ import annotations

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def wake_outbox() -> None:
    """Ask a worker to look at the outbox; a lost broker is no error, the next sweep finds the rows."""
    try:
        deliver_outbox.apply_async(ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", error=type(error).__name__)


@shared_task(name="network.tasks.deliver_outbox")
def deliver_outbox() -> int:
    """Deliver what is due; return how many messages went out."""
    from network.delivery import deliver_due

    return deliver_due()
