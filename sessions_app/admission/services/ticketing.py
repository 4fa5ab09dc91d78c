"""Tickets are issued with the confirmation, replaced when lost, blocked and let go again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from network.models import Person
from network.services import record_audit
from sessions_app.admission.models import Ticket
from sessions_app.admission.services.announcing import announce_tickets
from sessions_app.admission.services.keys import key_in_use, private_key
from sessions_app.admission.tickets.payload import Payload, sign
from sessions_app.events.models import Event, WebhookKind
from sessions_app.registration.errors import WrongState
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State


@transaction.atomic(savepoint=False)
def issue_ticket(*, registration: Registration) -> Ticket:
    """Return the registration's valid ticket, made when it has none; a second asking makes no second one."""
    made = list(Ticket.objects.filter(registration=registration).order_by("serial"))
    valid = next((ticket for ticket in made if ticket.revoked_at is None), None)
    if valid is not None:
        return valid
    ticket = _new_ticket(registration, after=made[-1].serial if made else 0)
    announce_tickets(WebhookKind.TICKET_ISSUED, [ticket])
    return ticket


@transaction.atomic
def issue_tickets(*, event: Event, registrations: Sequence[Registration]) -> int:
    """Issue the first tickets of registrations that were made just now, in few statements; return how many."""
    key = key_in_use(event=event)
    tickets = [Ticket(event=event, registration=registration, key=key) for registration in registrations]
    Ticket.objects.bulk_create(tickets, batch_size=1_000)
    announce_tickets(WebhookKind.TICKET_ISSUED, tickets)
    return len(tickets)


@transaction.atomic
def replace_ticket(*, registration: Registration, actor: Person | None, reason: str) -> Ticket:
    """Revoke the ticket and give a new one, for example because the old one was lost or passed on.

    Raises WrongState unless the registration is confirmed.
    """
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    if locked.state != State.CONFIRMED:
        raise WrongState(locked.state)
    old = Ticket.objects.filter(registration=registration, revoked_at__isnull=True).first()
    if old is not None:
        old.revoked_at, old.revoked_reason = timezone.now(), reason[:300]
        old.save(update_fields=["revoked_at", "revoked_reason"])
        announce_tickets(WebhookKind.TICKET_REVOKED, [old])
    newest = Ticket.objects.filter(registration=registration).aggregate(serial=Max("serial"))["serial"]
    new = _new_ticket(registration, after=newest or 0)
    announce_tickets(WebhookKind.TICKET_ISSUED, [new])
    record_audit(
        actor=actor,
        action="admission.ticket_replaced",
        subject=new,
        event_id=registration.event_id,
        changes={"serial": (old.serial if old else None, new.serial)},
        reason=reason,
    )
    return new


@transaction.atomic
def block_ticket(*, ticket: Ticket, actor: Person | None, reason: str) -> None:
    """Let nobody in with this ticket; the door shows the reason. An empty ``reason`` lets it go again."""
    before = ticket.blocked_reason
    ticket.blocked_at = timezone.now() if reason else None
    ticket.blocked_reason = reason[:300]
    ticket.save(update_fields=["blocked_at", "blocked_reason"])
    record_audit(
        actor=actor,
        action="admission.ticket_blocked" if reason else "admission.ticket_unblocked",
        subject=ticket,
        event_id=ticket.event_id,
        changes={"reason": (before, reason)},
    )
    if bool(before) != bool(reason):
        kind = WebhookKind.TICKET_BLOCKED if reason else WebhookKind.TICKET_UNBLOCKED
        announce_tickets(kind, [ticket], at=timezone.now())


def code_of(ticket: Ticket) -> str:
    """Return the signed text of the ticket's QR code.

    Raises WrongState when the key that signed it can no longer be opened; replace the ticket then.
    """
    private = private_key(ticket.key)
    if private is None:
        raise WrongState("key")
    payload = Payload(
        key=ticket.key.number,
        event=ticket.event_id,
        registration=ticket.registration_id,
        serial=ticket.serial,
    )
    return sign(payload, private)


def _new_ticket(registration: Registration, *, after: int) -> Ticket:
    """Make the ticket whose serial follows ``after``, the newest one's."""
    return Ticket.objects.create(
        event_id=registration.event_id,
        registration=registration,
        serial=after + 1,
        key=key_in_use(event=registration.event),
    )
