"""What admission does when a registration moves."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from sessions_app.admission.models import Rule
from sessions_app.admission.queries import forget_rules
from sessions_app.admission.services.ticketing import issue_ticket, issue_tickets
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration
from sessions_app.registration.signals import registration_moved, registrations_imported
from sessions_app.registration.states import State


@receiver(registration_moved)
def give_ticket(registration: Registration, after: State, **_more: Any) -> None:
    """Issue the ticket in the transaction that confirms; the door itself asks for the state."""
    if after is State.CONFIRMED:
        issue_ticket(registration=registration)


@receiver(registrations_imported)
def give_tickets(event: Event, registrations: list[Registration], **_more: Any) -> None:
    """Issue the tickets of a whole table at once."""
    issue_tickets(event=event, registrations=registrations)


@receiver([post_save, post_delete], sender=Rule)
@receiver(m2m_changed, sender=Rule.categories.through)
def apply_rules(instance: Any, **_more: Any) -> None:
    """Let doors hear of changed rules at once."""
    if isinstance(instance, Rule):
        transaction.on_commit(lambda: forget_rules(instance.event_id))
