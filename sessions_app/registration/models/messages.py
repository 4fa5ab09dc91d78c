"""What an event writes to those who register, and the log of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import OutboxMessage
from sessions_app.events.models import Event
from sessions_app.registration.models.registrations import Registration


class MessageKind(models.TextChoices):
    """What a message is about."""

    PENDING = "pending", _("received, waiting for approval")
    WAITING = "waiting", _("on the waiting list")
    OFFERED = "offered", _("offered a place")
    EXPIRED = "expired", _("offer has run out")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    INVITED = "invited", _("invited by a delegation")
    REMINDER = "reminder", _("reminder")
    CHANGED = "changed", _("changed by the organiser")
    SESSION = "session", _("place in a session")
    FREE = "free", _("written by the organiser")


class MessageTemplate(models.Model):
    """The organiser's own words for one kind of message; without a row the platform's words go out.

    Placeholders such as {name} stand for plain text; anything else in braces is printed as it is.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="message_templates")
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ("kind",)
        constraints = [
            models.UniqueConstraint(fields=("event", "kind"), name="message_template_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=MessageKind.values), name="message_template_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Message(models.Model):
    """A message to one registration; whether it was sent or came back is read off its outbox row."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=MessageKind)
    subject = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now)
    outbox = models.OneToOneField(OutboxMessage, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.subject
