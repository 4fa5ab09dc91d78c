"""Work behind the archive's pages that is short; what takes long is the media worker's (``manage.py media_worker``)."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings


@shared_task(name="media_archive.tasks.tend_media")  # type: ignore[untyped-decorator]
def tend_media() -> int:
    """Take in uploads that arrived whole while nobody was there to take them; where no media worker runs all day, start one."""
    from media_archive.processes import start_if_needed
    from media_archive.services.uploading import tend_uploads

    tended = tend_uploads()
    if settings.MEDIA_ON_DEMAND:
        start_if_needed(settings.MEDIA_ON_DEMAND)
    return tended
