"""What hangs on a session or a day beside its recording: slides on the time line, protocols, decisions."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_archive.models.recordings import Recording
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import Session


class MaterialKind(models.TextChoices):
    """What a material is."""

    DECISION = "decision", _("decision")
    PROTOCOL = "protocol", _("protocol")
    REPORT = "report", _("report")
    SLIDES = "slides", _("slides")
    OTHER = "other", _("other material")


class Material(models.Model):
    """A result or material of a session, of a day or (neither is given) of the whole event.

    A decision may be words alone; all others are a file or an address.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="materials")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="results", verbose_name=_("session")
    )
    date = models.DateField(_("day"), null=True, blank=True)
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=MaterialKind, default=MaterialKind.OTHER)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("words"), blank=True)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    path = models.CharField(max_length=400, blank=True)
    original_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    is_published = models.BooleanField(_("published"), default=False)
    sort_order = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ("sort_order", "id")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MaterialKind.values), name="material_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title


class SlideDeck(models.Model):
    """Slides shown in a recording: a PDF and the picture of each page."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="decks")
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=300)
    path = models.CharField(max_length=400)
    pages = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("slides")
        verbose_name_plural = _("slides")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> Path:
        """Where the pages' pictures lie, ``1.png`` and so on."""
        return Path(settings.MEDIA_ROOT) / "recordings" / str(self.recording.event_id) / str(self.guid)


class SlideMark(models.Model):
    """From this moment on the page is on the screen."""

    deck = models.ForeignKey(SlideDeck, models.CASCADE, related_name="marks")
    page = models.PositiveIntegerField(_("page"))
    at_ms = models.PositiveIntegerField(_("from"))

    class Meta:
        verbose_name = _("slide on the time line")
        verbose_name_plural = _("slides on the time line")
        ordering = ("at_ms", "id")
        constraints = [
            models.UniqueConstraint(fields=("deck", "at_ms"), name="slide_once_a_moment"),
            models.CheckConstraint(condition=Q(page__gte=1), name="slide_page_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.page} @ {self.at_ms}"
