"""The working draft of a programme (sessions) and its published states (releases)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from network.codes import new_code
from network.models import Organisation, Person
from sessions_app.events.models import Event, Room, Track


class SessionKind(models.TextChoices):
    """What people do in a session; the same values as ``schedule.model.SessionKind``."""

    PLENARY = "plenary", _("plenary")
    PANEL = "panel", _("panel")
    LECTURE = "lecture", _("lecture")
    WORKSHOP = "workshop", _("workshop")
    PROJECT_GROUP = "project_group", _("project group")
    DEFENCE = "defence", _("defence")
    EXCHANGE = "exchange", _("exchange")
    BREAK = "break", _("break")
    SOCIAL = "social", _("social")


class SessionRoleName(models.TextChoices):
    """What a person does in a session; the same values as ``schedule.model.Role``."""

    MODERATOR = "moderator", _("moderator")
    SPEAKER = "speaker", _("speaker")
    PANELLIST = "panellist", _("panellist")
    EXPERT = "expert", _("expert")
    JURY = "jury", _("jury")
    LEAD = "lead", _("lead")


class SessionState(models.TextChoices):
    """Whether a session goes into the next release."""

    DRAFT = "draft", _("draft, not in the next release")
    READY = "ready", _("ready for the next release")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Session(ClusterableModel):
    """One item of an event's programme, in its working state.

    ``guid``, ``code`` and ``number`` never change; calendars and exchange files name the
    session by them.
    """

    objects: ClassVar[models.Manager[Session]]  # its base class has no types

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions", verbose_name=_("event"))
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    code = models.CharField(
        max_length=6, default=new_code, editable=False, validators=[RegexValidator(r"^[0-9A-Z]{6}$")]
    )
    number = models.PositiveIntegerField(editable=False, validators=[MinValueValidator(1)])
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.READY)
    kind = models.CharField(_("kind"), max_length=16, choices=SessionKind, default=SessionKind.LECTURE)
    title = models.CharField(_("title"), max_length=500)
    subtitle = models.CharField(_("subtitle"), max_length=500, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    track = models.ForeignKey(
        Track, models.SET_NULL, null=True, blank=True, related_name="sessions", verbose_name=_("track")
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="sessions", verbose_name=_("room")
    )
    start = models.DateTimeField(_("start"), null=True, blank=True)
    end = models.DateTimeField(_("end"), null=True, blank=True)
    host = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosted_sessions",
        verbose_name=_("host organisation"),
    )
    recorded = models.BooleanField(_("will be recorded"), default=False)
    licence = models.CharField(_("licence of the recording"), max_length=120, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, validators=[MinValueValidator(1)])
    stream_url = models.URLField(_("stream link"), max_length=2000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("start", "number")
        indexes = [models.Index(fields=("event", "start"))]
        constraints = [
            models.UniqueConstraint(fields=("event", "guid"), name="session_guid_once_per_event"),
            models.UniqueConstraint(fields=("event", "code"), name="session_code_once_per_event"),
            models.UniqueConstraint(fields=("event", "number"), name="session_number_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(start__isnull=True, end__isnull=True)
                | models.Q(start__isnull=False, end__isnull=False, end__gt=models.F("start")),
                name="session_planned_whole",
                violation_error_message=_("Give both start and end, the end after the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=SessionKind.values), name="session_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SessionState.values), name="session_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code


class SessionRole(models.Model):
    """A person's part in a session, with post and organisation as printed that day."""

    session = ParentalKey(Session, on_delete=models.CASCADE, related_name="roles")
    person = models.ForeignKey(Person, models.PROTECT, related_name="session_roles", verbose_name=_("person"))
    role = models.CharField(
        _("role"), max_length=10, choices=SessionRoleName, default=SessionRoleName.SPEAKER
    )
    post = models.CharField(_("post as printed"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="session_roles",
        verbose_name=_("organisation"),
    )
    organisation_name = models.CharField(
        _("organisation as printed"),
        max_length=300,
        blank=True,
        help_text=_("Empty: the organisation's own name."),
    )
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("role in the session")
        verbose_name_plural = _("people")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("session", "person", "role"), name="session_role_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=SessionRoleName.values), name="session_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


def material_path(material: SessionMaterial, name: str) -> str:
    """Return where an uploaded file is kept, below its event."""
    return f"materials/{material.session.event_id}/{name}"


class SessionMaterial(models.Model):
    """Slides, a paper or an address that belongs to a session; either a file or an address."""

    session = ParentalKey(Session, on_delete=models.CASCADE, related_name="materials")
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    file = models.FileField(_("file"), upload_to=material_path, blank=True)
    original_name = models.CharField(max_length=200, blank=True, editable=False)
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ("sort_order", "id")
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(url="") & ~models.Q(file="")) | (~models.Q(url="") & models.Q(file="")),
                name="material_file_or_address",
                violation_error_message=_("Give either a file or an address."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class SourceIdentity(models.Model):
    """By which key a source (the slug of a file or feed) names a session or a person.

    A second import of the same source finds them by it, and so updates and never doubles.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="source_identities")
    source = models.CharField(max_length=120)
    key = models.CharField(max_length=700)
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="source_identities"
    )
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="source_identities"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("event", "source", "key"), name="source_identity_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(session__isnull=True, person__isnull=False)
                | models.Q(session__isnull=False, person__isnull=True),
                name="source_identity_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class Release(models.Model):
    """A published state of the programme: frozen, numbered from 1 within the event, never changed."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    snapshot = models.JSONField()
    changes = models.JSONField(default=dict)
    override_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("event", "number"), name="release_number_once_per_event"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="release_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.event.slug} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the release; one that exists cannot be changed."""
        if self.pk is not None:
            raise TypeError("A release is never changed; publish another one.")
        super().save(*args, **kwargs)


class Star(models.Model):
    """A person keeps a session on her agenda."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="stars")
    session = models.ForeignKey(Session, models.CASCADE, related_name="stars")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "session"), name="star_once")]

    def __str__(self) -> str:
        return f"{self.person} ★ {self.session}"


class MaterialFile(models.Model):
    """An uploaded file as it was checked; kept when its material goes, for a release may still name it.

    ``guid`` is that of the material it was uploaded for; a material whose file is replaced gets another one.
    """

    guid = models.UUIDField(primary_key=True, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="material_files")
    path = models.CharField(max_length=300)
    original_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")

    def __str__(self) -> str:
        return self.original_name


class ScheduleUpload(models.Model):
    """A schedule file between its preview and its import; belongs to who uploaded it, for an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="schedule_uploads")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=8)
    content = models.BinaryField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("schedule to import")
        verbose_name_plural = _("schedules to import")

    def __str__(self) -> str:
        return self.name or str(self.id)
