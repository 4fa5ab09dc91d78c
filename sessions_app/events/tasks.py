"""Work of events behind the page."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="sessions_app.events.tasks.purge_webhook_deliveries")  # type: ignore[untyped-decorator]
def purge_webhook_deliveries() -> int:
    """Delete webhooks' messages that are older than thirty days; return how many."""
    from sessions_app.events.webhooks.booking import purge_deliveries

    return purge_deliveries()
