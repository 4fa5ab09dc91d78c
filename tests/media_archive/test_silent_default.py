"""A file whose first sound is silent: another is heard first before anything is made of it, and nobody's choice is undone."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest
from django.urls import reverse

from media_archive.errors import WrongState
from media_archive.models import CameraFile, Job, JobState, Match, Step
from media_archive.queries.playing import player_data, playlist_of, shown
from media_archive.services import working
from media_archive.services.cutting import cut_whole_day
from media_archive.services.filming import take_file
from media_archive.services.queueing import queue
from media_archive.services.sounds import Choice, choose_sounds, look_for_sounds
from media_archive.services.working import work_until_idle
from media_archive.sound_tracks import silent_tracks, sounds_early_on
from network.models import AuditEntry
from tests.factories import make_team_member
from tests.faults.forked import die, exit_code
from tests.faults.test_media import let_leases_run_out
from tests.media_archive.conftest import hall, make_film

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SILENCE = "anullsrc=r=48000:d=6"
HISS = "anoisesrc=d=6:a=0.0002"  # a socket without a plug
NOTHING = "anullsrc=r=48000:d=6,aselect=0"
TONE = "sine=d=6"


def film(path: Path, *sounds: tuple[str, str]) -> Path:
    """Make a film of 6 s with these sounds: language tag and what ffmpeg draws it from."""
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=5:d=6"]
    for _tag, source in sounds:
        arguments += ["-f", "lavfi", "-i", source]
    arguments += ["-map", "0:v"]
    for number, (tag, _source) in enumerate(sounds):
        arguments += ["-map", f"{number + 1}:a", f"-metadata:s:a:{number}", f"language={tag}"]
    return make_film(path, *arguments, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac")


def take(recording, path: Path, label: str = "a") -> CameraFile:
    """Take a film in as a camera's file."""
    return take_file(recording=recording, label=label, path=path, name=path.name, actor=None, move=False)


def is_heard(path: Path) -> bool:
    """Tell whether the first sound of what was made is not silent."""
    return not silent_tracks(path, tracks=[0], seconds=60, on_progress=lambda _done: True)


def steps_done() -> Counter[str]:
    """Count the jobs by step; none waits any more."""
    assert not Job.objects.exclude(ended_at__isnull=False).exists()
    return Counter(Job.objects.values_list("step", flat=True))


def passed_over() -> list[tuple[str | None, dict]]:
    """Return by whom and how silent defaults were replaced, by the audit trail."""
    return list(AuditEntry.objects.filter(action="media.silence_passed_over").values_list("actor", "changes"))


@pytest.fixture(scope="session")
def mute_first(tmp_path_factory) -> Path:
    """A film whose first sound, in Russian, is silent; the second, in English, is a tone."""
    return film(tmp_path_factory.mktemp("mute") / "mute.mkv", ("rus", SILENCE), ("eng", TONE))


@pytest.fixture(scope="module")
def cameras(tmp_path_factory) -> dict[str, Path]:
    """A closer camera of 70 s whose first sound is silent and whose second is the hall, and a farther one from 2 s before."""
    folder = tmp_path_factory.mktemp("cameras")
    small = {"width": 160, "height": 90, "rate": "5"}
    plain = make_film(folder / "plain.mp4", *hall(70, start=2, **small))
    closer = make_film(
        folder / "closer.mp4", "-i", str(plain), "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=70",
        "-map", "0:v", "-map", "1:a", "-map", "0:a", "-c:v", "copy", "-c:a:0", "aac", "-c:a:1", "copy",
    )  # fmt: skip
    return {"closer": closer, "farther": make_film(folder / "farther.mp4", *hall(72, **small))}


def test_the_sound_that_is_heard_is_encoded_drawn_and_brings_the_cameras_together(recording, cameras) -> None:
    closer, farther = (take(recording, cameras[label], label) for label in ("closer", "farther"))
    work_until_idle()
    closer.refresh_from_db()
    assert (closer.sound_track, closer.wanted_track) == (1, None)
    assert [(one.is_published, one.is_silent) for one in closer.sound_tracks.all()] == [
        (False, True),
        (True, False),
    ]
    assert {one.name for one in closer.renditions.all()} == {"source", "90", "sound"}
    assert all(is_heard(closer.folder / f"{name}.mp4") for name in ("source", "90", "sound"))
    assert max(closer.waveform) > 100
    assert -60 < closer.loudness < 0
    farther.refresh_from_db()
    assert farther.match == Match.SOUND
    assert farther.offset_ms == pytest.approx(-2000, abs=5)
    twice = {Step.CHECK, Step.QUICK, Step.SOUND, Step.PICTURES, Step.LADDER}
    done = steps_done()
    assert {step: done[step] for step in twice} == dict.fromkeys(twice, 2), (
        "once a file: nothing was made for nothing"
    )
    assert done[Step.ALIGN] == 1
    assert passed_over() == [(None, {"default": ["1", "2"]})]
    view = shown(cut_whole_day(recording=recording, actor=None), slug="forum")
    assert player_data(view, title="", chapters=[], transcripts=[], slides=[])["sounds"] == []
    assert "sound-1-" in (playlist_of(view.cut, view.cameras[0], "sound") or "")


