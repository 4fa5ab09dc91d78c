"""Brings the cameras of a recording together by their sound; only the media worker imports it (NumPy)."""

from __future__ import annotations

from collections.abc import Callable

from media_archive.models import Recording


def align_recording(recording: Recording, on_progress: Callable[[float], bool]) -> None:
    """Placeholder."""
    from media_archive.ffmpeg import MediaFault

    raise MediaFault("not_sure")
