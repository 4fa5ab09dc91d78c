"""Makes the recordings of the demo's hall: three days, two cameras, from nothing but numbers and ffmpeg.

The closer camera's first file is the clock. The farther one was switched on 7.3 s earlier, has the other frame rate,
and its own clock is 35 ppm slow, so that there is something to align. Every picture carries the hall's time. The
same plan gives the same files.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cms.demo import hall_pictures
from cms.demo.voices import RATE, Wave, record, speak
from media_archive.ffmpeg import ffmpeg_path

EARLIER = 7.3  # seconds before the clock's zero at which the farther camera is switched on
LONGER = 2.0  # seconds for which it runs on
SLOW = 35.0  # ppm


@dataclass(frozen=True, slots=True)
class Slide:
    """What stands on the hall's screen from a second of the clock on."""

    second: float
    title: str


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day: ``zero`` is the hall's time at the clock's zero, ``seconds`` how long the closer camera films.

    With ``pause`` the closer camera is switched off from one second to another, and so leaves two files.
    """

    day: int
    zero: dt.time
    seconds: float
    slides: tuple[Slide, ...]
    pause: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file with its true place: its moment t lies at offset_ms + t * (1 + clock_ppm / 1e6) of the clock."""

    day: int
    label: str
    part: int
    path: Path
    offset_ms: float
    clock_ppm: float


@dataclass(frozen=True, slots=True)
class _Camera:
    label: str
    rate: str
    ppm: float
    reverberant: float  # dB above the direct sound
    noise: float  # dB of all other sound


CLOSER = _Camera("closer", "25", 0.0, -6.0, -26.0)
FARTHER = _Camera("farther", "30000/1001", SLOW, 4.0, -14.0)

DAYS = (
    DayPlan(
        1, dt.time(10, 18, 40), 150,
        (
            Slide(-60, "Цифровая трансформация: возможности для кластеров"),
            Slide(80, "Чего цифровая повестка требует от кластеров"),
            Slide(112, "Умный регион в измеримых величинах"),
        ),
    ),
    DayPlan(
        2, dt.time(9, 29, 50), 132,
        (
            Slide(-60, "Производительность труда и кластерные инициативы"),
            Slide(70, "Что может добавить кластер"),
        ),
    ),
    DayPlan(
        3, dt.time(9, 29, 50), 132,
        (Slide(-60, "Региональные инновационные экосистемы"), Slide(75, "После кофе")),
        pause=(57, 72.4),
    ),
)  # fmt: skip


def make_recordings(folder: Path, plan: Sequence[DayPlan]) -> list[MadeFile]:
    """Make every camera's files of the days in ``folder``, in the order of days, cameras and parts.

    Raises CalledProcessError when ffmpeg cannot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for day in plan:
        # The speaker begins before the clock's zero, for the farther camera's first seconds.
        length = day.seconds + EARLIER + LONGER + 1
        hall, booth = speak(length, seed=day.day), speak(length, seed=50 + day.day, pitch_hz=205)
        for camera, spans in ((CLOSER, _closer_spans(day)), (FARTHER, ((-EARLIER, day.seconds + LONGER),))):
            for part, (begin, end) in enumerate(spans, 1):
                name = f"day-{day.day}-{camera.label}" + (f"-{part}" if len(spans) > 1 else "")
                path = folder / f"{name}.mp4"
                _make(path, day, camera, hall, booth, begin, (end - begin) / (1 + camera.ppm * 1e-6))
                made.append(MadeFile(day.day, camera.label, part, path, begin * 1000, camera.ppm))
    return made


def _closer_spans(day: DayPlan) -> tuple[tuple[float, float], ...]:
    if day.pause is None:
        return ((0.0, day.seconds),)
    return (0.0, day.pause[0]), (day.pause[1], day.seconds)


def _make(
    path: Path, day: DayPlan, camera: _Camera, hall: Wave, booth: Wave, begin: float, seconds: float
) -> None:
    """Write one file that begins at a second of the clock; the closer camera's has the interpreter as a second sound."""
    sound = record(
        hall, begin=begin + EARLIER, seconds=seconds, ppm=camera.ppm,
        reverberant=camera.reverberant, noise=camera.noise, seed=100 * day.day + len(camera.label),
    )  # fmt: skip
    first = round((begin + EARLIER) * RATE)
    sounds = {"rus": sound}
    if camera is CLOSER:
        sounds["eng"] = 0.09 * booth[first : first + round(seconds * RATE)]
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        work = Path(name)
        pictures, graph = _scene(work, day, camera, begin)
        heard: list[str] = []
        maps: list[str] = []
        for n, (language, wave) in enumerate(sounds.items()):
            (work / f"{language}.raw").write_bytes((np.clip(wave, -1, 1) * 32767).astype("<i2").tobytes())
            heard += ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", f"{language}.raw"]
            maps += ["-map", f"{len(pictures) + n}:a", f"-metadata:s:a:{n}", f"language={language}"]
        shutil.copyfile(hall_pictures.font_file(), work / "font.ttf")
        (work / "clock.txt").write_text(f"%{{pts:hms:{_seconds_of_day(day.zero) + begin:.3f}}}")
        inputs = [part for picture in pictures for part in ("-i", picture)]
        command = [
            ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *inputs,
            *heard, "-filter_complex", graph, "-map", "[out]", *maps,
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-g", "50", "-pix_fmt", "yuv420p",
            "-c:a", "aac", "-b:a", "80k", "-ar", "48000", "-t", f"{seconds:.3f}",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-threads", "2",
            "-movflags", "+faststart", "film.mp4",
        ]  # fmt: skip
        # It runs inside the folder: names in a graph of filters know no quoting that bears every path.
        subprocess.run(command, cwd=work, check=True, capture_output=True)  # noqa: S603 - a list of our own
        (work / "film.mp4").replace(path)


