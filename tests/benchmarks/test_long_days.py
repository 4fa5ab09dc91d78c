"""Whole days of two cameras, worked through by nobody's hand: small pictures, all of the sound and of the time.

``BENCH_HOURS=8`` makes days as they are filmed; what pictures cost in full size, ``test_media.py`` measures.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import resource
import time
from collections import defaultdict
from pathlib import Path

import pytest

from media_archive.models import Access, CameraFile, Job, JobState, Match
from media_archive.services.cutting import cut_sessions, publish_cut
from media_archive.services.filming import open_recording, take_file
from media_archive.services.working import work_until_idle
from sessions_app.programme.services.releasing import release_programme
from tests.benchmarks.conftest import Table
from tests.factories import RoomFactory, SessionFactory, make_event
from tests.media_archive.asgi import ask
from tests.media_archive.conftest import START, hall, make_film

DAYS = int(os.environ.get("BENCH_DAYS", "3"))
HOURS = float(os.environ.get("BENCH_HOURS", "0.2"))
EARLIER = 7.0  # seconds that the farther camera was on before the closer one
PAUSE = 5.0  # seconds for which the farther one was off, in the middle of the day
SMALL = {"width": 128, "height": 72, "rate": "5"}


def film(folder: Path) -> dict[str, list[Path]]:
    """Make a day's files: the closer camera's one, and the two of the farther one, which was stopped once."""
    whole, half = HOURS * 3600, HOURS * 1800
    parts = {
        "closer": [(EARLIER, whole)],
        "farther": [(0.0, half), (half + PAUSE, half + EARLIER - PAUSE)],
    }
    return {
        label: [
            # The sound of cameras is of 48 kHz.
            make_film(folder / f"{label}-{number}.mp4", *hall(seconds, start=start, **SMALL), "-ar", "48000")
            for number, (start, seconds) in enumerate(pairs)
        ]
        for label, pairs in parts.items()
    }


def of_day(path: Path, day: int) -> Path:
    """Return the file as another day's: of another hash, or it would be known for one that is there already."""
    return make_film(
        path.with_name(f"{day}-{path.name}"),
        "-i", f"file:{path}", "-c", "copy", "-metadata", f"comment=day {day}",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_days_run_through(settings, tmp_path, table: Table) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    event = make_event(sessions=0, slug="forum")
    room = RoomFactory(event=event, name_en="Main hall", name_ru="Большой зал")
    dates = [event.days.first().date + dt.timedelta(days=number) for number in range(DAYS)]
    length = dt.timedelta(hours=HOURS / 8)
    starts = [dt.datetime.combine(date, START.timetz()) for date in dates]
    for start in starts:
        for number in range(8):
            begin = start + number * length
            SessionFactory(event=event, room=room, recorded=True, start=begin, end=begin + length)
    release_programme(event=event, actor=None, note="Programme")
    recordings = []
    filmed = film(tmp_path)
    for day, (date, start) in enumerate(zip(dates, starts, strict=True), 1):
        recording = open_recording(event=event, date=date, room_name="Main hall", actor=None, starts_at=start)
        recordings.append(recording)
        for label, files in filmed.items():
            for path in files:
                mine = of_day(path, day)
                take_file(recording=recording, label=label, path=mine, name=path.name, actor=None, move=True)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    steps = work_until_idle()
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)

    unfinished = Job.objects.exclude(state__in=(JobState.DONE, JobState.SKIPPED))
    assert not list(unfinished.values_list("step", "state", "fault", "log"))
    wrong = []
    for file in CameraFile.objects.filter(camera__label="farther").order_by("pk"):
        assert file.match == Match.SOUND, file.proposed
        is_first = file.name.endswith("-0.mp4")
        wrong.append(abs(file.offset_ms - (-EARLIER if is_first else HOURS * 1800 + PAUSE - EARLIER) * 1000))
    cutting = []
    for recording in recordings:
        began = time.monotonic()
        result = cut_sessions(event=event, date=recording.date, actor=None)
        cutting.append((time.monotonic() - began) * 1000)
        assert [cut.start_ms for cut in result.made] == [
            round(n * length.total_seconds() * 1000) for n in range(8)
        ]
        last = publish_cut(cut=result.made[-1], access=Access.PUBLIC, actor=None)
        for camera in (1, 2):
            body = ask(f"/media/forum/session/{last.code}/{camera}/72.m3u8").body.decode()
            seconds = sum(float(one) for one in re.findall(r"#EXTINF:([0-9.]+)", body))
            assert seconds == pytest.approx(length.total_seconds(), abs=12)
    spent: defaultdict[str, float] = defaultdict(float)
    for job in Job.objects.filter(started_at__isnull=False, ended_at__isnull=False):
        spent[job.step] += (job.ended_at - job.started_at).total_seconds()
    table.add(
        f"{DAYS} days × {HOURS:g} h × 2 cameras, small pictures: {steps} steps, all done",
        f"{wall / 60:.1f} min, {2 * DAYS * HOURS * 3600 / wall:.0f}× real time", "", "unattended",
    )  # fmt: skip
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    table.add("… CPU of ffmpeg, largest process", f"{cpu / 60:.1f} min, {after.ru_maxrss / 1024:.0f} MB")
    table.add("… minutes by step", ", ".join(f"{step} {s / 60:.1f}" for step, s in spent.items()))
    table.add("… farther camera's two files, worst offset", f"{max(wrong):.1f} ms", "", "5 ms")
    table.add("… a day cut into its sessions", f"{max(cutting):.0f} ms", "", "50 ms a session")
