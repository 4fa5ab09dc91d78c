"""Reads of events, scoped by viewer."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from network.models import Person
from sessions_app.events.models import Event, EventOrganiser
from sessions_app.events.permissions import Capability, roles_with, team_roles


def for_viewer(viewer: Person | AnonymousUser) -> QuerySet[Event]:
    """Return the events the viewer may know of: public ones and those of her teams."""
    if isinstance(viewer, Person):
        if viewer.is_superuser:
            return Event.objects.all()
        return Event.objects.filter(Q(is_public=True) | Q(pk__in=list(team_roles(viewer))))
    return Event.objects.filter(is_public=True)


def with_capability(viewer: Person | AnonymousUser, capability: Capability) -> QuerySet[Event]:
    """Return the events for which the viewer has the capability."""
    if not isinstance(viewer, Person) or not viewer.is_active:
        return Event.objects.none()
    if viewer.is_superuser:
        return Event.objects.all()
    return Event.objects.filter(team__person=viewer, team__role__in=roles_with(capability)).distinct()


def with_frame(events: QuerySet[Event]) -> QuerySet[Event]:
    """Fetch days, venue and organisers along with the events."""
    return events.select_related("venue").prefetch_related(
        "days", Prefetch("organisers", EventOrganiser.objects.select_related("organisation"))
    )


def get_event(slug: str, viewer: Person | AnonymousUser) -> Event:
    """Return the event by its address; raise Http404 when the viewer may not know of it."""
    return get_object_or_404(for_viewer(viewer).select_related("venue"), slug=slug)