def _scene(work: Path, day: DayPlan, camera: _Camera, begin: float) -> tuple[list[str], str]:
    """Draw the pictures and return their names and the graph that moves them."""
    draw = hall_pictures.closer if camera is CLOSER else hall_pictures.farther
    names = []
    for n, slide in enumerate(day.slides):
        draw(slide.title, day.day - 1).save(work / f"hall-{n}.png")
        names.append(f"hall-{n}.png")
    slides, sprites = len(names), _sprites(camera, begin)
    for n, (picture, _x, _y) in enumerate(sprites):
        picture.save(work / f"sprite-{n}.png")
        names.append(f"sprite-{n}.png")
    # A picture is read once and held, and the sprites of one hall overlap in the order of the list.
    steps = [
        f"[{n}:v]format={'yuv420p' if n < slides else 'yuva420p'},loop=loop=-1:size=1,fps={camera.rate},"
        f"setpts=N/({camera.rate})/TB[p{n}]"
        for n in range(len(names))
    ]
    last = "p0"
    for n in range(1, slides):
        steps.append(f"[{last}][p{n}]overlay=enable='gte(t,{day.slides[n].second - begin:.3f})'[s{n}]")
        last = f"s{n}"
    for n, (_picture, x, y) in enumerate(sprites, slides):
        steps.append(f"[{last}][p{n}]overlay=x='{x}':y='{y}'[s{n}]")
        last = f"s{n}"
    steps.append(
        f"[{last}]drawtext=fontfile=font.ttf:textfile=clock.txt:fontsize=15:fontcolor=white@0.9:"
        "x=w-tw-14:y=h-th-12:box=1:boxcolor=black@0.45:boxborderw=5[out]"
    )
    return names, ";\n".join(steps)


def _sprites(camera: _Camera, begin: float) -> list[tuple[Image.Image, str, str]]:
    """Return what moves, with its place as expressions of the file's second; both cameras see the same sway."""
    t = f"(t*{1 + camera.ppm * 1e-6:.8f}{begin:+.3f})"
    sway, nod = f"sin({t}*0.53)+0.6*sin({t}*0.31+1)", f"sin({t}*1.7)*sin({t}*0.41)"
    if camera is CLOSER:
        return [
            (hall_pictures.body(), f"400+5*({sway})", "150"),
            (hall_pictures.head(), f"450+7*({sway})+2*sin({t}*1.1)", f"60+2.5*{nod}"),
            (hall_pictures.desk(250, 110), "375", "262"),
        ]
    return [
        (hall_pictures.figure(), f"112+1.6*({sway})", f"180+0.6*{nod}"),
        (hall_pictures.desk(44, 44), "104", "214"),
    ]


def _seconds_of_day(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second
