"""Work of registration behind the page."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="sessions_app.registration.tasks.expire_offers")  # type: ignore[untyped-decorator]
def expire_offers() -> int:
    """End the offers that have run out and hand their places on; return how many ended."""
    from sessions_app.registration.services import waiting

    return waiting.expire_offers()


@shared_task(name="sessions_app.registration.tasks.delete_old_drafts")  # type: ignore[untyped-decorator]
def delete_old_drafts() -> int:
    """Delete forms that nobody has gone on with for a month; return how many."""
    from sessions_app.registration.services.erasing import delete_drafts

    return delete_drafts()
