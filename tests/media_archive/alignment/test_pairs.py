"""Pairs of sounds of invented halls: what belongs together is found, what does not is left to the editor."""

from __future__ import annotations

import numpy as np
import pytest

from media_archive.alignment import RATE, Match, Reason, Samples, Sound, align
from tests.media_archive.halls import convolved, filmed, heard, noisy, room, shaped, speech

pytestmark = pytest.mark.any_database

SECONDS = 120


@pytest.fixture(scope="module")
def voice():
    return speech(SECONDS + 30, seed=1)


@pytest.fixture(scope="module")
def stranger():
    return speech(SECONDS, seed=2)


def compare(first, second) -> Match:
    return align(Sound(Samples(first.astype(np.float32))), Sound(Samples(second.astype(np.float32))))


@pytest.fixture(scope="module")
def closer(voice):
    return heard(voice, seed=5, snr=10, drr=0, seconds=SECONDS)


@pytest.mark.parametrize(
    ("offset", "ppm", "snr", "drr"),
    [
        (12.345, 0, 20, 0),
        (12.345, 100, 0, -10),
        (12.345, -100, 0, -10),
        (-7.3, 35, 10, -5),
        (3.21, 300, 5, -5),
    ],
)
def test_a_camera_is_found(voice, closer, offset, ppm, snr, drr):
    farther = heard(voice, seed=9, snr=snr, drr=drr, offset=offset, seconds=SECONDS + 10, ppm=ppm)
    match = compare(closer, farther)
    assert match.accepted, match
    assert match.offset_ms == pytest.approx(offset * 1000, abs=1)
    assert match.clock_ppm == pytest.approx(ppm, abs=2)


def test_the_sign_of_the_offset_is_when_the_other_was_switched_on(voice, closer):
    late = compare(closer, heard(voice, seed=9, offset=20, seconds=SECONDS))
    assert late.offset_ms == pytest.approx(20_000, abs=1)


def test_the_sign_of_ppm_is_that_of_time_to_add(voice, closer):
    """A moment t of the file lies at offset + t * (1 + ppm / 1e6), here 12 ms later after two minutes."""
    match = compare(closer, filmed(voice, offset=0, seconds=SECONDS, ppm=100))
    assert match.clock_ppm == pytest.approx(100, abs=1)
    end = match.offset_ms + SECONDS * 1000 * (1 + match.clock_ppm * 1e-6)
    assert end == pytest.approx(SECONDS * 1000 + 12, abs=0.5)


def test_exchanging_both_gives_the_inverse(voice, closer):
    farther = heard(voice, seed=9, offset=12.3, seconds=SECONDS, ppm=80)
    there, back = compare(closer, farther), compare(farther, closer)
    assert there.accepted
    assert back.accepted
    assert back.clock_ppm == pytest.approx(-there.clock_ppm, abs=1)
    assert back.offset_ms == pytest.approx(-there.offset_ms / (1 + there.clock_ppm * 1e-6), abs=0.5)


def test_a_minute_in_common_is_enough(voice, stranger, closer):
    other = np.concatenate([heard(voice, seed=7, offset=60, seconds=60, snr=10), heard(stranger, seed=7)])
    match = compare(closer, other)
    assert match.accepted, match
    assert match.offset_ms == pytest.approx(60_000, abs=1)


def test_clipping_does_no_harm(voice, closer):
    match = compare(closer, np.clip(heard(voice, seed=7, offset=5) * 40, -1, 1))
    assert match.accepted, match
    assert match.offset_ms == pytest.approx(5000, abs=1)


