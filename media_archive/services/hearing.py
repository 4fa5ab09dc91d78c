"""Writing down what a file's sound is like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from media_archive.models import Applause, CameraFile

if TYPE_CHECKING:
    from media_archive.sound import Heard  # brings NumPy


@transaction.atomic
def note_heard(file: CameraFile, heard: Heard) -> None:
    """Keep a file's waveform, loudness and applause; what was kept before is replaced."""
    CameraFile.objects.filter(pk=file.pk).update(waveform=heard.wave, loudness=heard.loudness)
    file.applause.all().delete()
    Applause.objects.bulk_create(
        Applause(file=file, start_ms=start, end_ms=end) for start, end in heard.applause
    )
