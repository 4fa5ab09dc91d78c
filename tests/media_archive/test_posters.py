"""The picture that stands for a session: of its own minutes, and made anew when the cut is moved."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from media_archive.models import CameraFile, Cut, Job, JobState, Step
from media_archive.services.cutting import cut_sessions, move_cut, remove_cut
from media_archive.services.posters import draw_posters
from media_archive.services.working import work_until_idle
from tests.media_archive.asgi import ask
from tests.media_archive.conftest import START

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def pictures() -> list[str]:
    return sorted(path.name for file in CameraFile.objects.all() for path in file.folder.glob("cut-*.jpg"))


def poster_of(cut: Cut) -> bytes:
    body = ask(f"/media/forum/session/{cut.code}/poster.jpg").body
    Image.open(BytesIO(body)).verify()
    return body


def test_each_session_shows_a_picture_of_its_own(public_cuts) -> None:
    before = poster_of(public_cuts[0])
    assert poster_of(public_cuts[1]) == before  # the file's own stands in until they are drawn
    assert work_until_idle() == 1
    first, second = (poster_of(cut) for cut in public_cuts)
    assert len({before, first, second}) == 3
    assert pictures() == sorted(cut.poster_name for cut in public_cuts)


def test_a_moved_cut_gets_another_one_and_leaves_none_behind(filmed, event) -> None:
    cuts = cut_sessions(event=event, date=START.date(), actor=None).made
    work_until_idle()
    move_cut(cut=cuts[0], start_ms=1000, end_ms=9000, actor=None)
    work_until_idle()
    remove_cut(cut=cuts[1], actor=None)
    draw_posters(filmed, lambda _share: True)
    assert pictures() == [cuts[0].poster_name]


def test_what_is_there_is_not_drawn_again(filmed, event, monkeypatch) -> None:
    cut_sessions(event=event, date=START.date(), actor=None)
    work_until_idle()
    monkeypatch.setattr("media_archive.packaging.encode_poster", None)
    draw_posters(filmed, lambda _share: True)


def test_a_lost_file_is_told_and_the_queue_goes_on(filmed, event) -> None:
    cut_sessions(event=event, date=START.date(), actor=None)
    for file in CameraFile.objects.all():
        file.source.unlink()
    work_until_idle()
    assert Job.objects.get(step=Step.POSTERS).state == JobState.FAILED


def test_no_picture_is_shown_of_a_recording_of_which_none_is_drawn_yet(public_cuts, client) -> None:
    """Neither in the archive nor among what is found nor beside another recording."""
    first, second = public_cuts
    pages = (
        "/en/events/forum/recordings/",
        "/en/recordings/?q=session",
        f"/en/events/forum/recordings/{first.code}/",
    )
    address = f"/session/{second.code}/poster.jpg"
    assert [address in client.get(page).content.decode() for page in pages] == [True] * 3
    CameraFile.objects.update(previews=0)
    assert [address in client.get(page).content.decode() for page in pages] == [False] * 3
