"""What follows from an attempt: the receiver rests, is switched off, or is well again; old messages go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from network.delivery import pause_after, postpone
from network.letters import compose, to_message
from network.localised import localised
from network.mail import enqueue_mail
from network.models import Person
from network.services import delete_finished, record_audit
from sessions_app.events.models import Event, TeamRoleName, Webhook, WebhookDelivery, WebhookOff
from sessions_app.events.webhooks.announcing import KIND, forget_kinds, outbox_key
from sessions_app.events.webhooks.outcomes import PROMPT, Fault, Outcome

LONGEST_REST = dt.timedelta(minutes=10)
PATIENCE = dt.timedelta(days=3)
KEEP = dt.timedelta(days=30)
KEEP_DELETED = dt.timedelta(days=1)


@transaction.atomic
def book(*, delivery: WebhookDelivery, outcome: Outcome, now: dt.datetime) -> None:
    """Note what came of an attempt, for the message and for its webhook."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        tries=F("tries") + 1,
        tried_at=now,
        status=outcome.status,
        fault=outcome.fault.value if outcome.fault else "",
        answer=outcome.answer,
        seconds=round(outcome.seconds, 3),
    )
    webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if webhook is None or not webhook.is_active:
        return
    if outcome.fault is None:
        _note_health(webhook)
    else:
        _note_failure(webhook, outcome, now)


def note_unsent(*, delivery: WebhookDelivery, fault: Fault) -> None:
    """Note why a message was not even tried."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(fault=fault.value)


def _note_health(webhook: Webhook) -> None:
    if webhook.failures:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        webhook.save(update_fields=["failures", "failing_since", "rests_until"])


def _note_failure(webhook: Webhook, outcome: Outcome, now: dt.datetime) -> None:
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    if outcome.fault is Fault.GONE:
        _switch_off(webhook, WebhookOff.GONE, now)
    elif webhook.failing_since <= now - PATIENCE:
        _switch_off(webhook, WebhookOff.FAILING, now)
    elif outcome.fault not in PROMPT:
        asked = dt.timedelta(seconds=outcome.pause)
        rest = max(min(pause_after(webhook.failures), LONGEST_REST), asked)
        webhook.rests_until = now + rest
        # Asked one by one, the others would each wait for a receiver that is down.
        postpone(kind=KIND, key_start=outbox_key(webhook, ""), until=webhook.rests_until)
    webhook.save()


def _switch_off(webhook: Webhook, reason: WebhookOff, now: dt.datetime) -> None:
    webhook.is_active, webhook.off_reason, webhook.rests_until = False, reason, None
    forget_kinds(webhook.event_id)
    record_audit(
        actor=None,
        action="webhook.switched_off",
        subject=webhook,
        event_id=webhook.event_id,
        changes={"off": ("", reason.value)},
    )
    organisers = Person.objects.filter(
        team_roles__event=webhook.event_id, team_roles__role=TeamRoleName.ORGANISER, is_active=True
    )
    for person in organisers.exclude(email=None).distinct():
        _tell(person, webhook, reason, now)


def _tell(person: Person, webhook: Webhook, reason: WebhookOff, now: dt.datetime) -> None:
    languages = dict(settings.LANGUAGES)
    language = person.locale if person.locale in languages else settings.LANGUAGE_CODE
    context = {
        "name": person.name,
        "event": _name_of(webhook.event, language),
        "webhook": webhook.name,
        "address": webhook.address,
        "reason": reason,
        "link": settings.BASE_URL + reverse("event_webhook", args=(webhook.event.slug, webhook.pk)),
    }
    letter = compose("events/webhook_off", context, language=language)
    key = f"webhook-off:{webhook.pk}:{now.isoformat()}:{person.pk}"
    enqueue_mail(to_message(letter, to=person.email or ""), key=key)


def _name_of(event: Event, language: str) -> str:
    names = localised(event, "name")
    return names.get(language) or next(iter(names.values()), event.slug)


@transaction.atomic
def forget_subjects(*, event_id: int, subjects: Iterable[str]) -> int:
    """Empty the messages about these registrations, sent or not; return how many.

    Those that wait end as failed, without having been sent.
    """
    about = WebhookDelivery.objects.filter(webhook__event=event_id, subject__in=list(subjects))
    return about.update(body="", answer="", subject="")


def purge_deliveries(*, now: dt.datetime | None = None) -> int:
    """Delete messages older than thirty days that wait no more; return how many.

    Deleted webhooks and secrets that sign no more go with them.
    """
    moment = now or timezone.now()
    Webhook.objects.filter(before_until__lte=moment).update(sealed_before=None, before_until=None)
    gone = delete_finished(kind=KIND, before=moment - KEEP)
    Webhook.objects.filter(deleted_at__lt=moment - KEEP_DELETED).delete()
    return gone
