"""What is said in a recording, and its parts; all on the recording's clock, so that no cut can shift them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_archive.models.recordings import Recording
from network.models import Person


class Chapter(models.Model):
    """A part of a recording that begins at ``at_ms`` and ends where the next one begins."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="chapters")
    at_ms = models.PositiveIntegerField(_("from"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ("at_ms", "id")
        constraints = [models.UniqueConstraint(fields=("recording", "at_ms"), name="chapter_once_a_moment")]

    def __str__(self) -> str:
        return self.title


class Transcript(models.Model):
    """What is said in a recording, in one language; ``language`` is a BCP 47 tag."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="transcripts")
    language = models.CharField(_("language"), max_length=12)
    is_original = models.BooleanField(_("in the language that is spoken"), default=True)
    updated_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ("-is_original", "language")
        constraints = [
            models.UniqueConstraint(fields=("recording", "language"), name="transcript_once_a_language")
        ]

    def __str__(self) -> str:
        return self.language


class Cue(models.Model):
    """A line of a transcript. ``text`` is plain text."""

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="cues")
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()
    speaker = models.CharField(max_length=200, blank=True)
    text = models.TextField()

    class Meta:
        verbose_name = _("line of a transcript")
        verbose_name_plural = _("lines of transcripts")
        ordering = ("start_ms", "id")
        indexes = [models.Index(fields=("transcript", "start_ms"), name="cue_by_moment")]
        constraints = [
            models.CheckConstraint(condition=Q(end_ms__gt=F("start_ms")), name="cue_ends_after_its_start")
        ]

    def __str__(self) -> str:
        return self.text
