"""Tickets and the keys that sign them, gates, rules and every scan at a door."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Person
from sessions_app.events.models import SLUG, Event, EventDay, Room
from sessions_app.programme.models import Session
from sessions_app.registration.models import Category, Registration


class SigningKey(models.Model):
    """A key pair of an event (Ed25519); tickets of a retired one stay valid until they are revoked.

    ``sealed`` is the private key, encrypted with a key that is derived from the platform's secret.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="signing_keys")
    number = models.PositiveSmallIntegerField()
    public = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("event", "number"), name="signing_key_number_once"),
            models.UniqueConstraint(
                fields=("event",), condition=models.Q(retired_at__isnull=True), name="signing_key_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.number}"


class Ticket(models.Model):
    """The signed thing that opens the door for one registration; a replaced one is revoked."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tickets")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="tickets")
    serial = models.PositiveIntegerField(default=1)
    key = models.ForeignKey(SigningKey, models.RESTRICT, related_name="tickets")
    issued_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(_("reason"), max_length=300, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("registration", "serial"), name="ticket_serial_once"),
            models.UniqueConstraint(
                fields=("registration",),
                condition=models.Q(revoked_at__isnull=True),
                name="ticket_one_valid_per_registration",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration.code}-{self.serial}"


class BadgeSize(models.TextChoices):
    """Width and height of a badge."""

    LARGE = "105x148", "105 × 148 mm"
    A6 = "a6", "A6"
    A7 = "a7", "A7 (74 × 105 mm)"


class Gate(models.Model):
    """A door where people are let in, of the building or of a room.

    With a ``badge_size`` the guests' badges are printed there.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="gates")
    slug = models.CharField(_("address"), max_length=80, validators=[SLUG])
    name = models.CharField(_("name"), max_length=120)
    room = models.ForeignKey(Room, models.SET_NULL, null=True, blank=True, verbose_name=_("room"))
    badge_size = models.CharField(
        _("badges printed at this gate"),
        max_length=8,
        choices=[("", _("none")), *BadgeSize.choices],
        blank=True,
        help_text=_("The door then offers each guest's badge as a PDF, for a printer that stands beside it."),
    )
    sort_order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "slug"), name="gate_slug_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(badge_size__in=["", *BadgeSize.values]), name="gate_badge_size_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.slug


class RuleMode(models.TextChoices):
    """How often a rule lets the same ticket in; the same values as ``tickets.rules.Mode``."""

    ONCE = "once", _("once")
    DAILY = "daily", _("once a day")
    REENTRY = "reentry", _("as often as she likes")


class Rule(models.Model):
    """A way in; an event without rules lets everybody who is confirmed in once, at any gate.

    ``opens`` and ``closes`` are local times of the event's zone; what is empty means any.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="admission_rules")
    categories = models.ManyToManyField(
        Category, blank=True, related_name="admission_rules", verbose_name=_("categories")
    )
    gate = models.ForeignKey(Gate, models.CASCADE, null=True, blank=True, verbose_name=_("gate"))
    day = models.ForeignKey(EventDay, models.CASCADE, null=True, blank=True, verbose_name=_("day"))
    opens = models.TimeField(_("from"), null=True, blank=True)
    closes = models.TimeField(_("to"), null=True, blank=True)
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, verbose_name=_("needs a seat in")
    )
    mode = models.CharField(_("how often"), max_length=8, choices=RuleMode, default=RuleMode.ONCE)
    checks_document = models.BooleanField(_("the document is checked"), default=False)
    sort_order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("rule of admission")
        verbose_name_plural = _("rules of admission")
        ordering = ("sort_order", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=RuleMode.values), name="rule_mode_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}"


class Result(models.TextChoices):
    """What the door answered."""

    OK = "ok", _("come in")
    CHECK = "check", _("check the document")
    ALREADY_REDEEMED = "already_redeemed", _("already in")
    NOT_ALLOWED = "not_allowed", _("not here or not now")
    BLOCKED = "blocked", _("blocked")
    CANCELLED = "cancelled", _("registration cancelled")
    REVOKED = "revoked", _("replaced by another ticket")
    WRONG_EVENT = "wrong_event", _("ticket of another event")
    INVALID = "invalid", _("no valid ticket")


class Scan(models.Model):
    """One scan at a door, kept whatever came of it; ``nonce`` makes a repeated one the same scan.

    ``at`` is when it was made by the door's clock, ``received_at`` when the server heard of it.
    Of the scans that let a ticket in within one ``scope`` exactly one is the entry; others that
    were made without a network are kept and flagged.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="scans")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="scans")
    gate = models.ForeignKey(Gate, models.SET_NULL, null=True, related_name="scans")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    result = models.CharField(max_length=16, choices=Result)
    reason = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    is_offline = models.BooleanField(default=False)
    is_entry = models.BooleanField(default=False)
    is_flagged = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=("event", "at")),
            models.Index(fields=("ticket", "scope")),
        ]
        constraints = [
            models.UniqueConstraint(fields=("event", "nonce"), name="scan_nonce_once_per_event"),
            models.UniqueConstraint(
                fields=("ticket", "scope"), condition=models.Q(is_entry=True), name="scan_one_entry_per_scope"
            ),
            models.CheckConstraint(
                condition=models.Q(is_entry=False) | models.Q(undone_at__isnull=True),
                name="scan_undone_is_no_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.result}"


class PaperKind(models.TextChoices):
    """What is printed."""

    BADGES = "badges", _("badges")
    TENTS = "tents", _("name tents")
    DOOR = "door", _("list for the door")


class PaperJob(models.Model):
    """Something printed for many, part by part; taken up again after a fall, deleted after a day.

    ``ids`` are fixed when it begins. ``position`` says how many of them are in files, ``ready`` how
    many are prepared in the part at work.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="paper_jobs")
    actor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind)
    size = models.CharField(max_length=8, blank=True)
    sheet = models.CharField(max_length=8, blank=True)
    ids = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    ready = models.PositiveIntegerField(default=0)
    has_failed = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=PaperKind.values), name="paper_job_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.total}"

    @property
    def total(self) -> int:
        """How many people it is for."""
        return len(self.ids)


class PaperFile(models.Model):
    """A part of a print job as PDF, served only to the event's team."""

    job = models.ForeignKey(PaperJob, models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    content = models.FileField(upload_to="admission/")

    class Meta:
        verbose_name = _("printed file")
        verbose_name_plural = _("printed files")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("job", "number"), name="paper_file_number_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.number}"
