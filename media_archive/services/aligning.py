"""Brings the cameras of a recording together by their sound; only the media worker imports it (NumPy)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack

from media_archive.alignment import IN_WORDS, Day, Placement, Sound, align_day, decode
from media_archive.ffmpeg import MediaFault
from media_archive.models import CameraFile, Match, Recording
from media_archive.services.filming import UNKNOWN_START, place_file, set_clock

DECODING = 0.6  # of the work; the rest is comparing
SET = (Match.FIRST, Match.HAND)  # what the sound never moves


def align_recording(recording: Recording, on_progress: Callable[[float], bool]) -> None:
    """Put all files of the recording on its clock, as far as the sound is sure.

    The first file of the first camera is the clock, or lies by its own date on one that stands. What an editor has placed stays. A camera's further parts
    that no sound joins are placed by the camera's own dates. Raises MediaFault (not_sure, nothing_sounds) when
    the editor is asked; what was found stands in ``CameraFile.proposed``.
    """
    cameras = [
        sorted(
            camera.files.filter(duration_ms__isnull=False).exclude(sha256=""),
            key=lambda file: (file.made_at or dt.datetime.max.replace(tzinfo=dt.UTC), file.pk),
        )
        for camera in recording.cameras.all()
    ]
    files = [file for camera in cameras for file in camera]
    if not files:
        return
    root = next((file for file in files if file.match == Match.FIRST), files[0])
    stands = recording.cuts.exists()  # sessions were entered by the programme: the clock is theirs already
    if root.match not in SET:
        begin = _on_the_wall(recording, root) if stands else 0.0
        place_file(file=root, offset_ms=begin, clock_ppm=0.0, match=Match.FIRST, actor=None)
        root.refresh_from_db()
    if not stands:
        _set_wall_clock(recording, root)
    loud = [[file for file in camera if file.has_sound] for camera in cameras]
    loud.sort(key=lambda camera: root not in camera)  # the clock's camera first; the others keep their order
    for camera in loud:
        camera.sort(key=lambda file: file != root)
    loud = [camera for camera in loud if camera]
    doubts: list[str] = []
    if len(loud) > 1 and root.has_sound:
        doubts = _place_by_sound(root, loud, on_progress)
    for camera in cameras:
        _place_by_date(camera)
    left = [
        file for file in files if not CameraFile.objects.filter(pk=file.pk, offset_ms__isnull=False).exists()
    ]
    if left:
        silent = not any(file.has_sound for file in left)
        names = "\n".join(doubts) or "\n".join(file.name for file in left)
        raise MediaFault("nothing_sounds" if silent or not root.has_sound else "not_sure", names)


def _set_wall_clock(recording: Recording, root: CameraFile) -> None:
    """Take the first camera's own date for the clock's zero, while nobody has said better."""
    zone = recording.event.zone
    unknown = dt.datetime.combine(recording.date, UNKNOWN_START, tzinfo=zone)
    if recording.starts_at != unknown or root.made_at is None or root.match != Match.FIRST:
        return
    if root.made_at.astimezone(zone).date() == recording.date:
        set_clock(recording=recording, starts_at=root.made_at, actor=None)


def _on_the_wall(recording: Recording, root: CameraFile) -> float:
    """Return where the camera's own date lies on a clock that stands; 0 when it is of another day or there is none."""
    if root.made_at is None or root.made_at.astimezone(recording.event.zone).date() != recording.date:
        return 0.0
    return (root.made_at - recording.starts_at) / dt.timedelta(milliseconds=1)


def _place_by_sound(
    root: CameraFile, cameras: list[list[CameraFile]], on_progress: Callable[[float], bool]
) -> list[str]:
    """Place what the sound is sure of; return what it is not, a line a file."""
    count = sum(len(camera) for camera in cameras)
    done = 0
    with ExitStack() as stack:
        sounds: list[list[Sound]] = []
        for camera in cameras:
            sounds.append([])
            for file in camera:
                decoded = stack.enter_context(decode(file.source, track=file.sound_track))
                sounds[-1].append(Sound(decoded))
                done += 1
                if not on_progress(DECODING * done / count):
                    raise MediaFault("stopped")
        day = align_day(sounds, lambda share: on_progress(DECODING + (1 - DECODING) * share))
    doubts = []
    for placement in day.placements:
        file = cameras[placement.camera][placement.part]
        if file.pk == root.pk or file.match in SET:
            continue
        if placement.accepted and placement.offset_ms is not None:
            pace = 1 + root.clock_ppm / 1e6
            place_file(
                file=file, offset_ms=(root.offset_ms or 0.0) + placement.offset_ms * pace,
                clock_ppm=((1 + placement.clock_ppm / 1e6) * pace - 1) * 1e6,
                match=Match.SOUND, confidence=placement.confidence, actor=None,
            )  # fmt: skip
            continue
        CameraFile.objects.filter(pk=file.pk).update(proposed=_proposal(day, placement, root))
        doubts.append(f"{file.name}: {IN_WORDS[placement.reason]}")
    return doubts


def _proposal(day: Day, placement: Placement, root: CameraFile) -> dict[str, float | str]:
    """Return what the sound would say if it were trusted."""
    found: dict[str, float | str] = {"reason": str(placement.reason), "confidence": placement.confidence}
    match = day.pairs.get(((0, 0), (placement.camera, placement.part)))
    if match is not None and match.offset_ms is not None:
        found["offset_ms"] = (root.offset_ms or 0.0) + match.offset_ms
        found["clock_ppm"] = match.clock_ppm
    return found


def _place_by_date(files: list[CameraFile]) -> None:
    """Place parts of a camera that no sound has joined by the camera's own dates, from a part that is placed."""
    for file in files:
        file.refresh_from_db(fields=["offset_ms", "match", "clock_ppm"])
    known = next((file for file in files if file.offset_ms is not None and file.made_at is not None), None)
    if known is None or known.made_at is None:
        return
    for file in files:
        if file.offset_ms is None and file.made_at is not None:
            later = (file.made_at - known.made_at) / dt.timedelta(milliseconds=1)
            place_file(
                file=file, offset_ms=(known.offset_ms or 0.0) + later, clock_ppm=known.clock_ppm,
                match=Match.TIME, actor=None,
            )  # fmt: skip
