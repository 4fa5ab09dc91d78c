"""A few seconds of a recording as a file of its own, for the eyes and ears of whoever cuts it."""

from __future__ import annotations

from dataclasses import dataclass

from media_archive.downloads import Film
from media_archive.models import Camera, CameraFile, Recording, Rendition
from media_archive.queries.opening import cameras_of, files_between, rungs_of


@dataclass(frozen=True, slots=True)
class Clip:
    """What was filmed between two moments; the first of them is zero in the film."""

    film: Film
    has_picture: bool


def clip_of(recording: Recording, start_ms: float, end_ms: float) -> Clip | None:
    """Return what was filmed between two moments of the clock, of the camera whose sound is heard; four queries.

    It is the smallest picture that there is. Where that camera was off, another one stands in; None where nothing was on.
    """
    for camera in sorted(cameras_of(recording), key=lambda camera: not camera.is_sound_master):
        for name, found in _smallest_first(camera):
            files = files_between(start_ms, end_ms, found, name)
            if files:
                return Clip(files[0].film, bool(found[0][1].height))
    return None


def _smallest_first(camera: Camera) -> list[tuple[str, list[tuple[CameraFile, Rendition]]]]:
    rungs = rungs_of(camera)
    pictures = [(name, found) for name, found in rungs.items() if found[0][1].height]
    return pictures[::-1] or list(rungs.items())[:1]
