"""A recording outlives the death of whoever works on it, and a disk that fills up."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from media_archive import ffmpeg, packaging, sound
from media_archive.models import CameraFile, Job, JobState, Recording, Rendition, Step
from media_archive.services import working
from media_archive.services.filming import open_recording, take_file, take_from_inbox
from media_archive.services.queueing import ATTEMPTS, Watch, run_again
from tests.factories import RoomFactory, make_event
from tests.faults.disks import MIB, small_disk
from tests.faults.forked import begin, die, exit_code
from tests.media_archive.conftest import START, hall, make_film

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 12


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Return twelve seconds of one camera."""
    return make_film(tmp_path_factory.mktemp("film") / "closer.mp4", *hall(SECONDS))


@pytest.fixture(scope="module")
def undisturbed(film, tmp_path_factory) -> dict[str, str]:
    """Return the checksums of what nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    common = {"seconds": 120.0, "on_progress": lambda _done: True}
    packaging.copy_source(film, folder, track=0, with_sound=True, **common)
    packaging.encode_ladder(film, folder, height=180, rate=25, track=0, **common)
    packaging.encode_sounds(film, folder, tracks={"sound": 0}, **common)
    return checksums(folder)


@pytest.fixture
def recording(settings, tmp_path) -> Recording:
    """Return a day's recording without files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    event = make_event(sessions=0, slug="forum")
    RoomFactory(event=event, name_en="Main hall", name_ru="Большой зал")
    return open_recording(event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START)


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each rendition in a folder; of what x264 encodes, how many pictures it has.

    Its rate control depends on how its threads happen to meet, so its bytes differ from run to run.
    """
    return {
        one.name: str(pictures_in(one))
        if one.stem.isdigit()
        else hashlib.sha256(one.read_bytes()).hexdigest()
        for one in sorted(folder.glob("*.mp4"))
    }


def pictures_in(path: Path) -> int:
    """Decode a film and return how many pictures it has."""
    said = subprocess.run(
        [ffmpeg.ffmpeg_path(), "-nostdin", "-xerror", "-i", str(path), "-map", "0:v", "-f", "null", "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    return int(re.findall(r"frame=\s*(\d+)", said)[-1])


def take(recording: Recording, film: Path) -> CameraFile:
    """Take the film in as the camera's file."""
    return take_file(recording=recording, label="a", path=film, name="a.mp4", actor=None, move=False)


def let_leases_run_out() -> None:
    """Move all leases into the past."""
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now() - dt.timedelta(seconds=1))


def work_and_die_at(step: str, note: Path) -> None:
    """Work until this step is under way, note which program it has started, and die."""
    of_old, begin_program = working.STEPS[step], ffmpeg.start

    def start_and_die(*arguments: object, **more: object) -> subprocess.Popen[bytes]:
        program = begin_program(*arguments, **more)
        if not program.poll():
            os.kill(program.pid, signal.SIGSTOP)  # so that it cannot have ended by itself
        note.write_text(str(program.pid))
        die()
        return program

    def fatal(job: Job) -> None:
        if step in {Step.FETCH, Step.CHECK, Step.ALIGN}:
            Watch.tell = lambda *_: die()
        else:
            ffmpeg.start = sound.start = start_and_die
        of_old(job)
        die()

    working.STEPS[step] = fatal
    working.work_until_idle()


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("step", [Step.CHECK, Step.QUICK, Step.SOUND, Step.ALIGN, Step.PICTURES, Step.LADDER])
def test_a_worker_killed_in_a_step_leaves_nothing_and_another_finishes(
    recording, film, undisturbed, tmp_path, step
) -> None:
    file = take(recording, film)
    note = tmp_path / "program"
    assert exit_code(work_and_die_at, step, note) == -signal.SIGKILL
    if step not in {Step.CHECK, Step.ALIGN}:
        deadline = time.monotonic() + 5
        while is_alive(int(note.read_text())):
            assert time.monotonic() < deadline, "the program outlives its worker"
            time.sleep(0.02)
    kept = {one.path for one in Rendition.objects.filter(file=file)}
    assert {one.name for one in file.folder.glob("*.mp4")} == {Path(path).name for path in kept}
    if step != Step.QUICK:  # which nobody needs any more once the ladder is there
        assert exit_code(working.work_until_idle) == 0
    lost = Job.objects.get(step=step)
    assert (lost.state, lost.attempts) == (JobState.RUNNING, 1), "nobody takes it within its lease"
    let_leases_run_out()
    assert exit_code(working.work_until_idle) == 0
    assert {job.step: job.attempts for job in Job.objects.all() if job.attempts != 1} == {step: 2}
    ended = set(Job.objects.exclude(step=Step.ALIGN).values_list("state", flat=True))
    assert ended == {JobState.DONE}
    assert sorted(file.renditions.values_list("name", flat=True)) == ["180", "sound", "source"]
    assert checksums(file.folder) == undisturbed
    assert (file.folder / "poster.jpg").exists()
    assert not list(file.folder.glob("*.work"))


