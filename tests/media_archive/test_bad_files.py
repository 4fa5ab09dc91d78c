"""Files that are not what they seem, or that no camera should have written: told in words, and harmless."""

from __future__ import annotations

import socket
import subprocess
import threading

import pytest

from media_archive.faults import WORDS
from media_archive.ffmpeg import FAULTS, ffmpeg_path, input_arguments
from media_archive.models import Job, JobState, Step
from media_archive.probing import probe
from media_archive.services.filming import clean_name, take_file
from media_archive.services.working import work_until_idle
from tests.media_archive.conftest import hall, make_film

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def _take(recording, path, name="film.mp4"):
    return take_file(recording=recording, label="", path=path, name=name, actor=None, move=False)


@pytest.fixture
def listener():
    """A server on loopback that remembers whether anybody connected."""
    connections = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)

    def listen() -> None:
        while not connections:
            try:
                connections.append(server.accept())
            except TimeoutError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield server.getsockname()[1], connections
    server.close()
    thread.join()


def test_playlists_and_scripts_renamed_read_and_open_nothing(recording, tmp_path, listener, films) -> None:
    port, connections = listener
    canary = tmp_path / "canary.mp4"
    canary.write_bytes(films["closer"].read_bytes())
    before = canary.stat().st_atime_ns
    texts = {
        "hls.mp4": f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nhttp://127.0.0.1:{port}/x.ts\n#EXTINF:1,\nfile://{canary}\n#EXT-X-ENDLIST\n",
        "concat.mp4": f"ffconcat version 1.0\nfile '{canary}'\n",
        "dash.mp4": f'<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>',
        "sdp.mp4": "v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "script.mp4": "#!/bin/sh\nrm -rf /\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text)
        _take(recording, path, name)
    work_until_idle()
    jobs = list(Job.objects.filter(step=Step.CHECK))
    assert [(job.state, job.fault) for job in jobs] == [(JobState.FAILED, "unknown")] * len(texts)
    assert canary.stat().st_atime_ns == before
    assert connections == []
    # Told to be an MP4 all the same, the demuxer finds none, and follows nothing.
    disguised = tmp_path / "disguised.mp4"
    disguised.write_bytes(b"\0\0\0\x18ftypisom" + bytes(12) + texts["hls.mp4"].encode())
    _take(recording, disguised)
    work_until_idle()
    assert Job.objects.get(file__name="film.mp4", step=Step.CHECK).fault == "unreadable"
    assert connections == []


def test_a_name_is_no_option_and_no_path(recording, films) -> None:
    for name, shown in (
        ("-y.mp4", "-y.mp4"), ("../../etc/passwd", "passwd"), ("a\r\nSet-Cookie: x.mp4", "aSet-Cookie: x.mp4"),
        ("Запись дня 🎥.mp4", "Запись дня 🎥.mp4"), ("C:\\films\\day.mp4", "day.mp4"), ("", "recording"),
    ):  # fmt: skip
        assert clean_name(name) == shown
    file = _take(recording, films["closer"], "-y.mp4")
    assert file.source.name == "original"
    assert str(file.guid) in file.path


@pytest.mark.parametrize(
    ("name", "make", "fault"),
    [
        ("empty.mp4", lambda path: path.write_bytes(b""), "empty"),
        ("truncated.mp4", lambda path: path.write_bytes(make_film(path, *hall(6)).read_bytes()[:60000]), "unreadable"),
        ("picture.mp4", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100)), "unknown"),
        ("zip.mov", lambda path: path.write_bytes(b"PK\x03\x04" + bytes(2000)), "unknown"),
        ("noise.mkv", lambda path: path.write_bytes(b"\x1aE\xdf\xa3" + bytes(range(256)) * 40), "unreadable"),
        (
            "bomb.mp4",
            lambda path: make_film(path, "-f", "lavfi", "-i", "color=s=8192x8192:r=1:d=1", "-c:v", "libx264", "-preset", "ultrafast"),
            "too_many_pixels",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_published_is_told_in_words_and_the_queue_goes_on(
    recording, tmp_path, films, name, make, fault
) -> None:
    path = tmp_path / name
    make(path)
    bad = _take(recording, path, name)
    good = _take(recording, films["closer"])
    work_until_idle()
    job = Job.objects.get(file=bad, step=Step.CHECK)
    assert (job.state, job.fault) == (JobState.FAILED, fault)
    assert str(WORDS[fault])
    assert not bad.renditions.exists()
    assert good.renditions.count() == 3


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("mute.mp4", [*hall(6), "-an"], {"source", "180"}),
        ("sound.mp3", ["-f", "lavfi", "-i", "sine=440:d=6"], {"sound"}),
        ("wrong.avi", [*hall(6), "-f", "mp4"], {"source", "180", "sound"}),
        ("prores.mov", [*hall(3), "-c:v", "prores", "-c:a", "pcm_s16le"], {"180", "sound"}),
        ("hevc.mkv", [*hall(3), "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"], {"180", "sound"}),
        ("tracks.mkv", [*hall(4), *["-map", "0:v", *["-map", "1:a"] * 10]], {"source", "180", "sound"}),
        ("stream.ts", hall(4), {"source", "180", "sound"}),
        ("variable.mp4", [*hall(6), "-vf", "select='not(mod(n,3))+lt(n,50)'", "-fps_mode", "vfr"], {"source", "180", "sound"}),
        ("odd.mkv", [*hall(3, width=322, height=182)], {"source", "182", "sound"}),
        ("fast.mp4", hall(3, rate="50"), {"source", "180", "sound"}),
    ],
)  # fmt: skip
def test_what_cameras_write_is_published(recording, tmp_path, name, arguments, expected) -> None:
    file = _take(recording, make_film(tmp_path / name, *arguments), name)
    work_until_idle()
    assert [job.fault for job in Job.objects.filter(state=JobState.FAILED).exclude(step=Step.ALIGN)] == []
    assert {one.name for one in file.renditions.all()} == expected
    for one in file.renditions.all():
        found = probe(file.folder / f"{one.name}.mp4")
        assert found.seconds == pytest.approx(sum(one.lengths), abs=0.35)
        assert bool(found.sounds) == (name != "mute.mp4")
        if found.picture:
            assert found.picture.codec == "h264"
            assert found.picture.rate <= 50


def test_a_turned_picture_comes_out_upright(recording, tmp_path) -> None:
    flat = make_film(tmp_path / "flat.mp4", *hall(3))
    turned = tmp_path / "turned.mp4"
    subprocess.run(
        [
            ffmpeg_path(),
            "-loglevel",
            "error",
            "-display_rotation",
            "90",
            "-i",
            str(flat),
            "-c",
            "copy",
            str(turned),
        ],
        check=True,
    )
    file = _take(recording, turned)
    work_until_idle()
    file.refresh_from_db()
    assert (file.width, file.height) == (180, 320)
    (ladder,) = file.renditions.filter(height__gt=0)
    picture = probe(file.folder / f"{ladder.name}.mp4").picture
    assert (picture.width, picture.height, picture.is_turned) == (180, 320, False)


def test_every_fault_has_words_and_the_program_sees_no_address(films) -> None:
    assert set(FAULTS) <= set(WORDS)
    arguments = input_arguments(films["closer"])
    assert arguments[arguments.index("-protocol_whitelist") + 1] == "file"
    assert arguments[-1] == f"file:{films['closer']}"
