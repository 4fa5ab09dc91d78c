"""Files to be kept: a cut from its first moment to its last, also of a camera that was stopped and started again."""

from __future__ import annotations

import os
import re
import struct
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from lxml import etree

from media_archive import packaging
from media_archive.downloads import Film, Stretch, joined
from media_archive.ffmpeg import ffmpeg_path
from media_archive.fragments import find, lead_of
from media_archive.models import Access, CameraFile, Cut, Match
from media_archive.packaging import Made
from media_archive.pages.published import published
from media_archive.playlists import Part, spans
from media_archive.queries.opening import forget_openings
from media_archive.services.cutting import cut_whole_day, publish_cut
from media_archive.services.filming import take_file
from media_archive.services.working import keep
from media_archive.templatetags.plain_video import begun_at
from sessions_app.programme.views.public import reader_of_event
from tests.media_archive.asgi import ask
from tests.media_archive.timecode import BITS, BLOCK, HEIGHT, WIDTH, milliseconds_in, picture

PARTS = ((0.0, 10.0), (15.3, 23.3))  # seconds of the hall that the camera filmed


def film(path: Path, first: float, last: float, *, rate: int = 25, gain: int = 1, size: str = "") -> Path:
    """Make a file whose every picture tells the hall's time, with a beep at each second of the hall."""
    beep = f"aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t+{first},1),0.1)':s=48000:d={last - first}"
    scaled = ["-vf", f"scale={size}"] if size else []
    command = [
        ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "gray",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(rate), "-i", "pipe:0", "-f", "lavfi", "-i", beep, *scaled,
        "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", str(gain), str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for n in range(round((last - first) * rate)):
            process.stdin.write(picture(round((first + n / rate) * 1000), 90))
        process.stdin.close()
    assert process.returncode == 0
    return path


def work_on(source: Path, folder: Path) -> list[Made]:
    """Make of a file what work makes of it."""
    common = {"seconds": 120.0, "on_progress": lambda _done: True}
    return [
        *packaging.encode_ladder(source, folder, height=180, rate=25, track=0, **common),
        *packaging.encode_sounds(source, folder, tracks={"sound": 0}, **common),
    ]


@pytest.fixture(scope="session")
def halves(tmp_path_factory) -> list[list[Made]]:
    """What is made of the two files of a camera that was stopped and started again."""
    found = []
    for first, last in PARTS:
        folder = tmp_path_factory.mktemp(f"part{first:.0f}")
        found.append(work_on(film(folder / "source.mp4", first, last), folder))
    return found


def cut_of(halves: list[list[Made]], name: str, start: float, end: float) -> list[Film]:
    """Return a cut of the hall's seconds as files."""
    stretches = []
    for (begin, _last), made in zip(PARTS, halves, strict=True):
        one = next(one for one in made if one.name == name)
        part = Part(begin * 1000, 0, one.header, one.lengths, one.sizes)
        for span in spans([part], start * 1000, end * 1000):
            lengths = one.lengths[span.first : span.last]
            first = max(span.seconds, start - begin)
            stretches.append(
                Stretch(
                    one.path, one.header, span.begin, one.sizes[span.first : span.last], lengths, span.seconds,
                    first, min(end - begin, span.seconds + sum(lengths)), begin + first - start,
                )
            )  # fmt: skip
    return joined(stretches)


def written(cut: Film, path: Path) -> Path:
    path.write_bytes(b"".join(cut.read(0, cut.size - 1)))
    return path


def pictures_of(path: Path) -> list[tuple[float, int]]:
    """Return second and told milliseconds of the hall for each picture that is shown from zero on."""
    said = subprocess.run(
        [ffmpeg_path(), "-nostdin", "-copyts", "-i", str(path), "-map", "0:v", "-vf", "showinfo", "-fps_mode", "passthrough",
         "-f", "null", "-"], capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    raw = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), "-map", "0:v", "-fps_mode", "passthrough", "-pix_fmt", "gray",
         "-f", "rawvideo", "-"], capture_output=True, check=True,
    ).stdout  # fmt: skip
    frames = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)
    told = [milliseconds_in(frame[30, BLOCK // 2 : BLOCK * BITS : BLOCK]) for frame in frames]
    times = [float(time) for time in re.findall(r"pts_time:(\S+)", said)]
    return [(time, ms) for time, ms in zip(times, told, strict=True) if time >= 0]


def beeps_of(path: Path) -> list[float]:
    """Return the seconds at which beeps set in."""
    raw = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-i", str(path), "-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    loud = np.flatnonzero(np.abs(np.frombuffer(raw, np.int16).astype(int)) > 4000) / 8000
    return [float(loud[0]), *(float(after) for before, after in pairwise(loud) if after - before > 0.2)]


def test_a_camera_that_was_stopped_is_one_file_with_all_at_its_place(halves, tmp_path) -> None:
    (cut,) = cut_of(halves, "180", 5.3, 20.9)
    assert cut.seconds == pytest.approx(15.6)
    path = written(cut, tmp_path / "cut.mp4")
    assert path.stat().st_size == cut.size
    shown = pictures_of(path)
    assert shown[0][0] <= 0.04
    assert max(abs(5300 + 1000 * time - ms) for time, ms in shown[1:]) <= 40, "each picture when it was taken"
    gaps = [(before[0], after[0]) for before, after in pairwise(shown) if after[0] - before[0] > 0.1]
    assert gaps == [(pytest.approx(4.66, abs=0.05), pytest.approx(10.0, abs=0.05))], "the picture stands"
    assert shown[-1][0] == pytest.approx(15.56, abs=0.13), "and no more than the cut"
    expected = [0.7, 1.7, 2.7, 3.7, 10.7, 11.7, 12.7, 13.7, 14.7]
    assert beeps_of(path) == pytest.approx(expected, abs=0.03), "sound goes on behind the silence"


def test_sound_alone_is_in_step_with_captions_and_chapters(halves, tmp_path) -> None:
    (cut,) = cut_of(halves, "sound", 2.5, 20.9)
    expected = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 13.5, 14.5, 15.5, 16.5, 17.5]
    assert beeps_of(written(cut, tmp_path / "cut.m4a")) == pytest.approx(expected, abs=0.03)


def test_every_range_is_a_piece_of_the_whole(halves) -> None:
    (cut,) = cut_of(halves, "180", 5.3, 21.0)
    whole = b"".join(cut.read(0, cut.size - 1))
    for first in range(0, cut.size, cut.size // 23):
        last = min(cut.size - 1, first + cut.size // 5)
        assert b"".join(cut.read(first, last)) == whole[first : last + 1]


def test_a_cut_that_begins_before_the_camera_is_silent_until_then(halves, tmp_path) -> None:
    (cut,) = cut_of(halves, "sound", 12.0, 21.0)
    assert cut.seconds == pytest.approx(9)
    assert beeps_of(written(cut, tmp_path / "cut.m4a"))[0] == pytest.approx(4.0, abs=0.03)


def test_the_header_tells_the_length_whatever_ticks_it_had(halves, tmp_path) -> None:
    (cut,) = cut_of(halves, "180", 5.3, 21.0)
    header = next(cut.read(0, cut.stretches[0].header - 1))
    at, _end = next(find(header, "moov/mvhd"))
    assert struct.unpack_from(">II", header, at + 12) == (1000, 15700)
    said = subprocess.run(
        [ffmpeg_path(), "-i", str(written(cut, tmp_path / "cut.mp4"))], capture_output=True, text=True, check=False
    ).stderr  # fmt: skip
    assert "Duration: 00:00:15.7" in said


def test_parts_that_no_decoder_could_go_on_with_stay_files_of_their_own(halves, tmp_path) -> None:
    other = work_on(film(tmp_path / "other.mp4", *PARTS[1], size="240:180"), tmp_path)
    found = cut_of([halves[0], other], "180", 5.3, 21.0)
    assert [one.filmed for one in found] == pytest.approx([4.7, 5.7])
    assert len(cut_of([halves[0], other], "sound", 5.3, 21.0)) == 1


def test_ffmpeg_s_own_lead_is_no_part_of_the_film(halves) -> None:
    (cut,) = cut_of(halves, "180", 5.3, 9.0)
    assert lead_of(cut.stretches[0].tracks) == pytest.approx(0.08, abs=0.001), (
        "two pictures are decoded earlier"
    )


@pytest.fixture
def day(recording, halves) -> Cut:
    """The whole day of a camera that was stopped and started again, for everybody."""
    for number, ((first, last), made) in enumerate(zip(PARTS, halves, strict=True)):
        path = made[0].path.parent / "source.mp4"
        file = take_file(
            recording=recording, label="hall", path=path, name=f"{number}.mp4", actor=None, move=False
        )
        CameraFile.objects.filter(pk=file.pk).update(
            sha256=f"{number:064}", duration_ms=round(1000 * (last - first)), width=320, height=180, rate=25, has_sound=True,
            offset_ms=1000 * first, match=Match.FIRST if number == 0 else Match.HAND,
        )  # fmt: skip
        file.refresh_from_db()
        for one in made:
            os.link(one.path, file.folder / one.path.name)
        keep(file, [replace(one, path=file.folder / one.path.name) for one in made])
    forget_openings()
    recording.refresh_from_db()
    return publish_cut(cut=cut_whole_day(recording=recording, actor=None), access=Access.PUBLIC, actor=None)


@pytest.mark.django_db
def test_everything_that_is_given_away_is_the_whole_cut(client, day, event) -> None:
    base = f"/media/forum/session/{day.code}/1/"
    sound, film_ = (ask(f"{base}{name}") for name in ("file-sound.m4a", "file-180.mp4"))
    assert (sound.status, film_.status) == (200, 200)
    item = etree.fromstring(client.get("/events/forum/recordings.rss").content).find("channel/item")
    assert item.find("enclosure").get("url") == f"{settings.BASE_URL}{base}file-sound.m4a"
    assert item.find("enclosure").get("length") == str(len(sound.body))
    assert item.findtext("{*}duration") == "23"
    (one,) = published(event, reader_of_event(event))
    assert one.picture.url == f"{settings.BASE_URL}{base}file-180.mp4"
    assert one.picture.size == len(film_.body)
    page = client.get(f"/en/events/forum/recordings/{day.code}/?t=99").content.decode()
    assert f'src="{base}file-180.mp4#t=23.3"' in page
    assert re.findall(rf'href="{base}(file-[^"]*)"', page) == [
        "file-180.mp4?download",
        "file-sound.m4a?download",
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("75", "#t=75"), ("1:15", "#t=75"), ("1:02:03", "#t=3723"), ("1m15.5s", "#t=75.5"), ("", ""), ("9999", "#t=4000"), ("0", ""), ('"><b>', ""), ("-5", ""), ("nan", "")],
)  # fmt: skip
def test_a_video_without_script_begins_at_the_place_asked_for(asked, expected) -> None:
    assert begun_at(asked, 4000.0) == expected
