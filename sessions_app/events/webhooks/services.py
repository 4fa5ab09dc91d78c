"""What the team does with webhooks: made, changed, paused, given a new secret, tried, deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from network.models import OutboxState, Person
from network.sealing import seal, unseal
from network.services import enqueue, enqueue_many, record_audit
from sessions_app.events.models import Event, Webhook, WebhookDelivery, WebhookKind, WebhookOff
from sessions_app.events.webhooks.addresses import Network, parse
from sessions_app.events.webhooks.announcing import KIND, Happening, forget_kinds, outbox_key, write
from sessions_app.events.webhooks.signing import new_key, secret_of

PURPOSE = "plenum webhook secrets"
MOST = 20
MOST_AGAIN = 1_000
OVERLAP = dt.timedelta(days=1)


class WebhookError(Exception):
    """Something with a webhook was refused."""


class UnknownKinds(WebhookError):
    """A webhook is told something at least, and only what there is."""


class AddressTaken(WebhookError):
    """Another webhook of the event has this address."""


class TooMany(WebhookError):
    """The event has as many webhooks as it may have."""


class SwitchedOff(WebhookError):
    """The webhook is switched off; switch it on first."""


class NothingToSend(WebhookError):
    """The message waits already, or nothing of it is left to send."""


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks that receivers may stand in although they are not public."""
    networks: tuple[Network, ...] = settings.WEBHOOK_ALLOWED_NETWORKS
    return networks


def check_address(address: str) -> None:
    """Raise BadAddress when no webhook may have this address."""
    parse(address, with_http=settings.WEBHOOK_HTTP, allowed=allowed_networks())


@transaction.atomic
def create_webhook(
    *, event: Event, actor: Person | None, name: str, address: str, kinds: Collection[str]
) -> tuple[Webhook, str]:
    """Make a webhook; return it with its secret, which is shown this once.

    Raises BadAddress, UnknownKinds, AddressTaken and TooMany.
    """
    check_address(address)
    _check_kinds(kinds)
    Event.objects.select_for_update().get(pk=event.pk)
    if Webhook.objects.filter(event=event, deleted_at__isnull=True).count() >= MOST:
        raise TooMany(str(MOST))
    key = new_key()
    webhook = Webhook(
        event=event,
        name=name,
        address=address,
        kinds=sorted(set(kinds)),
        sealed=seal(key, purpose=PURPOSE),
        created_by=actor,
    )
    _save(webhook)
    _note(webhook, "created", actor, address=(None, address), kinds=(None, webhook.kinds))
    return webhook, secret_of(key)


@transaction.atomic
def change_webhook(
    *, webhook: Webhook, actor: Person | None, name: str, address: str, kinds: Collection[str]
) -> Webhook:
    """Change what a webhook is told and where; what waits goes to the new address.

    Raises BadAddress, UnknownKinds and AddressTaken.
    """
    check_address(address)
    _check_kinds(kinds)
    locked = _lock(webhook)
    new: dict[str, Any] = {"name": name, "address": address, "kinds": sorted(set(kinds))}
    changes = {field: (getattr(locked, field), new[field]) for field in new}
    changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return locked
    for field, value in new.items():
        setattr(locked, field, value)
    if "address" in changes:
        locked.failures, locked.failing_since, locked.rests_until = 0, None, None
    _save(locked)
    _note(locked, "changed", actor, **changes)
    return locked


@transaction.atomic
def switch_webhook(*, webhook: Webhook, actor: Person | None, on: bool) -> Webhook:
    """Pause a webhook or let it go on; what happens while it is paused is not told later."""
    locked = _lock(webhook)
    if locked.is_active == on:
        return locked
    before = locked.off_reason
    locked.is_active, locked.off_reason = on, "" if on else WebhookOff.PAUSED
    locked.failures, locked.failing_since, locked.rests_until = 0, None, None
    _save(locked)
    _note(locked, "resumed" if on else "paused", actor, off=(before, locked.off_reason))
    return locked


@transaction.atomic
def rotate_secret(*, webhook: Webhook, actor: Person | None, now: dt.datetime | None = None) -> str:
    """Give a webhook a new secret and return it; for a day the one before signs as well."""
    locked = _lock(webhook)
    key = new_key()
    if unseal(locked.sealed, purpose=PURPOSE) is not None:
        locked.sealed_before, locked.before_until = locked.sealed, (now or timezone.now()) + OVERLAP
    locked.sealed = seal(key, purpose=PURPOSE)
    locked.save()
    _note(locked, "secret_rotated", actor)
    return secret_of(key)


