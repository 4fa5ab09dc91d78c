"""Cameras come together by their sound; what is not sure is left to the editor."""

from __future__ import annotations

import datetime as dt

import pytest

from media_archive.models import CameraFile, Job, JobState, Match, Step
from media_archive.services.filming import place_file, take_file
from media_archive.services.queueing import queue
from media_archive.services.working import work_until_idle
from tests.media_archive.conftest import hall, make_film

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def _take(recording, label: str, path) -> CameraFile:
    return take_file(recording=recording, label=label, path=path, name=path.name, actor=None, move=False)


def _fresh(file: CameraFile) -> CameraFile:
    file.refresh_from_db()
    return file


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """A closer camera of 70 s, a farther one switched on 2 s before it, and a stranger's hall."""
    folder = tmp_path_factory.mktemp("sounds")
    meta = ["-metadata", "creation_time=2026-05-12T06:59:00Z"]
    return {
        "closer": make_film(folder / "closer.mp4", *hall(70, start=2), *meta),
        "farther": make_film(folder / "farther.mp4", *hall(72)),
        "stranger": make_film(folder / "stranger.mp4", *hall(72, seed=99)),
        "mute": make_film(folder / "mute.mp4", *hall(20), "-an"),
    }


def test_two_cameras_come_together(recording, sounds) -> None:
    closer, farther = (_take(recording, label, sounds[label]) for label in ("closer", "farther"))
    work_until_idle()
    assert (_fresh(closer).match, closer.offset_ms) == (Match.FIRST, 0)
    assert _fresh(farther).match == Match.SOUND
    assert farther.offset_ms == pytest.approx(-2000, abs=5)
    assert abs(farther.clock_ppm) < 20
    assert farther.confidence > 12
    assert Job.objects.get(step=Step.ALIGN).state == JobState.DONE


def test_a_stranger_is_left_to_the_editor_and_what_he_places_stays(recording, sounds) -> None:
    _take(recording, "closer", sounds["closer"])
    stranger = _take(recording, "stranger", sounds["stranger"])
    work_until_idle()
    job = Job.objects.get(step=Step.ALIGN)
    assert (job.state, job.fault) == (JobState.FAILED, "not_sure")
    assert "stranger.mp4" in job.log
    assert _fresh(stranger).offset_ms is None
    assert stranger.proposed["reason"]
    place_file(file=stranger, offset_ms=1234, actor=None)
    queue(recording=recording, step=Step.ALIGN)
    work_until_idle()
    assert (_fresh(stranger).match, stranger.offset_ms) == (Match.HAND, 1234)


def test_a_camera_without_sound_is_left_to_the_editor(recording, sounds) -> None:
    _take(recording, "closer", sounds["closer"])
    mute = _take(recording, "mute", sounds["mute"])
    work_until_idle()
    assert Job.objects.get(step=Step.ALIGN).fault == "nothing_sounds"
    assert _fresh(mute).offset_ms is None


def test_parts_of_a_lone_camera_are_placed_by_its_dates(recording, tmp_path) -> None:
    parts = [
        make_film(
            tmp_path / f"{n}.mp4", *hall(6, seed=n), "-metadata", f"creation_time=2026-05-12T07:0{n}:00Z"
        )
        for n in (0, 5)
    ]
    first, second = (_take(recording, "one", part) for part in parts)
    work_until_idle()
    assert _fresh(first).offset_ms == 0
    assert (_fresh(second).match, second.offset_ms) == (Match.TIME, 300_000)


def test_the_first_camera_s_date_sets_the_clock_when_nobody_has(event, sounds) -> None:
    from media_archive.services.filming import open_recording

    recording = open_recording(event=event, date=dt.date(2026, 5, 12), room_name="Main hall", actor=None)
    assert recording.starts_at == dt.datetime(2026, 5, 12, 6, tzinfo=dt.UTC), "nine in the morning in Moscow"
    _take(recording, "closer", sounds["closer"])
    work_until_idle()
    recording.refresh_from_db()
    assert recording.starts_at == dt.datetime(2026, 5, 12, 6, 59, tzinfo=dt.UTC)
