"""Writes of events: the frame of an event and its team."""

from __future__ import annotations

from collections.abc import Iterable

from anyascii import anyascii
from django.db import transaction
from django.utils.text import slugify

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event, TeamRole, TeamRoleName, Venue

PARTS = ("days", "rooms", "tracks", "organisers", "team")


def slug_from(name: str, taken: Iterable[str], *, default: str = "event") -> str:
    """Return a new address made from a name of any script: at least four characters, none of ``taken``."""
    base = slugify(anyascii(name))[:70].strip("-") or default
    if len(base) < 4:
        base = f"{default}-{base}"
    slug, number, used = base, 2, set(taken)
    while slug in used:
        slug, number = f"{base}-{number}", number + 1
    return slug


def event_slug(name: str) -> str:
    """Return a free address for an event of this name."""
    return slug_from(name, Event.objects.values_list("slug", flat=True))


@transaction.atomic
def save_event(*, event: Event, actor: Person | None, seen: str | None = None) -> Event:
    """Create or change an event with its days, rooms, tracks, organisers and team as they stand in memory.

    An actor who is no superuser joins the team of an event she creates, or she could not go on.
    Raises EditConflictError when somebody changed the event since ``seen`` (of ``network.conflicts``).
    """
    stored = Event.objects.select_for_update().filter(pk=event.pk).first() if event.pk else None
    before = state_of(stored, PARTS) if stored else {}
    if stored:
        check_seen(seen, before, state_of(event, PARTS))
    event.save()
    if stored is None and actor is not None and not actor.is_superuser:
        TeamRole.objects.get_or_create(event=event, person=actor, role=TeamRoleName.ORGANISER)
    after = state_of(Event.objects.get(pk=event.pk), PARTS)
    changes = differences(before, after)
    if changes:
        action = "event.changed" if stored else "event.created"
        record_audit(actor=actor, action=action, subject=event, event_id=event.pk, changes=changes)
    return event


@transaction.atomic
def save_venue(*, venue: Venue, actor: Person | None) -> Venue:
    """Create or change a venue as it stands in memory."""
    stored = Venue.objects.filter(pk=venue.pk).first() if venue.pk else None
    before = state_of(stored) if stored else {}
    venue.save()
    changes = differences(before, state_of(venue))
    if changes:
        action = "venue.changed" if stored else "venue.created"
        record_audit(actor=actor, action=action, subject=venue, changes=changes)
    return venue
