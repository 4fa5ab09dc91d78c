"""What is shown of a day's recording: a session, or the whole day; a cut is two numbers."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_archive.models.recordings import LONGEST_MS, Recording
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.registration.models import Category


class CutState(models.TextChoices):
    """Whether viewers see it; a published one with a later ``publish_at`` waits for that moment."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Access(models.TextChoices):
    """Who may watch a published cut."""

    PUBLIC = "public", _("everybody")
    REGISTERED = "registered", _("people with a confirmed registration")
    CATEGORY = "category", _("people of some categories")
    LINK = "link", _("whoever has a link")


class Cut(models.Model):
    """A session in a day's recording, or (``session`` is None) the whole day; ``code`` stands in its address.

    Milliseconds are of the recording's clock. ``title`` is what the programme called it when it was cut.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="cuts")
    event = models.ForeignKey(Event, models.CASCADE, related_name="cuts")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="cuts")
    code = models.CharField(max_length=6, editable=False)
    title = models.CharField(max_length=500, blank=True)
    start_ms = models.PositiveIntegerField(_("from"))
    end_ms = models.PositiveIntegerField(_("to"))
    state = models.CharField(_("state"), max_length=9, choices=CutState, default=CutState.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    access = models.CharField(_("who may watch"), max_length=10, choices=Access, default=Access.PUBLIC)
    categories = models.ManyToManyField(Category, blank=True, related_name="+", verbose_name=_("categories"))
    summary = models.TextField(_("what came of it"), blank=True)
    external_url = models.URLField(_("recording elsewhere"), max_length=2000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("cut")
        verbose_name_plural = _("cuts")
        ordering = ("recording", "start_ms", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "code"), name="cut_code_once_per_event"),
            models.UniqueConstraint(
                fields=("recording",), condition=Q(session__isnull=True, title=""), name="one_cut_of_the_whole_day"
            ),
            models.CheckConstraint(
                condition=Q(end_ms__gt=F("start_ms"), end_ms__lte=LONGEST_MS), name="cut_ends_after_its_start",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(condition=Q(state__in=CutState.values), name="cut_state_known"),
            models.CheckConstraint(condition=Q(access__in=Access.values), name="cut_access_known"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def starts_at(self) -> dt.datetime:
        """When it began, in UTC."""
        return self.recording.starts_at + dt.timedelta(milliseconds=self.start_ms)

    @property
    def poster_ms(self) -> int:
        """The moment of the clock whose picture stands for it: behind the greeting, before anybody is tired."""
        return self.start_ms + (self.end_ms - self.start_ms) // 5

    @property
    def poster_name(self) -> str:
        """What the picture is called in the folder of the file that it is taken from; another once the cut is moved."""
        return f"cut-{self.code}-{self.start_ms}-{self.end_ms}.jpg"

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end_ms - self.start_ms) / 1000

    def is_out(self, now: dt.datetime | None = None) -> bool:
        """Tell whether viewers see it at this moment."""
        return self.state == CutState.PUBLISHED and (
            self.publish_at is None or self.publish_at <= (now or timezone.now())
        )


class CutLink(models.Model):
    """A link to a cut that ends; of its secret only the SHA-256 is kept."""

    cut = models.ForeignKey(Cut, models.CASCADE, related_name="links")
    name = models.CharField(_("for whom"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link to a recording")
        verbose_name_plural = _("links to recordings")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name or str(self.pk)
