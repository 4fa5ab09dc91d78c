"""What the team's desk keeps: its named filters, and steps that are done to many registrations."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Person
from sessions_app.events.models import Event


class SavedFilter(models.Model):
    """A view of the list of registrations that the event's team has given a name."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="registration_filters")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000, blank=True, editable=False)
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=("event", "name"),
                name="saved_filter_name_once",
                violation_error_message=_("There is a filter of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BulkAction(models.TextChoices):
    """What can be done to many registrations at once."""

    APPROVE = "approve", _("approve")
    DECLINE = "decline", _("decline")
    MOVE = "move", _("move to a category")
    CANCEL = "cancel", _("cancel")
    MESSAGE = "message", _("write to them")


class BulkJob(models.Model):
    """A step on many registrations, done in small transactions and taken up again after a fall.

    ``ids`` are fixed when it begins and ``position`` says how many of them are behind it. ``refused``
    holds code, what refused and about what: no name, so that nothing is left of who is erased. ``key`` makes a second press the same job.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="bulk_jobs")
    actor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=10, choices=BulkAction)
    options = models.JSONField(default=dict)
    ids = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("step on many registrations")
        verbose_name_plural = _("steps on many registrations")
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=("event", "key"), name="bulk_job_key_once"),
            models.CheckConstraint(
                condition=models.Q(action__in=BulkAction.values), name="bulk_job_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {len(self.ids)}"

    @property
    def total(self) -> int:
        """How many registrations the step is for."""
        return len(self.ids)
