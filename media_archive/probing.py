"""Looks into a recording without trusting it: what it holds and whether it can be published; knows no Django."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from media_archive.ffmpeg import MAX_PIXELS, MediaFault, demuxer_of, fault_of, input_arguments, start

PATIENCE = 120  # seconds; a transport stream is read from both ends
MOST_BITS = 200_000  # a second of sound that is copied
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
    profile: str = ""
    bits: int = 0  # a second; 0 where the file does not tell

    @property
    def can_be_copied(self) -> bool:
        """Tell whether browsers play it as it is, and nobody's line is overtaxed."""
        return (
            (self.codec, self.profile) == ("aac", "LC")
            and self.rate in {44_100, 48_000}
            and self.channels in {"mono", "stereo"}
            and self.bits <= MOST_BITS
        )


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
            "-map_metadata",  # so that the tags of sources stand only where they are
            "-1",
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
    picture, sounds = _picture(head), _sounds(said)
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


_MAPPED = re.compile(r"^ +Stream #0:(\d+) -> #0:(\d+) \((\w+)", re.MULTILINE)
_HEARD = re.compile(r"^ +Stream #0:(\d+)[^\n]*?: Audio: [^\n]*?, (\d+) Hz, ([^,\n]+)", re.MULTILINE)


def _sounds(said: str) -> tuple[Sound, ...]:
    """Return the sounds in their order, counted by what the program takes them for and not by what tags look like."""
    head, _mark, out = said.rpartition("\nOutput #0, ")
    head, _mark, mapping = head.rpartition("\nStream mapping:")
    taken = {int(out): (int(number), codec) for number, out, codec in _MAPPED.findall(mapping)}
    sounds: list[Sound] = []
    for number, rate, channels in _HEARD.findall(out):
        stream, codec = taken[int(number)]
        told = _told_of(head, stream)
        line = told[2].split("\n", 1)[0] if told else ""
        profile = re.match(rf"{codec} \(([\w-]+)\)", line)
        bits = re.search(r", (\d+) kb/s", line)
        title = re.search(r"\n {6,}title {2,}: ([^\n]+)", told[2]) if told else None
        sounds.append(
            Sound(
                len(sounds), codec, int(rate), channels.strip(), (told and told[1]) or "", title[1].strip() if title else "",
                profile[1] if profile else "", 1000 * int(bits[1]) if bits else 0,
            )
        )  # fmt: skip
    return tuple(sounds)


def _told_of(head: str, stream: int) -> re.Match[str] | None:
    """Return the language and the words of a stream of the source; a tag may hold line breaks and brackets."""
    inside = r"(?:(?!\n {2,4}Stream #0:\d+).)*?"
    return re.search(
        rf"^ +Stream #0:{stream}(?:\[0x[0-9a-f]+\])?(?:\(({inside})\))?: Audio: ({inside})(?=\n +Stream #|\Z)",
        head, re.DOTALL | re.MULTILINE,
    )  # fmt: skip


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
