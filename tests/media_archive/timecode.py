"""Makes small HLS recordings of one invented hall whose every picture tells when it was taken, in pixels.

The upper part of a picture is a row of black and white blocks: its milliseconds on the hall's clock as Gray code,
the highest bit left. So a test reads by itself how far two cameras are apart. A camera may begin late, stop and
go on (parts), and have a clock that runs wrong by some millionths; the playlist tells true times all the same. Cameras with an even number reorder their pictures (B-frames), as most files do.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from media_archive.ffmpeg import ffmpeg_path

WIDTH, HEIGHT = 320, 180
BITS = 20  # milliseconds up to 1,048 s
BLOCK = WIDTH // BITS
CODE_HEIGHT = 60
SEGMENT = 4  # seconds
PAL, NTSC = Fraction(25), Fraction(30000, 1001)


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera: parts as (first, last) seconds on the hall's clock, and how wrong its own clock runs in ppm."""

    number: int
    parts: tuple[tuple[float, float], ...]
    rate: Fraction = PAL
    ppm: float = 0
    has_sound: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    folder: Path
    first: float
    stretch: float  # seconds of the hall for one second of the file
    camera: Camera

    @property
    def name(self) -> str:
        return f"{self.camera.number}-{round(self.first * 1000)}"


def milliseconds_in(row: Sequence[float]) -> int:
    """Return the time that a picture tells, from the brightness (0–255) in the middle of each block."""
    value = 0
    for brightness in row:
        value = value << 1 | ((value & 1) ^ (brightness > 127))
    return value


def picture(milliseconds: int, ground: int) -> bytes:
    """Return one grey picture that tells the time."""
    code = milliseconds ^ (milliseconds >> 1)
    bits = np.array([255 if code >> (BITS - 1 - n) & 1 else 0 for n in range(BITS)], np.uint8)
    frame = np.full((HEIGHT, WIDTH), ground, np.uint8)
    frame[:CODE_HEIGHT, : BLOCK * BITS] = np.repeat(bits, BLOCK)
    # A bar that walks, so that eyes see it move too.
    place = milliseconds // 10 % WIDTH
    frame[CODE_HEIGHT + 30 : CODE_HEIGHT + 60, max(0, place - 8) : place + 8] = 235
    return frame.tobytes()


def make_cut(
    folder: Path, cameras: Sequence[Camera], *, day: dt.datetime, start: float, end: float
) -> list[dict[str, object]]:
    """Write each camera's playlists for start…end (seconds of the hall) and return what the player is told of them.

    ``day`` is the wall time of the hall's second 0. ``N/master.m3u8`` names ``N/picture.m3u8``.
    """
    told: list[dict[str, object]] = []
    for camera in cameras:
        home = folder / str(camera.number)
        parts = [_make_part(home, camera, *span) for span in camera.parts]
        codecs = "avc1.4D401E,mp4a.40.2" if camera.has_sound else "avc1.4D401E"
        (home / "picture.m3u8").write_text(_playlist(parts, day, start, end))
        (home / "master.m3u8").write_text(
            f"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION={WIDTH}x{HEIGHT},"
            f'CODECS="{codecs}"\npicture.m3u8\n'
        )
        told.append(
            {
                "number": camera.number,
                "label": camera.label,
                "master": f"{camera.number}/master.m3u8",
                "has_sound": camera.has_sound,
                "is_sound_master": camera.has_sound,
            }
        )
    return told


def _make_part(home: Path, camera: Camera, first: float, last: float) -> _Part:
    home.mkdir(parents=True, exist_ok=True)
    stretch = 1 + camera.ppm / 1e6
    part = _Part(home, first, stretch, camera)
    frames = round((last - first) / stretch * camera.rate)
    seconds = float(frames / camera.rate)
    sound = [
        "-f", "lavfi", "-t", f"{seconds:.3f}", "-i", f"sine=frequency={330 + 110 * camera.number}:sample_rate=48000",
    ] if camera.has_sound else []  # fmt: skip
    group = str(round(camera.rate * 2))
    command = [
        ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(camera.rate), "-i", "pipe:0", *sound,
        "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-bf", "0" if camera.number % 2 else "2", "-pix_fmt", "yuv420p", "-crf", "26",
        "-g", group, "-keyint_min", group, "-sc_threshold", "0", "-threads", "1",
        *(["-c:a", "aac", "-b:a", "64k", "-ac", "1"] if sound else []),
        "-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
        "-hls_flags", "single_file+independent_segments", "-hls_segment_filename", str(home / f"{part.name}.mp4"),
        str(home / f"{part.name}.m3u8"),
    ]  # fmt: skip
    ground = 50 + 35 * camera.number
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for n in range(frames):
            taken = first + float(n / camera.rate) * stretch
            process.stdin.write(picture(round(taken * 1000), ground))
        process.stdin.close()
    assert process.returncode == 0
    return part


def _playlist(parts: Sequence[_Part], day: dt.datetime, start: float, end: float) -> str:
    """Return a media playlist of the segments that overlap start…end, each with its true wall time."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{SEGMENT + 1}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    offset: float | None = None
    for part in parts:
        text = (part.folder / f"{part.name}.m3u8").read_text()
        mapped = re.search(r"#EXT-X-MAP:.*", text)
        assert mapped is not None
        opened = False
        passed = 0.0  # seconds of the file
        for length, span in re.findall(r"#EXTINF:([\d.]+),\s*\n#EXT-X-BYTERANGE:(\S+)", text):
            at, passed = part.first + passed * part.stretch, passed + float(length)
            until = part.first + passed * part.stretch
            if until <= start or at >= end:
                continue
            if not opened:
                if offset is not None:
                    lines.append("#EXT-X-DISCONTINUITY")
                lines.append(mapped[0])
                opened = True
            if offset is None:
                offset = max(0.0, start - at)
                lines.insert(5, f"#EXT-X-START:TIME-OFFSET={offset:.3f},PRECISE=YES")
            wall = day + dt.timedelta(seconds=at)
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{wall:%Y-%m-%dT%H:%M:%S}.{wall.microsecond // 1000:03d}Z",
                f"#EXTINF:{length},",
                f"#EXT-X-BYTERANGE:{span}",
                f"{part.name}.mp4",
            ]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def make_file(folder: Path, name: str, seconds: float) -> Path:
    """Write a plain MP4 file of so many seconds, as it is played without script, and return its path."""
    part = _make_part(folder / "plain", Camera(0, ((0, seconds),)), 0, seconds)
    target = folder / name
    playlist = part.folder / f"{part.name}.m3u8"
    command = [ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", "-i", str(playlist), "-c", "copy"]
    subprocess.run([*command, "-movflags", "+faststart", str(target)], check=True)
    shutil.rmtree(part.folder)
    return target
