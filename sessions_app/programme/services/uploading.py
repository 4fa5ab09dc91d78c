"""Keeping an uploaded schedule between its preview and its import."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import ScheduleUpload

KEPT_FOR = dt.timedelta(hours=1)


@transaction.atomic
def keep_upload(
    *, event: Event, person: Person, name: str, format: str, content: bytes, now: dt.datetime | None = None
) -> ScheduleUpload:
    """Keep a schedule for the person who uploaded it, in place of her earlier one; forget expired ones."""
    moment = now or timezone.now()
    ScheduleUpload.objects.filter(event=event, person=person).delete()
    ScheduleUpload.objects.filter(at__lt=moment - KEPT_FOR).delete()
    return ScheduleUpload.objects.create(
        event=event, person=person, name=name[:200], format=format, content=content, at=moment
    )


def find_upload(
    *, event: Event, person: Person, token: str, now: dt.datetime | None = None
) -> ScheduleUpload | None:
    """Return the person's own upload by its unguessable id, unless it has expired."""
    try:
        key = uuid.UUID(token)
    except ValueError:
        return None
    since = (now or timezone.now()) - KEPT_FOR
    return ScheduleUpload.objects.filter(pk=key, event=event, person=person, at__gte=since).first()


def forget_upload(*, upload: ScheduleUpload) -> None:
    """Forget an upload that was imported or given up."""
    upload.delete()
