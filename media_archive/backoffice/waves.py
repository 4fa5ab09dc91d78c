"""Loudness as a picture: of a file, and of a whole day with its cuts; SVG, drawn by the server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media_archive.models import CameraFile, Cut, Recording
from media_archive.services.filming import end_of

POINTS = 600
HEIGHT = 40
# Bytes of loudness that are moved together: a clock of 1,000 ppm makes a tenth of one wrong.
BLOCK = 100


@dataclass(frozen=True, slots=True)
class Wave:
    """A path on a ground of ``POINTS`` by ``HEIGHT``; ``x`` and ``width`` are its place on the whole, in percent."""

    path: str
    x: float
    width: float


def wave_of(file: CameraFile, end_ms: float) -> Wave | None:
    """Return the file's loudness where it lies on a clock of ``end_ms``; None while it is not known."""
    data = bytes(file.waveform)
    if not data or file.duration_ms is None:
        return None
    start = max(0.0, file.offset_ms or 0.0)
    last = file.on_clock(file.duration_ms)
    return Wave(
        path_of(data), round(100 * start / end_ms, 3), round(max(0.5, 100 * (last - start) / end_ms), 3)
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A cut's place on a day's line, in its units."""

    cut: Cut
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day on its clock: ``files`` are those of the camera whose sound is heard, ``wave`` their loudness.

    ``wave`` has a byte for each ``CameraFile.WAVE_MS`` from the clock's zero, 0 where nothing was on.
    """

    end_ms: int
    files: tuple[CameraFile, ...]
    wave: bytes
    places: tuple[Place, ...]

    @property
    def path(self) -> str:
        """The loudness as a path of ``POINTS``; empty while nothing is known of it."""
        return path_of(self.wave) if any(self.wave) else ""


def day_of(recording: Recording, cuts: Sequence[Cut]) -> Day:
    """Return the recording's day; where the camera whose sound is heard has no loudness, another one stands in."""
    heard = CameraFile.objects.filter(
        camera__recording=recording, offset_ms__isnull=False, duration_ms__isnull=False, has_sound=True
    ).order_by("-camera__is_sound_master", "camera__number", "offset_ms")
    by_camera: dict[int, list[CameraFile]] = {}
    for file in heard:
        by_camera.setdefault(file.camera_id, []).append(file)
    files = next((found for found in by_camera.values() if any(file.waveform for file in found)), [])
    end = max([end_of(recording), 1, *(cut.end_ms for cut in cuts)])
    places = tuple(
        Place(cut, round(POINTS * cut.start_ms / end, 2), round(max(1.0, POINTS * (cut.end_ms - cut.start_ms) / end), 2))
        for cut in cuts
    )  # fmt: skip
    return Day(end, tuple(files), wave_on_clock(files, end), places)


def wave_on_clock(files: Iterable[CameraFile], end_ms: int) -> bytes:
    """Return the loudness of several files of one camera on the recording's clock, from its zero up to ``end_ms``."""
    step = CameraFile.WAVE_MS
    wave = bytearray(-(-end_ms // step))
    for file in files:
        data, pace = bytes(file.waveform), 1 + file.clock_ppm / 1e6
        begin = (file.offset_ms or 0.0) / step
        last = min(len(wave), round(begin + len(data) * pace))
        for at in range(max(0, round(begin)), last, BLOCK):
            first = max(0, round((at - begin) / pace))
            block = data[first : first + min(BLOCK, last - at)]
            wave[at : at + len(block)] = block
    return bytes(wave)


def path_of(data: bytes, points: int = POINTS) -> str:
    """Return a closed path, mirrored at the middle."""
    count = min(points, len(data))
    tops = [
        max(data[len(data) * n // count : max(1 + len(data) * n // count, len(data) * (n + 1) // count)])
        for n in range(count)
    ]
    half = HEIGHT / 2
    step = POINTS / max(1, count)
    upper = [f"{n * step:.1f} {half - top / 255 * half:.1f}" for n, top in enumerate(tops)]
    lower = [f"{n * step:.1f} {half + top / 255 * half:.1f}" for n, top in reversed(list(enumerate(tops)))]
    return f"M{'L'.join(upper)}L{'L'.join(lower)}Z"
