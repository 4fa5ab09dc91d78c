"""The overview of an event's recordings: what is to be filmed stands there before anything is, and is one button away."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.users.models import UserProfile

from media_archive.backoffice.days import days_of
from media_archive.models import Access, Job, JobState, Recording, Step
from media_archive.services.cutting import cut_sessions, publish_cut
from media_archive.services.filming import open_recording
from sessions_app.programme.models import Session
from sessions_app.programme.services.releasing import release_programme
from tests.factories import RoomFactory, SessionFactory, make_event, make_team_member
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db


def _url(name: str, *args: object) -> str:
    return reverse(name, args=("forum", *args))


def _words(response) -> str:
    """Return the page's main part without its tags."""
    main = response.content.decode().split('class="rg-main"', 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def _key(event) -> str:
    return str(event.rooms.get(name_en="Main hall").guid)


def test_a_room_that_is_to_be_filmed_stands_there_with_one_button(desk, event) -> None:
    page = desk.get(_url("backoffice_recordings"))
    assert "Not filmed yet · 3 sessions to be recorded" in _words(page)
    assert "Tuesday 12 May" in _words(page)
    assert _words(page).count("Add files") == 1
    form = {"date": START.date().isoformat(), "room": _key(event)}
    first = desk.post(_url("backoffice_recording_open"), form)
    recording = Recording.objects.get()
    assert first["Location"] == _url("backoffice_recording", recording.code)
    assert (recording.date, recording.room.name_en) == (START.date(), "Main hall")
    assert desk.post(_url("backoffice_recording_open"), form)["Location"] == first["Location"]
    assert Recording.objects.count() == 1
    words = _words(desk.get(_url("backoffice_recordings")))
    assert "No files yet" in words
    assert "0 of 3 sessions cut, 0 published" in words
    assert "Add files" not in words


def test_the_day_and_room_are_in_the_reader_s_language(desk, editor, event) -> None:
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "ru"})
    words = _words(desk.get(_url("backoffice_recordings")))
    assert "12 мая" in words
    assert "Большой зал" in words


@pytest.mark.parametrize(
    "wrong",
    [{}, {"date": "x"}, {"date": "1999-01-01"}, {"room": ""}, {"room": "nonsense"}, {"room": "\x00"}],
)
def test_what_is_not_in_the_programme_is_not_opened(desk, event, wrong) -> None:
    form = {"date": START.date().isoformat(), "room": _key(event)} if wrong else {}
    assert desk.post(_url("backoffice_recording_open"), {**form, **wrong}).status_code == 404
    other = make_event(slug="other")
    release_programme(event=other, actor=None, note="")
    theirs = {"date": START.date().isoformat(), "room": str(other.rooms.first().guid)}
    assert desk.post(_url("backoffice_recording_open"), theirs).status_code == 404
    assert desk.post(reverse("backoffice_recording_open", args=("other",)), theirs).status_code == 404
    assert not Recording.objects.exists()


def test_without_marked_sessions_rooms_stand_there_once_they_are_filmed(desk, event) -> None:
    Session.objects.filter(event=event).update(recorded=False)
    release_programme(event=event, actor=None, note="")
    words = _words(desk.get(_url("backoffice_recordings")))
    assert "Main hall" not in words
    assert "Another room" in words
    open_recording(event=event, date=START.date(), room_name="Main hall", actor=None)
    assert "0 of 3 sessions cut" in _words(desk.get(_url("backoffice_recordings")))


def test_a_filmed_room_tells_what_was_cut_what_is_done_and_what_failed(desk, filmed, event) -> None:
    cuts = cut_sessions(event=event, date=START.date(), actor=None).made
    publish_cut(cut=cuts[0], access=Access.PUBLIC, actor=None)
    Job.objects.all().delete()
    for step, state in ((Step.LADDER, JobState.FAILED), (Step.LADDER, JobState.FAILED), (Step.ALIGN, JobState.QUEUED), (Step.CHECK, JobState.DONE)):  # fmt: skip
        Job.objects.create(recording=filmed, step=step, state=state)
    words = _words(desk.get(_url("backoffice_recordings")))
    assert "2 cameras · 0:26 filmed" in words
    assert "2 of 3 sessions cut, 1 published" in words
    assert "Failed: encode for all screens (2)" in words
    assert "At work: bring the cameras together" in words
    assert "check the file" not in words
    assert "Cut this day by the programme" in words


