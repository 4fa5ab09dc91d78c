"""Recordings made by ffmpeg: two cameras of one hall, and an event whose programme knows the hall."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone

from media_archive import packaging
from media_archive.ffmpeg import ffmpeg_path
from media_archive.models import (
    CameraFile,
    Chapter,
    Cue,
    Cut,
    CutState,
    Job,
    JobState,
    Match,
    Recording,
    Transcript,
)
from media_archive.packaging import Made
from media_archive.queries.opening import forget_openings
from media_archive.services.cutting import cut_sessions
from media_archive.services.filming import open_recording, take_file
from media_archive.services.working import keep
from sessions_app.programme.services.releasing import release_programme
from tests.factories import RoomFactory, SessionFactory, make_event, make_team_member

START = dt.datetime(2026, 5, 12, 7, tzinfo=dt.UTC)


def make_film(path: Path, *arguments: str) -> Path:
    """Make a file with ffmpeg; the arguments stand before its name."""
    subprocess.run([ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", *arguments, str(path)], check=True)
    return path


def hall(
    seconds: float, *, width: int = 320, height: int = 180, rate: str = "25", seed: int = 1, start: float = 0
) -> list[str]:
    """Return ffmpeg's arguments for a moving picture and a sound that swells as speech does, from a moment of it on."""
    length = seconds + start
    sound = (
        f"anoisesrc=d={length}:c=pink:r=16000:seed={seed}[noise];"
        f"anoisesrc=d={length}:c=white:r=16000:seed={seed + 50},lowpass=f=2,lowpass=f=4,volume=60[swell];"
        f"[noise][swell]amultiply,volume=3,alimiter=limit=0.9,atrim=start={start},asetpts=PTS-STARTPTS"
    )
    return [
        "-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r={rate}:d={seconds}",
        "-f", "lavfi", "-i", sound,
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-b:a", "64k",
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    forget_openings()


@pytest.fixture(scope="session")
def films(tmp_path_factory) -> dict[str, Path]:
    """Two cameras of 24 s; the farther one was switched on two seconds earlier."""
    folder = tmp_path_factory.mktemp("films")
    return {
        "closer": make_film(folder / "closer.mp4", *hall(24, start=2)),
        "farther": make_film(folder / "farther.mp4", *hall(26)),
    }


@pytest.fixture
def event(db):
    """A day in one hall: two sessions of ten seconds from the start on, and one in the evening."""
    event = make_event(sessions=0, slug="forum")
    room = RoomFactory(event=event, name_en="Main hall", name_ru="Большой зал")
    for number, (begin, end) in enumerate(((2, 10), (10, 20), (36000, 36060)), 1):
        SessionFactory(
            event=event, room=room, title_en=f"Session {number}", recorded=True, number=number,
            start=START + dt.timedelta(seconds=begin), end=START + dt.timedelta(seconds=end),
        )  # fmt: skip
    release_programme(event=event, actor=None, note="Programme")
    return event


@pytest.fixture
def recording(event) -> Recording:
    """The day's recording, still without files."""
    return open_recording(event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START)


@pytest.fixture(scope="session")
def worked(films, tmp_path_factory) -> dict[str, tuple[Path, list[Made], tuple[int, int]]]:
    """What work on the two files makes, once for all tests: folder, renditions, previews."""
    found = {}
    for label, path in films.items():
        folder = tmp_path_factory.mktemp(label)
        common = {"seconds": 120.0, "on_progress": lambda _done: True}
        made = [
            packaging.copy_source(path, folder, track=0, **common),
            *packaging.encode_ladder(path, folder, height=180, rate=25, track=0, **common),
            *packaging.encode_sounds(path, folder, tracks={"sound": 0}, **common),
        ]
        found[label] = (folder, made, packaging.encode_pictures(path, folder, duration=24, **common))
    return found


@pytest.fixture
def filmed(recording, films, worked) -> Recording:
    """The day's recording as it is when all is done, with both cameras on the clock."""
    for label, path in films.items():
        folder, made, (every, count) = worked[label]
        file = take_file(recording=recording, label=label, path=path, name=path.name, actor=None, move=False)
        for one in folder.iterdir():
            os.link(one, file.folder / one.name)
        is_first = label == "closer"
        CameraFile.objects.filter(pk=file.pk).update(
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(), duration_ms=24000 if is_first else 26000,
            width=320, height=180, rate=25, has_sound=True, can_be_copied=True, waveform=bytes(240), loudness=-23,
            offset_ms=0 if is_first else -2000, match=Match.FIRST if is_first else Match.HAND,
            preview_seconds=every, previews=count,
        )  # fmt: skip
        file.refresh_from_db()
        keep(file, [replace(one, path=file.folder / one.path.name) for one in made])
    Job.objects.filter(recording=recording).update(state=JobState.DONE)
    recording.refresh_from_db()
    return recording


@pytest.fixture
def public_cuts(filmed, event) -> list[Cut]:
    """The day's first two sessions, published for everybody, with two chapters and one line in the first."""
    cut_sessions(event=event, date=filmed.date, actor=None)
    Cut.objects.filter(event=event).update(state=CutState.PUBLISHED, publish_at=None)
    Chapter.objects.create(recording=filmed, at_ms=2000, title="Welcome <b>& more</b>")
    Chapter.objects.create(recording=filmed, at_ms=5000, title="Clusters")
    transcript = Transcript.objects.create(recording=filmed, language="ru")
    Cue.objects.create(transcript=transcript, start_ms=3000, end_ms=4000, text="Начнём </script>")
    return list(Cut.objects.filter(event=event, session__isnull=False).order_by("start_ms"))[:2]


@pytest.fixture
def now() -> dt.datetime:
    """This moment."""
    return timezone.now()


@pytest.fixture
def editor(event):
    """Somebody who edits the event's recordings."""
    return make_team_member(event, "media_editor")


@pytest.fixture
def desk(client, editor):
    """The editor's browser."""
    client.force_login(editor)
    return client


@pytest.fixture
def cuts(filmed, event) -> list[Cut]:
    """The day's first two sessions as drafts."""
    return cut_sessions(event=event, date=START.date(), actor=None).made
