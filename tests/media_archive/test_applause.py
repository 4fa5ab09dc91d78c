"""Applause is told from speech, music, fans and hisses; the editor sets a cut's start and end by it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from media_archive.applause import Listener
from media_archive.models import Applause, CameraFile
from media_archive.services.cutting import cut_sessions
from media_archive.services.hearing import note_heard
from media_archive.sound import measure
from tests.factories import make_team_member
from tests.media_archive import noises
from tests.media_archive.conftest import START

pytestmark = pytest.mark.any_database


def heard(sound: noises.Floats, piece: int = 48_000) -> list[tuple[int, int]]:
    """Return where a sound is applause, taken in pieces."""
    listener = Listener()
    for at in range(0, len(sound), piece):
        listener.take(sound[at : at + piece])
    return listener.applause()


def in_hall(*parts: noises.Floats) -> noises.Floats:
    """Return sounds one after the other in a hall with a fan."""
    sound = np.concatenate(parts)
    return sound + noises.fan(len(sound) / noises.RATE + 1, np.random.default_rng(2))[: len(sound)]


def talk(seconds: float = 12) -> noises.Floats:
    """Return somebody who speaks."""
    return noises.speech(seconds, np.random.default_rng(1))


def test_applause_is_found_among_other_sounds():
    """Of what is applause and of what is told to be, at least nine of ten; start and end to half a second."""
    told, real, misses = 0, 0, []
    for seed in (3, 4, 5, 6):
        sound, truth = noises.scene(seed)
        found = heard(sound)
        told, real = told + len(found), real + len(truth)
        misses += noises.matched(found, truth)
    assert real > 5
    assert len(misses) >= 0.9 * real
    assert len(misses) >= 0.9 * told
    assert np.median(np.abs(misses)) < 0.2


@pytest.mark.parametrize("kind", ["speech", "music", "fan", "hiss"])
def test_other_sounds_are_none(kind):
    """Neither what is said nor played nor blown is applause."""
    other = getattr(noises, kind)(9, np.random.default_rng(7))
    assert heard(in_hall(talk(), other, talk(5))) == []


@pytest.mark.parametrize(("seconds", "count"), [(0.9, 0), (2.5, 1), (15, 1), (45, 0)])
def test_applause_lasts_some_seconds(seconds, count):
    """A single clap and an hour of rain are none."""
    claps = noises.applause(seconds, np.random.default_rng(8))
    assert len(heard(in_hall(talk(20), claps, talk(20)))) == count


def test_pieces_do_not_matter():
    """The same is heard however the sound is cut into pieces."""
    sound = in_hall(talk(), noises.applause(5, np.random.default_rng(9)), talk(4))
    found = heard(sound)
    assert len(found) == 1
    assert heard(sound, 333) == found
    assert heard(sound, len(sound)) == found
    assert heard(sound[:100]) == heard(sound[:0]) == []


@pytest.mark.django_db
def test_the_desk_offers_to_cut_by_applause(client, filmed, event, tmp_path):
    """What was heard in a file stands on the line and is offered on the recording's clock, not on the file's."""
    path = Path(tmp_path / "talk.wav")
    sound = in_hall(talk(), noises.applause(4, np.random.default_rng(9)), talk(4))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(noises.RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    found = measure(path, track=0, window_ms=100, on_progress=lambda _done: True)
    assert [(round(start, -3), round(end, -3)) for start, end in found.applause] == [(12_000, 16_000)]
    camera_file = (
        CameraFile.objects.filter(camera__recording=filmed)
        .order_by("-camera__is_sound_master", "offset_ms")
        .first()
    )
    CameraFile.objects.filter(pk=camera_file.pk).update(offset_ms=2000.0, clock_ppm=0)
    for _time in range(2):  # the step may be run again
        note_heard(camera_file, found)
    assert Applause.objects.count() == 1
    cut = cut_sessions(event=event, date=START.date(), actor=None).made[0]
    client.force_login(make_team_member(event, "media_editor"))
    page = client.get(reverse("backoffice_cut", args=("forum", cut.code))).content.decode()
    start, end = found.applause[0]
    words = f"applause until 00:00:{(end + 2000) // 1000}"
    beginning, ending = page.split('data-field="end"')
    assert f'data-value="00:00:{(end + 2000) / 1000:.3f}">{words}<' in beginning
    assert f'data-value="00:00:{(start + 2000) / 1000:.3f}">applause from ' not in beginning
    assert f'data-value="00:00:{(start + 2000) / 1000:.3f}">applause from ' in ending
    assert page.count(f'data-value="00:00:{(end + 2000) / 1000:.3f}">{words}<') == 2
    assert page.count('class="ma-clap"') == 1
