"""Looks into a recording without trusting it: what it holds and whether it can be published; knows no Django."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from media_archive.ffmpeg import MAX_PIXELS, MediaFault, demuxer_of, fault_of, input_arguments, start

PATIENCE = 120  # seconds; a transport stream is read from both ends
LONGEST_HOURS = 26  # a day with its night


@dataclass(frozen=True, slots=True)
class Picture:
    """A recording's picture as it is shown: width and height in pixels after turning, frames a second."""

    codec: str
    width: int
    height: int
    rate: float
    pixel_format: str
    is_turned: bool
    is_steady: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """One audio track of a recording; ``index`` counts audio tracks from 0."""

    index: int
    codec: str
    rate: int
    channels: str
    language: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a recording holds. ``seconds`` is its length; ``made_at`` is what the camera wrote, in UTC, if anything."""

    container: str
    seconds: float
    picture: Picture | None
    sounds: tuple[Sound, ...]
    made_at: dt.datetime | None

    @property
    def can_be_copied(self) -> bool:
        """Tell whether browsers play the picture as it is, so that publishing needs no encoding."""
        picture = self.picture
        return (
            picture is not None
            and picture.codec == "h264"
            and picture.pixel_format in {"yuv420p", "yuvj420p"}
            and not picture.is_turned
            and self.container in {"mov", "matroska", "mpegts", "flv"}
        )


def probe(path: Path) -> Probe:
    """Return what the file holds. Raises MediaFault when it is no recording that can be played."""
    container = demuxer_of(path)
    process = start(
        # The first frames are decoded, so that a picture too large to be decoded shows here and not in an hour.
        [
            *input_arguments(path),
            "-map",
            "0:v:0?",
            "-map",
            "0:a?",
            "-frames:v",
            "2",
            "-t",
            "1",
            "-f",
            "null",
            "-",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _out, raw = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise MediaFault("too_slow") from error
    said = raw.decode("utf-8", "replace")
    head = said.split("Stream mapping:")[0].split("Output #0")[0]
    picture, sounds = _picture(head), _sounds(head)
    if picture is not None and picture.width * picture.height > MAX_PIXELS:
        raise MediaFault("too_many_pixels", said[-2000:])
    if process.returncode:
        raise MediaFault(fault_of(said), said[-2000:])
    if picture is None and not sounds:
        raise MediaFault("nothing_to_play", said[-2000:])
    seconds = _length(head) or _measured(path)
    if not 0 < seconds <= LONGEST_HOURS * 3600:
        raise MediaFault("unreadable", said[-2000:])
    return Probe(container, seconds, picture, sounds, _made_at(head))


_STREAM = re.compile(
    r"^ +Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\(([^\n]*?)\))?: (Video|Audio): (.*?)(?=\n\s+Stream #|\Z)",
    re.DOTALL | re.MULTILINE,
)


def _picture(head: str) -> Picture | None:
    for found in _STREAM.finditer(head):
        text = found[4]
        line = text.split("\n", 1)[0]
        size = re.search(r", (\d{2,6})x(\d{2,6})[ ,\[\n]", line + "\n")
        if found[3] != "Video" or size is None or "(attached pic)" in line:
            continue
        width, height = int(size[1]), int(size[2])
        turn = re.search(r"rotation of (-?\d+)", text)
        is_sideways = turn is not None and abs(int(turn[1])) % 180 == 90
        rate, ticks = (_rate(line, unit) for unit in ("fps", "tbr"))
        pixel_format = re.search(r", (\w+)(?:\([^)]*\))?, \d{2,6}x", line)
        return Picture(
            codec=line.split(" ")[0].rstrip(","),
            width=height if is_sideways else width,
            height=width if is_sideways else height,
            rate=rate or ticks or 25.0,
            pixel_format=pixel_format[1] if pixel_format else "",
            is_turned=turn is not None and int(turn[1]) % 360 != 0,
            is_steady=bool(rate) and abs(rate - (ticks or rate)) < 0.02 * rate,
        )
    return None


def _rate(line: str, unit: str) -> float:
    found = re.search(rf"([\d.]+)(k?) {unit}\b", line)
    return float(found[1]) * (1000 if found[2] else 1) if found else 0.0


def _sounds(head: str) -> tuple[Sound, ...]:
    tracks = [found for found in _STREAM.finditer(head) if found[3] == "Audio"]
    sounds = []
    for index, found in enumerate(tracks):
        line = found[4].split("\n", 1)[0]
        rate = re.search(r"(\d+) Hz, ([^,]+)", line)
        title = re.search(r"\n {6,}title {2,}: ([^\n]+)", found[4])
        if rate is not None:
            name, said = line.split(" ")[0].rstrip(","), title[1].strip() if title else ""
            sounds.append(Sound(index, name, int(rate[1]), rate[2], found[2] or "", said))
    return tuple(sounds)


def _length(head: str) -> float:
    found = re.search(r"Duration: (\d+):(\d\d):(\d\d\.\d+)", head)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


def _measured(path: Path) -> float:
    """Return the length of a file whose header does not tell, by reading it through."""
    from media_archive.ffmpeg import run

    last = 0.0

    def note(seconds: float) -> bool:
        nonlocal last
        last = seconds
        return True

    run([*input_arguments(path), "-map", "0", "-c", "copy", "-f", "null", "-"], seconds=600, on_progress=note)
    return last


def _made_at(head: str) -> dt.datetime | None:
    found = re.search(r"creation_time\s*: (\S+)", head)
    if found is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(found[1])
    except ValueError:
        return None
    # Cameras whose clock was never set write 1904, 1970 or nothing.
    return moment.astimezone(dt.UTC) if moment.tzinfo and moment.year >= 2000 else None
