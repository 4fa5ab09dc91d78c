"""Reads of webhooks, scoped by event."""

from __future__ import annotations

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404

from network.models import OutboxState
from sessions_app.events.models import Event, Webhook, WebhookDelivery


def webhooks_of(event: Event) -> QuerySet[Webhook]:
    """Return the event's webhooks, each with how many messages wait and have failed, and when one got through."""
    found = Webhook.objects.filter(event=event, deleted_at__isnull=True).select_related("created_by")
    state = "deliveries__outbox__state"
    return found.annotate(
        waiting=Count("deliveries", filter=Q(**{state: OutboxState.WAITING})),
        failed=Count("deliveries", filter=Q(**{state: OutboxState.FAILED})),
        delivered_at=Max("deliveries__outbox__delivered_at"),
    ).order_by("-is_active", "-pk")


def get_webhook(event: Event, pk: int) -> Webhook:
    """Return a webhook of the event; raise Http404 for any other."""
    found = webhooks_of(event).filter(pk=pk).select_related("event", "created_by").first()
    if found is None:
        raise Http404("No such webhook.")
    return found


def deliveries_of(webhook: Webhook, state: str = "") -> QuerySet[WebhookDelivery]:
    """Return the webhook's messages, newest first, without what they say; those in a state of the outbox only."""
    rows = webhook.deliveries.select_related("outbox").defer("body", "answer", "outbox__payload")
    return rows.filter(outbox__state=state) if state in OutboxState.values else rows


def deliveries_about(subject: str) -> QuerySet[WebhookDelivery]:
    """Return the messages about the registration of this code, oldest first."""
    about = WebhookDelivery.objects.filter(subject=subject).exclude(subject="")
    return about.select_related("webhook", "outbox").order_by("created_at", "pk")
