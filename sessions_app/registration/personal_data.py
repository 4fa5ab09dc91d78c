"""What registration keeps about a person, for her own copy and for erasing it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from network.models import Person
from network.signals import person_erased, personal_data_asked
from sessions_app.registration.queries import answers_of, mine
from sessions_app.registration.services.erasing import forget_registrations


@receiver(personal_data_asked)
def registration_data_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return the person's registrations with answers, messages and delegations."""
    return {
        "registrations": [
            {
                "event": registration.event.slug,
                "code": registration.code,
                "state": registration.state,
                "category": registration.category.slug if registration.category else None,
                "name": registration.name,
                "name_latin": registration.name_latin,
                "email": registration.email,
                "phone": registration.phone,
                "organisation": registration.organisation_name,
                "post": registration.post,
                "region": registration.region,
                "submitted_at": registration.submitted_at and registration.submitted_at.isoformat(),
                "answers": answers_of(registration),
                "messages": [
                    {"at": message.created_at.isoformat(), "subject": message.subject}
                    for message in registration.messages.all()
                ],
            }
            for registration in mine(person).order_by("pk")
        ],
        "delegations": [
            {"event": delegation.event.slug, "organisation": delegation.organisation_name}
            for delegation in person.delegations.select_related("event")
        ],
    }


@receiver(person_erased)
def forget(person: Person, **_more: Any) -> None:
    """Take the person out of her registrations; numbers for the books stay without her name."""
    forget_registrations(person=person)
