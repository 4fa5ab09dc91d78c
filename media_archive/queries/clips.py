"""A few seconds of a recording as a file of its own, for the eyes and ears of whoever cuts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from media_archive.downloads import CutFile
from media_archive.models import Camera, CameraFile, Recording, Rendition
from media_archive.playlists import Span, spans
from media_archive.queries.opening import cameras_of, parts_of, rungs_of


@dataclass(frozen=True, slots=True)
class Clip:
    """Fragments as one file; ``start_ms`` is where it begins on the recording's clock: a little before what was asked for."""

    file: CutFile
    start_ms: float
    has_picture: bool


def clip_of(recording: Recording, start_ms: float, end_ms: float) -> Clip | None:
    """Return what was filmed between two moments of the clock, of the camera whose sound is heard; four queries.

    It is the smallest picture that there is. Where that camera was off, another one stands in; None where nothing was on.
    """
    for camera in sorted(cameras_of(recording), key=lambda camera: not camera.is_sound_master):
        for name, found in _smallest_first(camera):
            inside = spans(parts_of(found, name), start_ms, end_ms)
            if inside:
                return _clip(max(inside, key=lambda span: span.last - span.first), found)
    return None


def _smallest_first(camera: Camera) -> list[tuple[str, list[tuple[CameraFile, Rendition]]]]:
    rungs = rungs_of(camera)
    pictures = [(name, found) for name, found in rungs.items() if found[0][1].height]
    return pictures[::-1] or list(rungs.items())[:1]


def _clip(span: Span, found: list[tuple[CameraFile, Rendition]]) -> Clip:
    part, inside = span.part, slice(span.first, span.last)
    rendition = found[int(part.uri.split("-")[1]) - 1][1]
    return Clip(
        CutFile(
            Path(settings.MEDIA_ROOT) / rendition.path, part.header, span.begin, part.sizes[inside],
            sum(part.lengths[inside]),
        ),
        part.offset_ms + span.seconds * part.pace,
        bool(rendition.height),
    )  # fmt: skip
