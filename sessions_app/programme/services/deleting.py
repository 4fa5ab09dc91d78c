"""Deleting an event that was never published, with everything that belongs to it."""

from __future__ import annotations

import functools
from collections.abc import Collection
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db import router, transaction
from django.db.models import Model
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from network.audit import differences, state_of
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.events.services import PARTS
from sessions_app.programme.models import MaterialFile, Release
from sessions_app.programme.services.locking import lock_event


class EventIsPublishedError(Exception):
    """The event has a release: calendars, links and exchange files know it, so it stays."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What an event's deletion takes along, as (model, count), and what stands in its way, by name."""

    counts: tuple[tuple[type[Model], int], ...]
    held_by: tuple[str, ...] = ()


class EventIsHeldError(Exception):
    """Something that must not vanish along names the event."""

    def __init__(self, held_by: Collection[str]) -> None:
        super().__init__(", ".join(held_by))
        self.held_by = tuple(held_by)


def belongings_of(event: Event) -> Belongings:
    """Return what deleting the event would take along; reads only."""
    collector = Collector(using=router.db_for_write(Event))
    try:
        collector.collect([event])
    except (ProtectedError, RestrictedError) as error:
        held = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
        names = sorted({f"{item._meta.verbose_name}: {item}" for item in held})
        return Belongings((), tuple(names))
    counts: dict[type[Model], int] = {model: len(found) for model, found in collector.data.items()}
    for rows in collector.fast_deletes:
        counts[rows.model] = counts.get(rows.model, 0) + rows.count()
    del counts[Event]
    told = [(model, count) for model, count in counts.items() if count and not model._meta.auto_created]
    return Belongings(tuple(sorted(told, key=lambda item: item[0]._meta.label)))


@transaction.atomic
def delete_event(*, event: Event, actor: Person | None) -> None:
    """Delete the event with all that belongs to it; its trail of changes stays.

    Raises EventIsPublishedError when it has a release, EventIsHeldError when pages or others name it.
    """
    event = lock_event(event)
    if Release.objects.filter(event=event).exists():
        raise EventIsPublishedError
    held = belongings_of(event).held_by
    if held:
        raise EventIsHeldError(held)
    files = list(MaterialFile.objects.filter(event=event).values_list("path", flat=True))
    record_audit(
        actor=actor,
        action="event.deleted",
        subject=event,
        event_id=event.pk,
        changes=differences(state_of(event, PARTS), {}),
    )
    event.delete()
    for path in files:
        transaction.on_commit(functools.partial(default_storage.delete, path), robust=True)