def test_a_worker_killed_while_it_fetches_is_followed_by_one_that_goes_on(
    recording, film, settings, tmp_path
) -> None:
    box = tmp_path / "inbox"
    box.mkdir()
    (box / "a.mp4").write_bytes(film.read_bytes())
    settings.RECORDINGS_INBOX = str(box)
    file = take_from_inbox(recording=recording, label="a", name="a.mp4", actor=None)
    assert exit_code(work_and_die_at, Step.FETCH, tmp_path / "program") == -signal.SIGKILL
    assert not file.source.exists(), "what is half there is nobody's source"
    let_leases_run_out()
    assert exit_code(working.work_until_idle) == 0
    assert file.source.read_bytes() == film.read_bytes()
    assert not list(file.folder.glob("*.part"))
    assert Job.objects.get(step=Step.FETCH).attempts == 2
    assert set(Job.objects.exclude(step=Step.ALIGN).values_list("state", flat=True)) == {JobState.DONE}


def test_a_file_that_kills_three_workers_is_set_aside(recording, film, tmp_path) -> None:
    take(recording, film)
    for _attempt in range(ATTEMPTS):
        assert exit_code(work_and_die_at, Step.QUICK, tmp_path / "program") == -signal.SIGKILL
        let_leases_run_out()
    assert exit_code(working.work_until_idle) == 0
    failed = Job.objects.get(state=JobState.FAILED, step=Step.QUICK)
    assert failed.fault == "killed"
    assert Job.objects.get(step=Step.LADDER).state == JobState.DONE, "the queue goes on"


def test_two_workers_at_once_do_each_step_once(recording, film, undisturbed) -> None:
    file = take(recording, film)
    workers = [begin(working.work_until_idle) for _turn in range(2)]
    for worker in workers:
        worker.join()
    assert exit_code(working.work_until_idle) == 0
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
    assert checksums(file.folder) == undisturbed


@pytest.fixture
def small_place(tmp_path) -> Iterator[Path]:
    """Give a disk of a few megabytes of its own."""
    with small_disk(tmp_path / "small", 16 * MIB) as disk:
        yield disk.place


def test_a_full_disk_is_told_and_the_step_can_be_run_again(
    recording, film, undisturbed, settings, small_place
) -> None:
    settings.MEDIA_ROOT = small_place
    file = take(recording, film)
    before = hashlib.sha256(file.source.read_bytes()).hexdigest()
    filler = small_place / "filler"
    working.work_until_idle(most=1)
    room = os.statvfs(small_place)
    filler.write_bytes(bytes(room.f_bavail * room.f_frsize - 64 * 1024))
    working.work_until_idle()
    ladder = Job.objects.get(step=Step.LADDER)
    assert (ladder.state, ladder.fault) == (JobState.FAILED, "no_room")
    assert hashlib.sha256(file.source.read_bytes()).hexdigest() == before
    assert not list(file.folder.glob("*.mp4"))
    filler.unlink()
    for job in Job.objects.filter(state=JobState.FAILED).exclude(step=Step.ALIGN):
        run_again(job=job, actor=None)
    working.work_until_idle()
    assert checksums(file.folder) == undisturbed
