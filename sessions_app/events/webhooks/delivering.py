"""What the outbox hands to webhooks: one message to one receiver."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from network.delivery import Lane, NotNow, Undeliverable, deliverer, taken_at
from network.models import OutboxMessage
from network.sealing import unseal
from sessions_app.events.models import Webhook, WebhookDelivery
from sessions_app.events.webhooks.announcing import KIND
from sessions_app.events.webhooks.booking import book, note_unsent
from sessions_app.events.webhooks.outcomes import Fault
from sessions_app.events.webhooks.sending import Limits, post
from sessions_app.events.webhooks.services import PURPOSE, allowed_networks
from sessions_app.events.webhooks.signing import signed_headers

# With the outbox's pauses (10 s, 30 s … 6 h) the last of them is about two days after the first.
ATTEMPTS = 16


class NotTaken(Exception):
    """The receiver does not have the message yet."""


@deliverer(KIND, attempts=ATTEMPTS, lane=Lane.STRANGERS)
def deliver(message: OutboxMessage) -> None:
    """Send a message once and book what came of it."""
    now = taken_at(message)
    found = WebhookDelivery.objects.filter(outbox=message).select_related("webhook__event")
    delivery = found.first()
    if delivery is None:
        raise Undeliverable("no such message")
    keys = _keys(delivery.webhook, now)
    _refuse_unless_sendable(delivery, keys)
    if delivery.webhook.rests_until is not None and delivery.webhook.rests_until > now:
        raise NotNow(delivery.webhook.rests_until)
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Plenum-Webhooks/1",
        **signed_headers(message_id=delivery.message_id, moment=int(now.timestamp()), body=body, keys=keys),
    }
    outcome = post(delivery.webhook.address, headers=headers, body=body, limits=limits())
    book(delivery=delivery, outcome=outcome, now=now)
    if outcome.fault in (Fault.GONE, Fault.ADDRESS):
        raise Undeliverable(outcome.fault.value)
    if outcome.fault is not None:
        raise NotTaken(outcome.fault.value)


def limits() -> Limits:
    """Return what the settings say of time and of where messages may go."""
    return Limits(
        seconds=settings.WEBHOOK_SECONDS, with_http=settings.WEBHOOK_HTTP, allowed=allowed_networks()
    )


def _refuse_unless_sendable(delivery: WebhookDelivery, keys: list[bytes]) -> None:
    webhook = delivery.webhook
    fault = None
    if not webhook.is_active or webhook.deleted_at is not None:
        fault = Fault.OFF
    elif not delivery.body:
        fault = Fault.ERASED
    elif not keys:
        fault = Fault.SEALED
    if fault is not None:
        note_unsent(delivery=delivery, fault=fault)
        raise Undeliverable(fault.value)


def _keys(webhook: Webhook, now: dt.datetime) -> list[bytes]:
    """Return the keys that sign now, the newest first."""
    sealed = [webhook.sealed]
    if webhook.sealed_before is not None and webhook.before_until is not None and webhook.before_until > now:
        sealed.append(webhook.sealed_before)
    opened = (unseal(one, purpose=PURPOSE) for one in sealed)
    return [key for key in opened if key is not None]
