"""Reads of what was said: the lines of a cut, and the chapters of recordings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from media_archive.models import Chapter, Cut, Transcript
from media_archive.transcripts import Line
from network.localised import localised


def lines_of(transcript: Transcript, cut: Cut) -> list[Line]:
    """Return what is said within the cut, on the recording's clock; one query."""
    found = transcript.cues.filter(start_ms__lt=cut.end_ms, end_ms__gt=cut.start_ms)
    return [
        Line(start, end, text, speaker)
        for start, end, text, speaker in found.values_list("start_ms", "end_ms", "text", "speaker")
    ]


@dataclass(frozen=True, slots=True)
class Named:
    """A chapter on its recording's clock; ``titles`` are language code to title."""

    recording: int
    at_ms: int
    titles: dict[str, str]


def chapters_within(recordings: Collection[int]) -> list[Named]:
    """Return the chapters of recordings by their moments; one query."""
    found = Chapter.objects.filter(recording__in=recordings).order_by("recording", "at_ms")
    return [Named(one.recording_id, one.at_ms, localised(one, "title")) for one in found]
