"""Cuts that a viewer may know of, and those that she may watch."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from media_archive.models import Access, Cut, CutState
from network.models import Person
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


def out(now: dt.datetime | None = None) -> QuerySet[Cut]:
    """Return the published cuts of public events whose moment has come, of every access."""
    return Cut.objects.filter(
        Q(publish_at=None) | Q(publish_at__lte=now or timezone.now()),
        state=CutState.PUBLISHED,
        event__is_public=True,
    )


def public_cuts(now: dt.datetime | None = None) -> QuerySet[Cut]:
    """Return the cuts that everybody may watch: feeds, search engines, programs and pages of others see these."""
    return out(now).filter(access=Access.PUBLIC)


def is_for_everybody(cut: Cut) -> bool:
    """Tell of a cut of a public event what ``public_cuts`` asks the database."""
    return cut.access == Access.PUBLIC and cut.is_out()


def open_to(viewer: Person | AnonymousUser) -> QuerySet[Cut]:
    """Return the cuts that are out and that the viewer may watch; those for whoever has a link are not among them."""
    if not isinstance(viewer, Person):
        return public_cuts()
    hers = Registration.objects.filter(person=viewer, state=State.CONFIRMED, event=OuterRef("event"))
    listed = Cut.categories.through.objects.filter(
        cut=OuterRef("pk"),
        category__in=Registration.objects.filter(
            person=viewer, state=State.CONFIRMED, event=OuterRef(OuterRef("event"))
        ).values("category"),
    )
    return out().filter(
        Q(access=Access.PUBLIC)
        | (Q(access=Access.REGISTERED) & Exists(hers))
        | (Q(access=Access.CATEGORY) & Exists(listed))
    )