def tiled(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    turn = shaped(rng, 8 * RATE, 200, 3000) * np.repeat(rng.uniform(0, 1, 80), RATE // 10)
    return np.tile(turn, SECONDS // 8).astype(np.float32)


def ringing(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return two sounds of no use."""
    rng = np.random.default_rng(3)
    t = np.arange(SECONDS * RATE) / RATE
    swell = 0.3 + np.clip(t - 60, 0, 1)
    clicks = np.zeros(len(t), np.float32)
    clicks[:: RATE // 2] = 1
    clicks = convolved(clicks, room(-5, 3, 0.2))
    beat = (1 + np.sin(8 * np.pi * t)) * shaped(rng, len(t), 200, 3000)
    pairs = {
        "silence": (t * 0, t * 0),
        "tone": (np.sin(2764.6 * t), np.sin(2764.6 * t)),
        "hum": (np.sign(np.sin(314.159 * t)), np.sign(np.sin(314.159 * t + 1))),
        "noise": (shaped(rng, len(t), 100, 3900), shaped(rng, len(t), 100, 3900)),
        "applause": (shaped(rng, len(t), 500, 3000) * swell, shaped(rng, len(t), 500, 3000) * swell),
        "clicks": (noisy(clicks, 20, 1), noisy(clicks[777:], 20, 2)),
        "beat": (beat, noisy(beat[RATE:].astype(np.float32), 20, 2)),
        "loop": (noisy(tiled(1), 20, 1), noisy(tiled(1)[3 * RATE :], 20, 2)),
    }
    return pairs[kind]


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("silence", {Reason.SILENT}),
        ("tone", {Reason.SILENT}),
        ("hum", {Reason.SILENT, Reason.UNRELATED}),
        ("noise", {Reason.UNRELATED}),
        ("applause", {Reason.SCATTERED, Reason.UNRELATED}),
        ("clicks", {Reason.AMBIGUOUS, Reason.UNRELATED}),
        ("beat", {Reason.AMBIGUOUS, Reason.UNRELATED}),
        ("loop", {Reason.AMBIGUOUS}),
    ],
)
def test_what_repeats_itself_or_says_nothing_is_left_to_the_editor(kind, reasons):
    match = compare(*ringing(kind))
    assert match.reason in reasons, match
    assert not match.accepted


def test_another_hall_is_not_accepted(closer, stranger):
    match = compare(closer, heard(stranger, seed=9))
    assert (match.accepted, match.reason, match.offset_ms) == (False, Reason.UNRELATED, None)


def test_the_same_jingle_in_two_halls_is_not_accepted(closer, stranger):
    jingle = tiled(1)[: 8 * RATE]
    first, second = closer.copy(), heard(stranger, seed=9)
    first[20 * RATE : 28 * RATE] = jingle
    second[70 * RATE : 78 * RATE] = jingle
    assert not compare(first, second).accepted
    assert not compare(np.concatenate([first, jingle]), np.concatenate([jingle, second])).accepted


@pytest.mark.parametrize("share", [12, 30, 60, 90])
def test_exchanged_parts_are_not_accepted(closer, share):
    cut = share * RATE
    assert not compare(closer, np.concatenate([closer[cut:], closer[:cut]])).accepted


@pytest.mark.parametrize(("at", "lost"), [(60, 0.1), (100, 0.1), (60, 1), (60, 20)])
def test_a_clock_that_jumps_is_not_accepted(closer, at, lost):
    jumped = np.concatenate([closer[: at * RATE], closer[round((at + lost) * RATE) :]])
    assert not compare(closer, jumped).accepted


def test_too_little_in_common_is_not_accepted(closer, stranger):
    tail = np.concatenate([closer[-38 * RATE :], heard(stranger, seed=9)])
    match = compare(closer, tail)
    assert (match.accepted, match.reason) == (False, Reason.TOO_SHORT)
    assert match.offset_ms == pytest.approx((SECONDS - 38) * 1000, abs=1)  # a proposal


def test_a_short_file_inside_another_is_accepted_but_not_a_very_short_one(closer):
    assert compare(closer, closer[40 * RATE : 66 * RATE]).accepted
    assert not compare(closer, closer[40 * RATE : 52 * RATE]).accepted


def test_what_frames_do_to_narrow_noise_is_no_match():
    """Between 500 and 3000 Hz alone all frames leak alike into the rest of the band."""
    rng = np.random.default_rng(4)
    t = np.arange(SECONDS * RATE) / RATE
    swell = 0.3 + np.clip(t - 60, 0, 1)
    match = compare(shaped(rng, len(t), 500, 3000) * swell, shaped(rng, len(t), 500, 3000) * swell)
    assert match.agreeing < 4