def test_nothing_to_cut_offers_no_cutting(desk, recording) -> None:
    assert "Cut this day" not in desk.get(_url("backoffice_recordings")).content.decode()


def test_a_recording_of_no_session_and_of_a_day_without_programme_is_shown(desk, event) -> None:
    open_recording(event=event, date=dt.date(2027, 1, 5), room_name="Yard", actor=None)
    words = _words(desk.get(_url("backoffice_recordings")))
    assert "Tuesday 5 January" in words
    assert "Yard No files yet No session of the programme is here on this day" in words


def test_an_event_without_a_programme_says_how_to_begin(client) -> None:
    event = make_event(sessions=0, slug="empty")
    client.force_login(make_team_member(event, "media_editor"))
    page = client.get(reverse("backoffice_recordings", args=("empty",))).content.decode()
    assert "Nothing is recorded yet" in page


def test_queries_do_not_grow_with_days_and_rooms(event) -> None:
    open_recording(event=event, date=START.date(), room_name="Main hall", actor=None)
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            days_of(event)
        counts.append(len(queries))
        room = RoomFactory(event=event, name_en=f"Room {number}", name_ru="")
        for days in (1, 2):
            start = START + dt.timedelta(days=days)
            SessionFactory(
                event=event, room=room, recorded=True, start=start, end=start + dt.timedelta(hours=1),
                number=10 * number + 10 + days,
            )  # fmt: skip
            open_recording(event=event, date=start.date(), room_name=f"Room {number}", actor=None)
        release_programme(event=event, actor=None, note="")
        days_of(event)  # a new release is read once, whatever is in it
    assert counts[0] >= counts[1] == counts[2]
    assert [(day.date - START.date()).days for day in days_of(event)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("", dt.time(9)), ("10:05", dt.time(10, 5)), ("10:05:30", dt.time(10, 5, 30)), ("7:00", dt.time(7)),
        (" 23:59 ", dt.time(23, 59)),
    ],
)  # fmt: skip
def test_the_moment_is_a_time_of_the_chosen_day(desk, event, time, expected) -> None:
    form = {"date": START.date().isoformat(), "room": event.rooms.first().pk, "starts_at": time}
    assert desk.post(_url("backoffice_recording_new"), form).status_code == 302
    begin = Recording.objects.get().starts_at.astimezone(event.zone)
    assert (begin.date(), begin.time()) == (START.date(), expected)


def test_bad_input_is_told_at_its_field_and_stays(desk, event) -> None:
    form = {
        "date": START.date().isoformat(), "room": "", "room_name": "Yard <b>", "starts_at": "10:05",
    }  # fmt: skip
    for wrong, field in (
        ({"date": "1999-01-01"}, "date"), ({"date": ""}, "date"), ({"room": "77777"}, "room"),
        ({"room_name": " "}, "room_name"), ({"room_name": "x" * 121}, "room_name"),
        ({"starts_at": "25:00"}, "starts_at"), ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "10:0\x00"}, "starts_at"), ({"starts_at": "2026-05-12T10:00"}, "starts_at"),
    ):  # fmt: skip
        response = desk.post(_url("backoffice_recording_new"), {**form, **wrong})
        assert response.status_code == 422, wrong
        assert list(response.context["form"].errors) == [field], wrong
        if field != "room_name":
            assert "Yard &lt;b&gt;" in response.content.decode()
        if field != "starts_at":
            assert 'value="10:05"' in response.content.decode()
    assert not Recording.objects.exists()
    assert desk.post(_url("backoffice_recording_new"), form).status_code == 302
    assert Recording.objects.get().room_name == "Yard <b>"


def test_the_link_of_a_day_chooses_it(desk, event) -> None:
    page = desk.get(f"{_url('backoffice_recording_new')}?day={START.date()}").content.decode()
    assert f'<option value="{START.date()}" selected>Tuesday 12 May</option>' in page
    assert desk.get(f"{_url('backoffice_recording_new')}?day=nonsense").status_code == 200
