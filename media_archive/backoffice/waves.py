"""Loudness as a picture: one path of SVG, drawn by the server."""

from __future__ import annotations

from dataclasses import dataclass

from media_archive.models import CameraFile

POINTS = 600
HEIGHT = 40


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
