"""Reads of what was said: the lines of a cut, and places where words were said."""

from __future__ import annotations

from media_archive.models import Cut, Transcript
from media_archive.transcripts import Line


def lines_of(transcript: Transcript, cut: Cut) -> list[Line]:
    """Return what is said within the cut, on the recording's clock; one query."""
    found = transcript.cues.filter(start_ms__lt=cut.end_ms, end_ms__gt=cut.start_ms)
    return [
        Line(start, end, text, speaker)
        for start, end, text, speaker in found.values_list("start_ms", "end_ms", "text", "speaker")
    ]
