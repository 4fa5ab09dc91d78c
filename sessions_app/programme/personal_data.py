"""What programmes keep about a person, for her own copy and for erasing it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from network.models import Person
from network.signals import person_erased, person_named_in_public, personal_data_asked
from sessions_app.programme.models import SessionRole, Star


@receiver(personal_data_asked)
def programme_data_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return the person's stars and her parts in sessions."""
    stars = Star.objects.filter(person=person).select_related("session__event").order_by("at")
    roles = SessionRole.objects.filter(person=person).select_related("session__event", "organisation")
    return {
        "agenda_feed": person.agenda_token,
        "stars": [
            {"event": star.session.event.slug, "session": star.session.code, "at": star.at.isoformat()}
            for star in stars
        ],
        "session_roles": [
            {
                "event": role.session.event.slug,
                "session": role.session.code,
                "role": role.role,
                "post": role.post,
                "organisation": role.organisation_name or str(role.organisation or ""),
            }
            for role in roles
        ],
    }


@receiver(person_named_in_public)
def is_named(person: Person, **_more: Any) -> bool:
    """Tell whether the person has a part in a session of an event that has been released."""
    return SessionRole.objects.filter(person=person, session__event__releases__isnull=False).exists()


@receiver(person_erased)
def delete_stars(person: Person, **_more: Any) -> None:
    """Delete the person's agenda."""
    Star.objects.filter(person=person).delete()