@transaction.atomic
def end_old_secret(*, webhook: Webhook, actor: Person | None) -> bool:
    """Let the secret before the newest sign no more, for example because it has become known."""
    locked = _lock(webhook)
    if locked.sealed_before is None:
        return False
    locked.sealed_before = locked.before_until = None
    locked.save()
    _note(locked, "old_secret_ended", actor)
    return True


@transaction.atomic
def delete_webhook(*, webhook: Webhook, actor: Person | None, now: dt.datetime | None = None) -> None:
    """Take a webhook away with its secrets and its log; what waits is not sent."""
    locked = _lock(webhook)
    locked.deleted_at = now or timezone.now()
    locked.is_active, locked.off_reason = False, WebhookOff.PAUSED
    locked.sealed, locked.sealed_before, locked.before_until = b"", None, None
    _save(locked)
    locked.deliveries.update(body="", answer="")
    _note(locked, "deleted", actor, address=(locked.address, None))


@transaction.atomic
def send_test(*, webhook: Webhook, actor: Person | None, now: dt.datetime | None = None) -> WebhookDelivery:
    """Write a message that says nothing but that it is a test; raise SwitchedOff."""
    locked = _lock(webhook)
    if not locked.is_active:
        raise SwitchedOff(locked.name)
    _ask_at_once(locked)
    key = f"test:{uuid.uuid4()}"
    write(locked, WebhookKind.TEST, [Happening(key, "", {})], now=now or timezone.now())
    _note(locked, "tested", actor)
    return locked.deliveries.get(key=key)


@transaction.atomic
def send_delivery_again(
    *, delivery: WebhookDelivery, actor: Person | None, now: dt.datetime | None = None
) -> WebhookDelivery:
    """Send a message once more, delivered or not, under the id that it had; attempts begin anew.

    Raises SwitchedOff, and NothingToSend when it waits already or was emptied.
    """
    webhook = _lock(delivery.webhook)
    if not webhook.is_active:
        raise SwitchedOff(webhook.name)
    again = webhook.deliveries.select_for_update(of=("self",)).select_related("outbox").get(pk=delivery.pk)
    if not again.body or again.outbox.state == OutboxState.WAITING:
        raise NothingToSend(str(again.pk))
    key = f"{outbox_key(webhook, again.key)}:{uuid.uuid4().hex[:12]}"
    again.outbox = enqueue(kind=KIND, key=key, payload={"webhook": webhook.pk}, due_at=now)
    again.save(update_fields=["outbox"])
    _ask_at_once(webhook)
    _note(webhook, "sent_again", actor, message=(None, again.message_id))
    return again


@transaction.atomic
def send_failed_again(*, webhook: Webhook, actor: Person | None, now: dt.datetime | None = None) -> int:
    """Send all failed messages once more, the oldest thousand at most; return how many. Raises SwitchedOff."""
    locked = _lock(webhook)
    if not locked.is_active:
        raise SwitchedOff(locked.name)
    failed = locked.deliveries.filter(outbox__state=OutboxState.FAILED).exclude(body="")
    chosen = list(failed.order_by("created_at", "pk").defer("body", "answer")[:MOST_AGAIN])
    turn = uuid.uuid4().hex[:12]
    keys = {delivery.pk: f"{outbox_key(locked, delivery.key)}:{turn}" for delivery in chosen}
    written = enqueue_many(
        kind=KIND,
        messages={key: {"webhook": locked.pk} for key in keys.values()},
        due_at=now or timezone.now(),
    )
    for delivery in chosen:
        delivery.outbox_id = written[keys[delivery.pk]]
    WebhookDelivery.objects.bulk_update(chosen, ["outbox"], batch_size=200)
    if chosen:
        _ask_at_once(locked)
        _note(locked, "failed_sent_again", actor, messages=(None, len(chosen)))
    return len(chosen)


def _ask_at_once(webhook: Webhook) -> None:
    """Let a receiver that rests be asked again: somebody thinks that it is well."""
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=None)


def _check_kinds(kinds: Collection[str]) -> None:
    if not kinds or not set(kinds) <= set(WebhookKind.values) - {WebhookKind.TEST.value}:
        raise UnknownKinds(", ".join(kinds))


def _lock(webhook: Webhook) -> Webhook:
    locked = Webhook.objects.select_for_update(of=("self",)).select_related("event")
    return locked.get(pk=webhook.pk, deleted_at__isnull=True)


def _save(webhook: Webhook) -> None:
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError as error:
        if "webhook_address_once_per_event" in str(error) or "UNIQUE" in str(error):
            raise AddressTaken(webhook.address) from error
        raise
    forget_kinds(webhook.event_id)


def _note(webhook: Webhook, act: str, actor: Person | None, **changes: tuple[Any, Any]) -> None:
    record_audit(
        actor=actor, action=f"webhook.{act}", subject=webhook, event_id=webhook.event_id, changes=changes
    )
