"""Releasing through the pages: clashes need a reason, earlier states come back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from network.localised import localised
from sessions_app.programme.models import Release
from sessions_app.programme.services.releasing import release_programme
from tests.backoffice.forms import text_of
from tests.factories import SessionFactory, make_team_member


def url_of(event, name="backoffice_release", *args) -> str:
    return reverse(name, args=(event.slug, *args))


@pytest.fixture
def clashing(event):
    first = event.sessions.first()
    return SessionFactory(event=event, number=90, room=first.room, start=first.start, end=first.end)


def test_a_release_goes_out_with_its_note(event, organiser, desk):
    page = text_of(
        desk.post(url_of(event), {"note_en": "First programme", "note_ru": "Первая программа"}, follow=True)
    )
    release = Release.objects.get()
    assert (release.by, release.number) == (organiser, 1)
    assert localised(release, "note") == {"en": "First programme", "ru": "Первая программа"}
    assert "Release 1 is out." in page


def test_what_changed_is_told_before_the_release(event, desk):
    release_programme(event=event, actor=None, note="")
    moved = event.sessions.first()
    moved.room = event.rooms.exclude(pk=moved.room_id).first()
    moved.title_en = "Another title"
    moved.save()
    SessionFactory(event=event, number=91, title_en="Brand new", room=None)
    words = text_of(desk.get(url_of(event)))
    assert "New: 1" in words
    assert "Moved: 1" in words
    assert "Changed: 1" in words
    assert "Brand new" in words


def test_nothing_to_release_is_said(event, desk):
    release_programme(event=event, actor=None, note="")
    page = text_of(desk.post(url_of(event), {}, follow=True))
    assert "there is nothing to publish" in page
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"override": "on"}, {"reason": "because"}, {"override": "on", "reason": "  "}]
)
def test_a_clash_is_released_only_with_override_and_reason(event, desk, clashing, data):
    page = text_of(desk.post(url_of(event), {"note_en": "", **data}))
    assert not Release.objects.exists()
    assert "Room taken twice" in page


def test_an_override_keeps_its_reason(event, desk, clashing):
    desk.post(url_of(event), {"note_en": "", "override": "on", "reason": "The wall is movable"})
    assert Release.objects.get().override_reason == "The wall is movable"
    assert "The wall is movable" in text_of(desk.get(url_of(event, "backoffice_releases")))


def test_an_earlier_release_is_readable_and_restored_after_a_confirmation(event, desk):
    release_programme(event=event, actor=None, note="")
    session = event.sessions.first()
    title = session.title_en
    session.title_en = "Later title"
    session.save()
    extra = SessionFactory(event=event, number=92, title_en="Came later", room=None)
    release_programme(event=event, actor=None, note="")

    page = text_of(desk.get(url_of(event, "backoffice_release_detail", 1)))
    assert title in page
    assert "Came later" not in page

    confirm = text_of(desk.get(url_of(event, "backoffice_restore", 1)))
    assert "Came later" in confirm
    assert "No longer held: 1" in confirm
    desk.post(url_of(event, "backoffice_restore", 1))
    session.refresh_from_db()
    extra.refresh_from_db()
    assert session.title_en == title
    assert extra.state == "withdrawn"
    assert Release.objects.count() == 2


def test_a_release_that_does_not_exist_is_not_found(event, desk):
    for name in ("backoffice_release_detail", "backoffice_restore"):
        assert desk.get(url_of(event, name, 7)).status_code == 404


def test_a_registrar_cannot_release(event, log_in):
    client = log_in(make_team_member(event, "registrar"))
    assert client.post(url_of(event), {}).status_code == 404
    assert not Release.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_releases_costs_the_same_however_many(event, desk, django_assert_max_num_queries, count):
    for number in range(count):
        event.sessions.update(title_en=f"Title {number}")
        release_programme(event=event, actor=None, note="")
    desk.get(url_of(event, "backoffice_releases"))
    with django_assert_max_num_queries(16):
        desk.get(url_of(event, "backoffice_releases"))


def test_a_release_of_a_hidden_event_is_not_called_public(event, desk):
    event.is_public = False
    event.save()
    assert "The event is not public yet" in text_of(desk.get(url_of(event)))
    release_programme(event=event, actor=None, note="")
    for name, args in (("backoffice_releases", ()), ("backoffice_release_detail", (1,))):
        page = text_of(desk.get(url_of(event, name, *args)))
        assert "the public sees this one" not in page, name
        assert "the event is not public yet" in page, name


def test_the_time_of_a_release_is_that_of_the_events_clocks(event, desk):
    at = dt.datetime(2026, 9, 1, 22, 30, tzinfo=dt.UTC)
    release_programme(event=event, actor=None, note="", now=at)
    for name, args in (
        ("backoffice_hub", ()),
        ("backoffice_release", ()),
        ("backoffice_releases", ()),
        ("backoffice_release_detail", (1,)),
    ):
        assert "2 September 2026, 01:30, Moscow (UTC+3)" in text_of(desk.get(url_of(event, name, *args))), (
            name
        )
