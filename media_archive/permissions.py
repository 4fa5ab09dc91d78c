"""Who may edit recordings, and who may watch what."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from media_archive.links import digest_of
from media_archive.models import Access, Cut, CutLink
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


def may_edit(person: Person | AnonymousUser, event: Event) -> bool:
    """Tell whether the person works on the event's recordings."""
    return may(person, Capability.MEDIA, event)


def may_watch(person: Person | AnonymousUser, cut: Cut) -> bool:
    """Tell whether a published cut is for this person; one query at most, two for categories."""
    if cut.access == Access.PUBLIC:
        return True
    if not isinstance(person, Person) or cut.access == Access.LINK:
        return False
    own = Registration.objects.filter(event=cut.event_id, person=person, state=State.CONFIRMED)
    if cut.access == Access.CATEGORY:
        own = own.filter(category__in=cut.categories.all())
    return own.exists()


def link_of(cut: Cut, secret: str, *, now: dt.datetime | None = None) -> CutLink | None:
    """Return the link whose secret this is, if it still opens the cut."""
    if not secret:
        return None
    return CutLink.objects.filter(
        cut=cut, digest=digest_of(secret), revoked_at=None, expires_at__gt=now or timezone.now()
    ).first()
