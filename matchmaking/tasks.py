"""Work behind the exchange's pages; each task calls one service."""

from celery import shared_task

from matchmaking.services.asking import expire_requests as run_expiry


@shared_task
def expire_requests() -> int:
    """End requests that nobody answered in time."""
    return run_expiry()
