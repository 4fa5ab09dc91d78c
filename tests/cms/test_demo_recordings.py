"""The demo's films: their sound says where they lie, and they hold what players need."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from cms.demo.hall_pictures import HEIGHT, WIDTH
from cms.demo.recordings import DAYS, DayPlan, Slide, make_recordings
from media_archive.alignment import Sound, align_day, decode
from media_archive.probing import probe

pytestmark = pytest.mark.any_database

PLAN = DayPlan(
    4,
    dt.time(9, 59, 50),
    100,
    (Slide(-60, "Кластеры: обмен опытом"), Slide(40, "Questions & answers: 50 % [draft], it's fine")),
    pause=(46, 54.4),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_recordings(tmp_path_factory.mktemp("films") / "it's 100%", [PLAN])


def test_alignment_finds_where_each_file_truly_lies(made):
    cameras = [[each for each in made if each.label == label] for label in ("closer", "farther")]
    sounds = [[decode(each.path) for each in camera] for camera in cameras]
    day = align_day([[Sound(sound) for sound in camera] for camera in sounds])
    for number, camera in enumerate(cameras):
        for part, each in enumerate(camera):
            found = day.of(number, part)
            assert found.accepted, found
            assert found.offset_ms == pytest.approx(each.offset_ms, abs=1)
            assert found.clock_ppm == pytest.approx(each.clock_ppm, abs=3)
            sounds[number][part].close()


def test_files_are_named_in_order_and_can_be_published_at_once(made):
    assert [each.path.name for each in made] == [
        "day-4-closer-1.mp4", "day-4-closer-2.mp4", "day-4-farther.mp4",
    ]  # fmt: skip
    assert [(each.label, each.part) for each in made] == [("closer", 1), ("closer", 2), ("farther", 1)]
    assert [each.offset_ms for each in made] == [0, 54_400, -7_300]
    probes = [probe(each.path) for each in made]
    assert all(each.can_be_copied for each in probes)
    assert {(each.picture.width, each.picture.height) for each in probes if each.picture} == {(WIDTH, HEIGHT)}
    spoken = [[sound.language for sound in each.sounds] for each in probes]
    assert spoken == [["rus", "eng"], ["rus", "eng"], ["rus"]], "the hall, and an interpreter beside it"
    assert [each.picture.rate for each in probes if each.picture] == [25, 25, 29.97]
    assert [round(each.seconds, 1) for each in probes] == [46, 45.6, 109.3]
    assert sorted(path.name for path in made[0].path.parent.iterdir()) == sorted(
        each.path.name for each in made
    )


def test_the_same_plan_gives_the_same_files(tmp_path):
    short = replace(PLAN, seconds=3, pause=None)
    first, second = (make_recordings(tmp_path / name, [short]) for name in ("a", "b"))
    assert [each.path.read_bytes() for each in first] == [each.path.read_bytes() for each in second]


def test_the_demos_days_have_two_cameras_and_one_pause():
    assert [day.day for day in DAYS] == [1, 2, 3]
    assert [day.pause is not None for day in DAYS] == [False, False, True]
