"""Announces what happened: a message to each webhook that wants it, in the transaction of the change."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from network.services import enqueue_many
from sessions_app.events.models import Webhook, WebhookDelivery, WebhookKind

KIND = "webhook"
VERSION = 1
# The longest time that a web process without a common cache does not know of a new webhook.
KINDS_SECONDS = 30


@dataclass(frozen=True)
class Happening:
    """One thing that happened: ``key`` names it once and for all, ``subject`` is the registration's code."""

    key: str
    subject: str
    data: Mapping[str, Any]


def announce(
    *,
    event_id: int,
    kind: WebhookKind,
    happenings: Callable[[], Iterable[Happening]],
    now: dt.datetime | None = None,
) -> int:
    """Write what happened for each webhook that wants it; return how many messages were written.

    Costs no query while the event has no webhook of this kind: ``happenings`` is not even asked. What was
    announced under the same key before is not announced again.
    """
    if kind.value not in kinds_wanted(event_id):
        return 0
    listening = Webhook.objects.filter(event=event_id, is_active=True, deleted_at__isnull=True)
    webhooks = [webhook for webhook in listening.select_related("event") if kind.value in webhook.kinds]
    if not webhooks:
        return 0
    found = list(happenings())
    return sum(write(webhook, kind, found, now=now or timezone.now()) for webhook in webhooks)


def write(webhook: Webhook, kind: WebhookKind, happenings: Iterable[Happening], *, now: dt.datetime) -> int:
    """Write the messages of one webhook that were not written before; return how many."""
    found = {outbox_key(webhook, happening.key): happening for happening in happenings}
    written = enqueue_many(kind=KIND, messages={key: {"webhook": webhook.pk} for key in found}, due_at=now)
    deliveries = [
        WebhookDelivery(
            webhook=webhook,
            outbox_id=written[key],
            kind=kind.value,
            key=happening.key,
            subject=happening.subject,
            body=body_of(webhook, kind, happening, now),
            created_at=now,
        )
        for key, happening in found.items()
        if key in written
    ]
    return len(WebhookDelivery.objects.bulk_create(deliveries, batch_size=1_000))


def body_of(webhook: Webhook, kind: WebhookKind, happening: Happening, now: dt.datetime) -> str:
    """Return what is sent: codes and states only, by a scheme that ``docs/webhooks.md`` describes."""
    said = {
        "type": kind.value,
        "version": VERSION,
        "timestamp": now.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "event": webhook.event.slug,
        "data": dict(happening.data),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def outbox_key(webhook: Webhook, key: str) -> str:
    """Return the key of a message in the outbox; those of one webhook begin with the same sign."""
    return f"webhook:{webhook.pk}:{key}"


def kinds_wanted(event_id: int) -> frozenset[str]:
    """Return the kinds that any webhook of the event wants; kept until ``forget_kinds`` or for half a minute."""
    name = _cache_name(event_id)
    kinds: frozenset[str] | None = cache.get(name)
    if kinds is None:
        active = Webhook.objects.filter(event=event_id, is_active=True, deleted_at__isnull=True)
        kinds = frozenset(kind for wanted in active.values_list("kinds", flat=True) for kind in wanted)
        cache.set(name, kinds, KINDS_SECONDS)
    return kinds


def forget_kinds(event_id: int) -> None:
    """Let what happens next be judged by the webhooks as they are once the transaction has committed."""
    transaction.on_commit(lambda: cache.delete(_cache_name(event_id)))


def _cache_name(event_id: int) -> str:
    return f"events:webhook-kinds:{event_id}"
