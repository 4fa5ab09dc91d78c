"""From a camera's file to what browsers play: each step can fail alone, and the queue goes on."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from media_archive.models import CameraFile, Job, JobState, Step
from media_archive.services import queueing
from media_archive.services.filming import take_file
from media_archive.services.queueing import ATTEMPTS, claim, run_again
from media_archive.services.working import work_until_idle

pytestmark = pytest.mark.django_db


def _states(file: CameraFile) -> dict[str, str]:
    return {job.step: job.state for job in Job.objects.filter(file=file)}


def _faults(recording) -> dict[str, str]:
    return {job.step: job.fault for job in Job.objects.filter(recording=recording, state=JobState.FAILED)}


def test_a_file_becomes_what_browsers_play(recording, films) -> None:
    for label, path in films.items():
        take_file(recording=recording, label=label, path=path, name=path.name, actor=None, move=False)
    work_until_idle()
    file = CameraFile.objects.get(camera__label="closer")
    assert _states(file) == {
        Step.CHECK: "done", Step.QUICK: "done", Step.SOUND: "done", Step.PICTURES: "done", Step.LADDER: "done",
    }  # fmt: skip
    assert file.sha256 == hashlib.sha256(films["closer"].read_bytes()).hexdigest()
    assert file.duration_ms == pytest.approx(24000, abs=100)
    assert len(file.waveform) == pytest.approx(240, abs=3)
    assert max(file.waveform) > 100
    assert -60 < file.loudness < 0
    assert {one.name for one in file.renditions.all()} == {"source", "sound", "180"}
    for one in file.renditions.all():
        path = file.folder / f"{one.name}.mp4"
        assert path.stat().st_size == one.header + sum(one.sizes)
        assert sum(one.lengths) == pytest.approx(24, abs=0.2)
    assert (file.folder / "poster.jpg").exists()
    assert (file.folder / f"previews-{-(-file.previews // 25)}.jpg").exists()
    assert not list(file.folder.glob("*.work"))


def test_the_same_file_twice_is_recognised(filmed, films) -> None:
    twin = take_file(
        recording=filmed, label="third", path=films["closer"], name="copy.mp4", actor=None, move=False
    )
    work_until_idle()
    assert Job.objects.get(file=twin, step=Step.CHECK).fault == "same_file"
    assert not twin.renditions.exists()


def test_a_file_that_arrived_damaged_is_refused(recording, films) -> None:
    take_file(
        recording=recording,
        label="a",
        path=films["closer"],
        name="a.mp4",
        actor=None,
        move=False,
        sha256="0" * 64,
    )
    work_until_idle()
    assert _faults(recording)[Step.CHECK] == "other_sha256"


def test_a_dead_workers_job_is_taken_up_after_its_lease(recording, films) -> None:
    file = take_file(
        recording=recording, label="a", path=films["closer"], name="a.mp4", actor=None, move=False
    )
    dead = claim()
    assert dead is not None
    assert claim() is None
    later = timezone.now() + queueing.LEASE + dt.timedelta(seconds=1)
    again = claim(now=later)
    assert again is not None
    assert (again.pk, again.attempts) == (dead.pk, 2)
    assert not queueing.end(dead, JobState.DONE), "a worker that came too late writes nothing"
    assert queueing.end(again, JobState.DONE)
    assert Job.objects.get(file=file).state == JobState.DONE


def test_poison_fails_after_three_workers_and_can_be_run_again(recording, films) -> None:
    take_file(recording=recording, label="a", path=films["closer"], name="a.mp4", actor=None, move=False)
    moment = timezone.now()
    for _attempt in range(ATTEMPTS):
        assert claim(now=moment) is not None
        moment += queueing.LEASE + dt.timedelta(seconds=1)
    other = take_file(
        recording=recording, label="b", path=films["farther"], name="b.mp4", actor=None, move=False
    )
    assert claim(now=moment).file == other, "the queue goes on"
    job = Job.objects.get(file__camera__label="a")
    assert (job.state, job.fault) == (JobState.FAILED, "killed")
    run_again(job=job, actor=None)
    assert claim(now=moment).pk == job.pk


def test_quick_steps_of_all_files_come_before_slow_ones_of_any(recording, films) -> None:
    for label, path in films.items():
        take_file(recording=recording, label=label, path=path, name=path.name, actor=None, move=False)
    done = []
    while work_until_idle(most=1):
        done = [job.step for job in Job.objects.exclude(ended_at=None).order_by("ended_at")]
    assert done[:2] == [Step.CHECK, Step.CHECK]
    assert done[2:4] == [Step.QUICK, Step.QUICK]
    assert done[-2:] == [Step.LADDER, Step.LADDER]
    assert done.count(Step.ALIGN) == 1


def test_a_deleted_event_leaves_no_films(filmed, event, django_capture_on_commit_callbacks) -> None:
    folder = CameraFile.objects.first().folder.parent
    assert folder.is_dir()
    with django_capture_on_commit_callbacks(execute=True):
        event.delete()
    assert not folder.exists()
