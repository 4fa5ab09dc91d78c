"""Work of admission behind the page."""

from __future__ import annotations

from celery import shared_task


@shared_task(name="sessions_app.admission.tasks.delete_old_paper")  # type: ignore[untyped-decorator]
def delete_old_paper() -> int:
    """Delete what was printed more than a day ago; return how many jobs."""
    from sessions_app.admission.services import papers

    return papers.delete_old_paper()
