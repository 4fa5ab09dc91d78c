"""What the archive answers to lower floors."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import pgettext

from media_archive.queries.archive import forget_menus, menu_names_recordings, sessions_out
from sessions_app.events.models import Event
from sessions_app.events.sections import Section, event_sections_asked
from sessions_app.programme.signals import recordings_asked


@receiver(event_sections_asked)
def stand_in_the_menu(event: Event, **_more: Any) -> Section | None:
    """Put the recordings into the event's menu once there is one to watch."""
    if not menu_names_recordings(event.pk):
        return None
    return Section(
        "recordings", pgettext("menu", "Recordings"), reverse("media_archive:archive", args=(event.slug,))
    )


@receiver(recordings_asked)
def tell_the_programme(event_id: int, **_more: Any) -> dict[str, str]:
    """Say which sessions of an event can be watched."""
    return sessions_out(event_id)


@receiver([post_save, post_delete], sender=Event)
def look_at_menus_again(instance: Event, **_more: Any) -> None:
    """Have menus name the recordings of an event that has become public, or no more those of one that is hidden or gone."""
    transaction.on_commit(partial(forget_menus, instance.pk))


@receiver(post_delete, sender=Event)
def leave_no_films(instance: Event, **_more: Any) -> None:
    """Remove a deleted event's files once it is gone for certain."""
    folder = Path(settings.MEDIA_ROOT) / "recordings" / str(instance.pk)
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True), robust=True)
