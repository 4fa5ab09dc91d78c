"""Days of several cameras in several files: all on the clock of the first file, or left to the editor."""

from __future__ import annotations

import numpy as np
import pytest

from media_archive.alignment import Reason, Samples, Sound, align_day
from tests.media_archive.halls import RATE, heard, speech

pytestmark = pytest.mark.any_database

NOISE, ROOM = 10.0, -3.0


@pytest.fixture(scope="module")
def voice():
    return speech(330, seed=1)


@pytest.fixture(scope="module")
def take(voice):
    """Return a function that films the hall from one second to another."""

    def film(begin: float, end: float, *, ppm: float = 0, seed: int = 5) -> Sound:
        wave = heard(voice, seed=seed, offset=begin, seconds=end - begin, ppm=ppm, snr=NOISE, drr=ROOM)
        return Sound(Samples(wave))

    return film


def test_files_of_a_camera_that_paused_are_joined_over_the_other(take):
    """The second file of the first camera meets the first one nowhere: the way leads over the other camera."""
    day = align_day([[take(10, 120), take(150, 300, ppm=80)], [take(0, 320, ppm=50, seed=9)]])
    found = [(each.camera, each.part) for each in day.placements]
    assert found == [(0, 0), (0, 1), (1, 0)]
    assert all(each.accepted for each in day.placements), day
    assert day.of(0, 0).offset_ms == 0
    assert day.of(0, 0).steps == 0
    assert day.of(0, 1).offset_ms == pytest.approx(140_000, abs=1)
    assert day.of(0, 1).clock_ppm == pytest.approx(80, abs=2)
    assert day.of(0, 1).steps == 2
    assert day.of(1).offset_ms == pytest.approx(-10_000, abs=1)
    assert day.of(1).clock_ppm == pytest.approx(50, abs=2)


def test_the_first_file_is_the_clock_even_if_its_own_runs_wrong(take):
    """Its time is the common one: a true clock then runs against it by as much, the other way."""
    day = align_day([[take(0, 150, ppm=100)], [take(20, 160, seed=9)]])
    assert day.of(1).clock_ppm == pytest.approx(-100, abs=2)
    assert day.of(1).offset_ms == pytest.approx(20_000 / (1 + 100e-6), abs=1)


def test_files_that_nothing_joins_are_left_to_the_editor(take):
    stranger = Sound(Samples(heard(speech(100, seed=8), seed=3)))
    silent = Sound(Samples(np.zeros(60 * RATE, np.float32)))
    day = align_day([[take(0, 100)], [take(5, 100, seed=9), stranger], [silent]])
    assert day.of(1, 0).accepted
    assert (day.of(1, 1).accepted, day.of(1, 1).offset_ms) == (False, None)
    assert day.of(1, 1).reason is Reason.UNRELATED
    assert day.of(2).reason is Reason.SILENT


def test_two_that_fit_each_other_but_not_the_first_are_unjoined(take):
    """Both cameras were off at noon: nothing tells how long."""
    day = align_day([[take(0, 120), take(200, 300)], [take(5, 115, seed=9), take(205, 310, seed=9)]])
    assert day.of(1, 0).accepted
    assert day.of(0, 1).reason is Reason.UNJOINED
    assert day.of(1, 1).reason is Reason.UNJOINED
    assert day.pairs[(0, 1), (1, 1)].accepted


def test_a_camera_does_not_film_twice_at_a_time(take):
    """The same recording given twice as parts of one camera cannot both be right."""
    day = align_day([[take(0, 100)], [take(5, 100, seed=9), take(15, 90, seed=9)]])
    assert sorted(each.reason for each in day.placements) == ["", "", Reason.OVERLAPPING]


def test_work_stops_when_it_is_told_to(take):
    shares = []
    sounds = [[take(0, 60)], [take(2, 60, seed=9)], [take(4, 60, seed=11)]]
    day = align_day(sounds, on_progress=lambda share: bool(shares.append(share)))
    assert shares == [pytest.approx(1 / 3)]
    assert [each.reason for each in day.placements][2] is Reason.UNJOINED


def test_no_files_are_no_day():
    assert align_day([]).placements == ()
