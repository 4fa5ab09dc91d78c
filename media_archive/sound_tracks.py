"""What the sounds of a file are like: in which nothing is heard, and which can be copied; knows no Django."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from media_archive.ffmpeg import TAIL, MediaFault, demuxer_of, input_arguments, run, start
from media_archive.probing import PATIENCE, Sound

SILENT = (
    -60.0
)  # dB below full scale; the noise of a socket without a plug lies below, the quietest speech far above
STEADY = {"mov", "matroska"}  # elsewhere samples may be missing, which only encoding fills with silence
EARLY, LATE = -0.06, 0.01  # seconds; so early an encoder's own first samples lie, which nobody hears
EARLY_ON = 60  # seconds that tell at once that a microphone was on
WAIT = 30.0  # seconds; where a track holds nothing, its first minute is looked for in the whole file
_LOUDEST = re.compile(r"\[volumedetect@s(\d+) @ [^\]]*\] (?:max_volume: (-?[\d.]+|-inf) dB|n_samples: 0\b)")
_FIRST = re.compile(r"^(\d+), +-?\d+, +(-?\d+),", re.MULTILINE)
_BASE = re.compile(r"^#tb (\d+): (\d+)/(\d+)", re.MULTILINE)


def silent_tracks(
    path: Path, *, tracks: Sequence[int], seconds: float, on_progress: Callable[[float], bool]
) -> set[int]:
    """Return the audio tracks (from 0) that are nowhere louder than ``SILENT``, or hold nothing; one pass over the whole file.

    Raises MediaFault.
    """
    loudest = _loudest(path, tracks=tracks, seconds=seconds, on_progress=on_progress)
    return {track for track in tracks if track in loudest and loudest[track] <= SILENT}


def sounds_early_on(path: Path, *, track: int) -> bool:
    """Tell whether an audio track is louder than ``SILENT`` within its first minute; False says nothing of the rest.

    Raises MediaFault.
    """
    try:
        loudest = _loudest(path, tracks=[track], seconds=WAIT, until=EARLY_ON)
    except MediaFault as error:
        if error.fault != "too_slow":
            raise
        return False
    return loudest.get(track, -math.inf) > SILENT


def _loudest(
    path: Path,
    *,
    tracks: Sequence[int],
    seconds: float,
    on_progress: Callable[[float], bool] | None = None,
    until: float | None = None,
) -> dict[int, float]:
    """Return how loud each track is at its loudest, in dB below full scale."""
    arguments = input_arguments(path)
    for track in tracks:
        arguments += [
            "-map", f"0:a:{track}", "-vn", "-sn", "-dn", "-af", f"volumedetect@s{track}",
            *([] if until is None else ["-t", str(until)]), "-f", "null", "-",
        ]  # fmt: skip
    said = run(arguments, seconds=seconds, on_progress=on_progress, tail=2000 * len(tracks) + TAIL).said
    return {int(track): float(level or "-inf") for track, level in _LOUDEST.findall(said)}


def copyable(path: Path, sounds: Sequence[Sound]) -> set[int]:
    """Return the tracks that are as browsers want them and begin with the picture, so that a copy keeps in step."""
    plain = [sound.index for sound in sounds if sound.can_be_copied]
    if not plain or demuxer_of(path) not in STEADY:
        return set()
    starts = starts_of(path, plain)
    return {track for track in plain if EARLY <= starts.get(track, 1.0) <= LATE}


def starts_of(path: Path, tracks: Sequence[int]) -> dict[int, float]:
    """Return when the first packet of each audio track begins, in seconds from the start of the file."""
    arguments = input_arguments(path)
    for track in tracks:
        arguments += ["-map", f"0:a:{track}"]
    process = start(
        [*arguments, "-c", "copy", "-frames:a", "1", "-f", "framecrc", "pipe:1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said = process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {}
    bases = {int(number): int(up) / int(down) for number, up, down in _BASE.findall(said)}
    found: dict[int, float] = {}
    for number, at in _FIRST.findall(said):
        found.setdefault(tracks[int(number)], int(at) * bases[int(number)])
    return found
