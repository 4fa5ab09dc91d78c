"""What a player is told of a cut: cameras, playlists, captions, chapters, previews; times in seconds from its start."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from media_archive.links import media_base, seconds_left
from media_archive.models import Camera, CameraFile, Cut, SlideMark, Transcript
from media_archive.playlists import Rung, master_playlist, media_playlist, spans
from media_archive.queries.opening import cameras_of, parts_of, rungs_of
from media_archive.queries.sounds import sounds_of_cameras, voices_of
from network.web.words import language_name


@dataclass(frozen=True, slots=True)
class Shown:
    """A cut's cameras with what they offer within its window."""

    cut: Cut
    base: str
    cameras: tuple[Camera, ...]
    key: str = ""

    @property
    def filmed(self) -> list[Camera]:
        """The cameras that have a picture or sound in the window."""
        return [camera for camera in self.cameras if _rungs_inside(self.cut, camera)]


def shown(cut: Cut, *, slug: str, key: str = "") -> Shown:
    """Return what of the cut can be played, below the address that ``key`` opens; four queries."""
    return Shown(cut, media_base(cut, slug=slug, key=key), tuple(cameras_of(cut.recording)), key)


def _rungs_inside(cut: Cut, camera: Camera) -> list[tuple[str, list[tuple[CameraFile, Any]]]]:
    return [
        (name, found)
        for name, found in rungs_of(camera).items()
        if spans(parts_of(found, name), cut.start_ms, cut.end_ms)
    ]


def master_of(cut: Cut, camera: Camera) -> str:
    """Return the camera's master playlist; sound alone is offered only where there is no picture."""
    inside = _rungs_inside(cut, camera)
    pictures = [(name, found) for name, found in inside if found[0][1].height]
    rungs = []
    for name, found in pictures or inside[:1]:
        first = found[0][1]
        rungs.append(
            Rung(
                uri=f"{name}.m3u8",
                bandwidth=max(rendition.bandwidth for _file, rendition in found),
                width=first.width,
                height=first.height,
                codecs=first.codecs,
                rate=min(found[0][0].rate, 60.0),
            )
        )
    return master_playlist(_begin_with_a_middle_one(rungs), voices_of(cut, camera) if pictures else ())


def _begin_with_a_middle_one(rungs: list[Rung]) -> list[Rung]:
    """Put the rung first with which players begin: the largest that most lines carry at once."""
    modest = next((rung for rung in rungs if rung.bandwidth <= 2_000_000), None)
    return [modest, *(rung for rung in rungs if rung is not modest)] if modest else rungs


def playlist_of(cut: Cut, camera: Camera, name: str) -> str | None:
    """Return the playlist of one rendition of a camera within the cut, or None when it has none there."""
    found = rungs_of(camera).get(name)
    if not found:
        return None
    inside = spans(parts_of(found, name), cut.start_ms, cut.end_ms)
    return media_playlist(inside, cut.recording.starts_at, cut.start_ms) if inside else None


def player_data(view: Shown, *, title: str, chapters: list[dict[str, Any]], transcripts: list[Transcript], slides: list[dict[str, Any]]) -> dict[str, Any]:  # fmt: skip
    """Return what the player element reads as JSON."""
    cut, base = view.cut, view.base
    filmed = view.filmed
    previews = next((camera for camera in filmed if any(file.previews for file in camera.files.all())), None)
    return {
        "start": cut.starts_at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration": cut.seconds,
        "title": title,
        "cameras": [
            {
                "number": camera.number,
                "label": camera.label,
                "master": f"{base}{camera.number}/master.m3u8",
                "has_sound": any(file.has_sound for file in camera.files.all()),
                "is_sound_master": camera.is_sound_master,
            }
            for camera in filmed
        ],
        "chapters": chapters,
        "captions": [
            {
                "language": one.language,
                "label": language_name(one.language),
                "url": f"{base}captions-{one.language}.vtt",
            }
            for one in transcripts
        ],
        "sounds": [
            {
                "language": one.language,
                "label": one.label,
                "camera": one.camera,
                "url": f"{base}{one.uri}" if one.uri else None,
            }
            for one in sounds_of_cameras(cut, view.filmed)
        ],
        "thumbnails": f"{base}{previews.number}/previews.vtt" if previews else None,
        "slides": slides,
        "resume_key": f"recording:{cut.event_id}:{cut.code}",
        "base": base,
        "valid_for": seconds_left(view.key) if view.key else None,
    }


def poster_of(view: Shown) -> str:
    """Return the address of the picture that stands for the cut, or nothing."""
    for camera in view.filmed:
        if any(file.height and file.previews for file in camera.files.all()):
            return f"{view.base}poster.jpg"
    return ""


def file_at(camera: Camera, ms: float) -> CameraFile | None:
    """Return the camera's file with a picture that covers the moment, else its first one."""
    files = [file for file in camera.files.all() if file.height]
    for file in files:
        if (file.offset_ms or 0) <= ms < file.on_clock(file.duration_ms or 0):
            return file
    return files[0] if files else None


def slides_in(cut: Cut) -> list[SlideMark]:
    """Return the slides of the cut in the order of time, the one on the screen when it begins first; no page beside them is open."""
    marks = SlideMark.objects.filter(
        deck__recording=cut.recording_id, deck__pages__gt=0, at_ms__lt=cut.end_ms
    ).select_related("deck")
    before = [mark for mark in marks if mark.at_ms <= cut.start_ms][-1:]
    return [*before, *(mark for mark in marks if mark.at_ms > cut.start_ms)]


def previews_vtt(cut: Cut, camera: Camera) -> str:
    """Return WebVTT that names the small picture of each moment of the cut, as ``#xywh`` of larger pictures."""
    from media_archive.transcripts import clock

    rows = ["WEBVTT", ""]
    for number, file in enumerate((file for file in camera.files.all() if file.previews), 1):
        step = 1000 * file.preview_seconds
        for index in range(file.previews):
            start = file.on_clock(index * step) - cut.start_ms
            end = file.on_clock((index + 1) * step) - cut.start_ms
            if end <= 0 or start >= cut.end_ms - cut.start_ms:
                continue
            sheet, place = divmod(index, 25)
            x, y = place % 5 * 160, place // 5 * 90
            times = f"{clock(max(0, round(start)))} --> {clock(round(end))}"
            rows += [times, f"previews-{number}-{sheet + 1}.jpg#xywh={x},{y},160,90", ""]
    return "\n".join(rows)
