"""How programs take part in an event: with tokens they ask, by webhooks they are told."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import OutboxMessage, Person
from sessions_app.events.models.events import Event
from sessions_app.events.webhooks.outcomes import Fault


class Scope(models.TextChoices):
    """What a program may do for an event with its token."""

    REGISTRATIONS_READ = "registrations.read", _("read registrations")
    REGISTRATIONS_WRITE = "registrations.write", _("approve, decline and cancel registrations")
    ADMISSION_REDEEM = "admission.redeem", _("let people in at the door")
    EXCHANGE_READ = "exchange.read", _("read the exchange")
    EXCHANGE_WRITE = "exchange.write", _("ask, answer and book in the exchange")


class ApiToken(models.Model):
    """A key with which a program acts for one event; of its secret only the SHA-256 is kept.

    ``last_used_at`` is exact to a minute. A revoked token stays, so that the audit trail can be read.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("what it is for"), max_length=120)
    scopes = models.JSONField(_("what it may do"), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


class WebhookKind(models.TextChoices):
    """What happened, as a webhook names it; what each kind says stands in ``docs/webhooks.md``."""

    REGISTRATION_CREATED = "registration.created", _("a registration came in")
    REGISTRATION_STATE_CHANGED = "registration.state_changed", _("a registration changed its state")
    REGISTRATION_EDITED = "registration.edited", _("what a registration says was changed")
    REGISTRATION_CANCELLED = "registration.cancelled", _("a registration was cancelled")
    REGISTRATION_ERASED = "registration.erased", _("a person was erased: forget her, too")
    TICKET_ISSUED = "ticket.issued", _("a ticket was issued")
    TICKET_REVOKED = "ticket.revoked", _("a ticket was replaced by another")
    TICKET_BLOCKED = "ticket.blocked", _("a ticket was blocked")
    TICKET_UNBLOCKED = "ticket.unblocked", _("a blocked ticket was let go again")
    ADMISSION_ENTRY = "admission.entry", _("somebody was let in")
    ADMISSION_UNDONE = "admission.undone", _("letting somebody in was taken back")
    TEST = "webhook.test", _("a test")


class WebhookOff(models.TextChoices):
    """Why a webhook is switched off."""

    PAUSED = "paused", _("paused by the team")
    GONE = "gone", _("the receiver answered that it wants no more (410)")
    FAILING = "failing", _("for three days nothing got through")


class Webhook(models.Model):
    """An address that is told what happens at an event, in messages signed with a secret.

    ``sealed`` is the secret's key, ``sealed_before`` the one before it, which signs as well until
    ``before_until``. ``rests_until`` keeps a receiver that is down from being asked by each message.
    A deleted one is kept for a day, so that a transaction under way still finds it.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="webhooks")
    name = models.CharField(_("what it is for"), max_length=120)
    address = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(_("what it is told"), default=list)
    sealed = models.BinaryField()
    sealed_before = models.BinaryField(null=True)
    before_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=WebhookOff, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("event", "address"), condition=models.Q(deleted_at__isnull=True),
                name="webhook_address_once_per_event",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True, off_reason="")
                | models.Q(is_active=False, off_reason__in=WebhookOff.values),
                name="webhook_off_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_before__isnull=True, before_until__isnull=True)
                | models.Q(sealed_before__isnull=False, before_until__isnull=False),
                name="webhook_old_secret_has_end",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """Whose server it is; the rest of the address may be a secret of the receiver."""
        return urlsplit(self.address).hostname or ""


class WebhookDelivery(models.Model):
    """One message to one webhook: the body as it is sent, and what came of the last attempt.

    Whether it waits, is delivered or has failed stands in its row of the outbox. ``key`` names what
    happened, ``subject`` is the code of the registration concerned.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    outbox = models.OneToOneField(OutboxMessage, models.CASCADE, related_name="webhook_delivery")
    kind = models.CharField(max_length=40, choices=WebhookKind)
    key = models.CharField(max_length=150)
    subject = models.CharField(max_length=10, blank=True, db_index=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    seconds = models.FloatField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-created_at", "-id")
        indexes = [models.Index(fields=("webhook", "-created_at"), name="webhook_deliveries")]
        constraints = [
            models.UniqueConstraint(fields=("webhook", "key"), name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(fault__in=["", *(fault.value for fault in Fault)]),
                name="webhook_delivery_fault_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()

    @property
    def message_id(self) -> str:
        """What the receiver knows the message by, at each attempt the same."""
        return f"msg_{self.id.hex}"
