"""Where people clap."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from media_archive.models.recordings import CameraFile


class Applause(models.Model):
    """A place in a file where people clap, in milliseconds from its start; a hint for who cuts."""

    file = models.ForeignKey(CameraFile, models.CASCADE, related_name="applause")
    start_ms = models.PositiveIntegerField()
    end_ms = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("applause")
        verbose_name_plural = _("applause")
        ordering = ("start_ms",)
        constraints = [
            models.CheckConstraint(
                condition=Q(end_ms__gt=F("start_ms")), name="applause_ends_after_its_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.start_ms}–{self.end_ms}"
