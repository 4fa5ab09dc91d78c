"""Writes of the list's named filters."""

from __future__ import annotations

from django.db import transaction

from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.registration.models import SavedFilter


@transaction.atomic
def save_filter(*, event: Event, actor: Person | None, name: str, query: str) -> SavedFilter:
    """Keep the list's query under a name; one of that name is replaced."""
    before = SavedFilter.objects.filter(event=event, name=name).values_list("query", flat=True).first()
    saved, _created = SavedFilter.objects.update_or_create(
        event=event,
        name=name,
        defaults={"query": query},
        create_defaults={"query": query, "created_by": actor},
    )
    record_audit(
        actor=actor,
        action="registration.filter_saved",
        subject=saved,
        event_id=event.pk,
        changes={"query": (before, query)},
    )
    return saved


@transaction.atomic
def forget_filter(*, saved: SavedFilter, actor: Person | None) -> None:
    """Forget a filter; the registrations stay."""
    record_audit(
        actor=actor,
        action="registration.filter_forgotten",
        subject=saved,
        event_id=saved.event_id,
        changes={"query": (saved.query, None)},
    )
    SavedFilter.objects.filter(pk=saved.pk).delete()