@pytest.mark.parametrize(
    ("sounds", "default", "published"),
    [
        ((("eng", SILENCE), ("deu", HISS), ("fra", TONE), ("rus", TONE)), 3, {2, 3}),
        ((("eng", SILENCE), ("deu", HISS), ("fra", TONE)), 2, {2}),
        ((("", NOTHING), ("", TONE), ("", TONE)), 1, {1}),
        ((("rus", TONE), ("eng", SILENCE)), 0, {0, 1}),
    ],
)
def test_it_is_the_first_in_the_events_language_or_else_the_first_that_is_heard(
    event, recording, tmp_path, sounds, default, published
) -> None:
    event.languages = ["ru", "en"]
    event.save()
    file = take(recording, film(tmp_path / "film.mkv", *sounds))
    assert work_until_idle(most=1) == 1  # the check
    file.refresh_from_db()
    assert file.sound_track == default
    assert {one.index for one in file.sound_tracks.all() if one.is_published} == published
    assert bool(passed_over()) == (default > 0)


def test_where_nothing_is_heard_in_any_all_steps_end_and_nothing_changes(recording, tmp_path) -> None:
    file = take(recording, film(tmp_path / "mute.mkv", ("rus", SILENCE), ("eng", HISS)))
    assert work_until_idle(most=20) < 20
    file.refresh_from_db()
    assert (file.sound_track, file.wanted_track) == (0, None)
    assert [one.is_silent for one in file.sound_tracks.all()] == [True, True]
    assert set(steps_done().values()) == {1}
    assert not Job.objects.filter(file=file, state=JobState.FAILED).exists()
    assert passed_over() == []


def test_what_is_silent_at_first_and_sounds_later_stays(recording, tmp_path) -> None:
    late = "sine=d=64,volume='gte(t,62)':eval=frame"
    path = make_film(
        tmp_path / "late.mka", "-f", "lavfi", "-i", late, "-f", "lavfi", "-i", "sine=d=64",
        "-map", "0:a", "-map", "1:a", "-c:a", "aac",
    )  # fmt: skip
    assert [sounds_early_on(path, track=track) for track in (0, 1)] == [False, True]
    file = take(recording, path)
    work_until_idle(most=1)
    file.refresh_from_db()
    assert file.sound_track == 0
    assert [one.is_silent for one in file.sound_tracks.all()] == [False, False]


def test_a_silent_sound_that_is_chosen_by_hand_stays(recording, mute_first) -> None:
    file = take(recording, mute_first)
    with pytest.raises(WrongState):
        choose_sounds(file=file, choices={}, default=0, actor=None)
    work_until_idle()
    said = {0: Choice("ru", True), 1: Choice("en", True)}
    choose_sounds(file=file, choices=said, default=0, actor=None)
    work_until_idle()
    queue(recording=recording, step=Step.SOUND, file=file)
    work_until_idle()
    file.refresh_from_db()
    assert (file.sound_track, file.wanted_track) == (0, None)
    assert not is_heard(file.folder / "90.mp4")
    assert max(file.waveform) == 0
    assert len(passed_over()) == 1, "at its check, before anybody chose"


@pytest.mark.parametrize("has_picture", [True, False])
def test_of_a_file_that_was_packaged_before_sounds_were_noted_what_was_made_is_made_anew(
    recording, mute_first, tmp_path, has_picture
) -> None:
    path = mute_first
    if not has_picture:
        path = make_film(tmp_path / "mute.mka", "-i", str(mute_first), "-map", "0:a", "-c", "copy")
    file = take(recording, path)
    work_until_idle()
    file.refresh_from_db()
    choose_sounds(file=file, choices={}, default=0, actor=None)
    work_until_idle()
    file.sound_tracks.all().delete()
    Job.objects.all().delete()
    AuditEntry.objects.all().delete()
    look_for_sounds(file=file, actor=None)
    work_until_idle()
    file.refresh_from_db()
    assert (file.sound_track, file.wanted_track) == (1, None)
    assert is_heard(file.folder / "sound.mp4")
    assert max(file.waveform) > 100
    done = steps_done()
    del done[Step.ALIGN]
    assert done == ({Step.SOUND: 2, Step.LADDER: 1} if has_picture else {Step.SOUND: 1})
    assert passed_over() == [(None, {"default": ["1:ru", "2:en"]})]


def test_the_editor_reads_in_which_sound_nothing_is_heard(client, event, recording, mute_first) -> None:
    file = take(recording, mute_first)
    work_until_idle(most=1)
    client.force_login(make_team_member(event, "media_editor"))
    page = client.get(reverse("backoffice_recording", args=("forum", recording.code))).content.decode()
    assert "Sounds: Russian (nothing is heard in it), English (heard first)" in page
    page = client.get(reverse("backoffice_file_sounds", args=("forum", recording.code, file.pk)))
    assert page.content.decode().count("nothing is heard in it") == 1


def _check_and_die() -> None:
    """Check the file and die before that is written down as done."""
    of_old = working.STEPS[Step.CHECK]

    def fatal(job: Job) -> None:
        of_old(job)
        die()

    working.STEPS[Step.CHECK] = fatal
    working.work_until_idle()


def _end_and_die() -> None:
    """Check the file and die when that is done, before anything stands in the queue."""
    working._go_on = lambda _job: die()
    working.work_until_idle()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("death", [_check_and_die, _end_and_die])
def test_a_worker_killed_between_the_decision_and_what_is_made_by_it_is_followed_by_one_that_makes_it(
    recording, mute_first, death
) -> None:
    file = take(recording, mute_first)
    assert exit_code(death) == -signal.SIGKILL
    file.refresh_from_db()
    assert (file.sound_track, len(passed_over())) == (1, 1)
    assert not file.renditions.exists()
    let_leases_run_out()
    assert exit_code(work_until_idle) == 0
    file.refresh_from_db()
    assert file.sound_track == 1
    assert all(is_heard(file.folder / f"{name}.mp4") for name in ("source", "90", "sound"))
    assert max(file.waveform) > 100
    assert len(passed_over()) == 1
    assert set(steps_done().values()) == {1}
    assert Job.objects.get(step=Step.CHECK).attempts == 2
