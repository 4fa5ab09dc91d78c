"""Reads of calls and panels, scoped by viewer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from calls.models import Call, PanelMember, Seat
from network.localised import localised
from network.models import Person
from sessions_app.events import queries as events
from sessions_app.events.permissions import Capability

# In which order a panel is printed.
ORDER = {seat: place for place, seat in enumerate((Seat.CHAIR, Seat.MEMBER, Seat.EXPERT))}


@dataclass(frozen=True, slots=True)
class PanelRow:
    """Somebody on a panel as she is printed; ``organisation`` maps language codes to texts."""

    person_id: int
    name: str
    seat: Seat
    organisation: dict[str, str]
    since: dt.datetime


def managed_by(viewer: Person | AnonymousUser) -> QuerySet[Call]:
    """Return the calls the viewer may write: those of her events; for a superuser all, also without an event."""
    if not isinstance(viewer, Person) or not viewer.is_active:
        return Call.objects.none()
    if viewer.is_superuser:
        return Call.objects.all()
    return Call.objects.filter(event__in=events.with_capability(viewer, Capability.COMMISSION))


def for_viewer(viewer: Person | AnonymousUser) -> QuerySet[Call]:
    """Return the calls the viewer may know of.

    Published ones of events that she may know of or of none, those she sits on, and those she may write.
    """
    wanted = Q(is_published=True) & (Q(event__isnull=True) | Q(event__in=events.for_viewer(viewer)))
    if isinstance(viewer, Person) and viewer.is_active:
        if viewer.is_superuser:
            return Call.objects.all()
        seats = PanelMember.objects.filter(person=viewer, until__isnull=True)
        wanted |= Q(pk__in=seats.values("call")) | Q(pk__in=managed_by(viewer).values("pk"))
    return Call.objects.filter(wanted)


def get_call(slug: str, viewer: Person | AnonymousUser) -> Call:
    """Return the call by its address, with its event; raise Http404 when the viewer may not know of it."""
    return get_object_or_404(for_viewer(viewer).select_related("event"), slug=slug)


def panel_of(call: Call) -> list[PanelRow]:
    """Return who sits on the panel now: the chair first, then members and experts, each by name."""
    live = PanelMember.objects.filter(call=call, until__isnull=True).select_related("person")
    rows = [
        PanelRow(
            member.person_id,
            member.person.name,
            Seat(member.seat),
            localised(member, "organisation"),
            member.since,
        )
        for member in live
    ]
    return sorted(rows, key=lambda row: (ORDER[row.seat], row.name))


def seats_of(person: Person) -> QuerySet[PanelMember]:
    """Return the person's live seats with their calls and events, the newest call first."""
    return (
        PanelMember.objects.filter(person=person, until__isnull=True)
        .select_related("call__event")
        .order_by("-call__opens", "-call_id")
    )


def history_of(call: Call) -> QuerySet[PanelMember]:
    """Return all seats that the call's panel ever had, in the order of appointment."""
    seats = PanelMember.objects.filter(call=call).select_related("person", "appointed_by", "call__event")
    return seats.order_by("since", "id")
