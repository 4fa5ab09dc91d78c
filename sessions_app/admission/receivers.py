"""What admission does when a registration moves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models import Person
from sessions_app.admission.models import Rule
from sessions_app.admission.queries import flagged, forget_rules
from sessions_app.admission.services.ticketing import issue_ticket, issue_tickets
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.board import Need, Panel
from sessions_app.registration.models import Registration
from sessions_app.registration.signals import (
    board_needs_asked,
    board_panels_asked,
    registration_moved,
    registrations_imported,
)
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


@receiver(board_panels_asked)
def show_arrivals(event: Event, viewer: Person | AnonymousUser, **_more: Any) -> Panel | None:
    """Add the arrivals of the day to the dashboard, once the event has begun."""
    from sessions_app.admission.backoffice.doors import arrivals_of_day, chosen_day

    today = timezone.localdate(timezone=event.zone)
    date = chosen_day([day.date for day in event.days.all()], "", today)
    if date is None or date > today:
        return None
    context = {"arrivals": arrivals_of_day(event, date)}
    return Panel(_("Arrivals per quarter of an hour"), "backoffice/admission/panel.html", context)


@receiver(board_needs_asked)
def show_flagged(event: Event, viewer: Person | AnonymousUser, **_more: Any) -> Need:
    """Say on the dashboard that a door without a network let in whom the server would have stopped."""
    count = flagged(event).count()
    page = "backoffice_scans" if may(viewer, Capability.ADMISSION, event) else "backoffice_admission"
    label = ngettext("guest was let in by mistake", "guests were let in by mistake", count)
    return Need(count, label, reverse(page, args=(event.slug,)), urgent=True)
