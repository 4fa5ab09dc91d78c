"""Who may watch what, and what the pages for viewers show."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from media_archive.chapters import ChapterRow
from media_archive.models import Access, Cut, Material
from media_archive.services.cutting import (
    cut_sessions,
    cut_whole_day,
    make_link,
    publish_cut,
    revoke_link,
    withdraw_cut,
)
from media_archive.services.words import set_chapters, take_transcript
from media_archive.transcripts import Line
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State
from tests.factories import PersonFactory, make_category, make_draft, make_team_member
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def cuts(filmed, event) -> list[Cut]:
    made = cut_sessions(event=event, date=START.date(), actor=None).made
    for cut in made:
        publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    return made


def _page(cut: Cut, query: str = "") -> str:
    return f"{reverse('media_archive:watch', args=('forum', cut.code))}{query}"


def _player(response) -> dict:
    return json.loads(
        re.search(r'<script type="application/json">(.*?)</script>', response.content.decode())[1]
    )


def test_the_archive_shows_days_cameras_and_sessions(client, cuts, filmed) -> None:
    publish_cut(cut=cut_whole_day(recording=filmed, actor=None), access=Access.PUBLIC, actor=None)
    page = client.get(reverse("media_archive:archive", args=("forum",))).content.decode()
    assert "Session 1" in page
    assert "Session 2" in page
    assert "Session 3" not in page, "nobody filmed it"
    assert "camera 2" in page
    assert "(farther)" in page
    assert page.count('class="recordings__day"') == 1, "days without recordings show no empty box"


def test_a_recording_page_holds_what_the_player_needs(client, cuts, filmed) -> None:
    take_transcript(
        recording=filmed, language="ru", lines=[Line(12000, 14000, "<b>умный</b> регион", "Анна")], actor=None
    )
    set_chapters(
        recording=filmed, rows={"en": [ChapterRow(0, "Start"), ChapterRow(12000, "Questions")]}, start_ms=0, end_ms=24000,
        actor=None,
    )  # fmt: skip
    response = client.get(_page(cuts[1]))
    data = _player(response)
    assert data["start"] == "2026-05-12T07:00:10.000Z"
    assert data["duration"] == 10
    assert [(c["number"], c["label"], c["is_sound_master"]) for c in data["cameras"]] == [
        (1, "closer", True), (2, "farther", False),
    ]  # fmt: skip
    assert data["chapters"] == [{"start": 2.0, "title": "Questions"}], (
        "the chapter before belongs to another session"
    )
    for address in (data["cameras"][0]["master"], data["captions"][0]["url"], data["thumbnails"]):
        assert client.get(address).status_code == 200, address
    body = response.content.decode()
    assert "&lt;b&gt;умный&lt;/b&gt; регион" in body
    assert 'data-start="2"' in body
    assert "WEBVTT" in client.get(data["captions"][0]["url"]).content.decode()
    assert "&lt;b&gt;" in client.get(data["captions"][0]["url"]).content.decode()


def test_what_follows_in_the_same_room_is_offered_first_and_at_the_end(client, cuts) -> None:
    first, second = cuts
    page = client.get(_page(first)).content.decode()
    assert f'<a class="player__next" href="{_page(second)}"' in page
    assert "next in the same room" in page
    page = client.get(_page(second)).content.decode()
    assert f'<a class="player__next" href="{_page(first)}"' in page, "nothing follows: one of the same day"
    assert "next in the same room" not in page
    withdraw_cut(cut=second, actor=None)
    assert 'class="player__next"' not in client.get(_page(first)).content.decode()


def test_after_a_whole_day_none_of_its_own_sessions_is_offered(client, cuts, filmed) -> None:
    day = cut_whole_day(recording=filmed, actor=None)
    publish_cut(cut=day, access=Access.PUBLIC, actor=None)
    page = client.get(_page(day)).content.decode()
    assert _page(cuts[0]) in page, "beside it they are"
    assert 'class="player__next"' not in page


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (Access.PUBLIC, {"anonymous": 200, "attendee": 200, "waiting": 200, "stranger": 200, "editor": 200}),
        (
            Access.REGISTERED,
            {"anonymous": 403, "attendee": 200, "waiting": 403, "stranger": 403, "editor": 200},
        ),
        (
            Access.CATEGORY,
            {"anonymous": 403, "attendee": 403, "waiting": 403, "stranger": 403, "editor": 200, "press": 200},
        ),
        (Access.LINK, {"anonymous": 404, "attendee": 404, "waiting": 404, "stranger": 404, "editor": 200}),
    ],
)
def test_who_may_watch(client, cuts, event, access, expected) -> None:
    press, common = make_category(event, slug="press"), make_category(event, slug="common")
    people = {
        "anonymous": None,
        "stranger": PersonFactory(),
        "editor": make_team_member(event, "media_editor"),
    }
    for role, category, state in (
        ("attendee", common, State.CONFIRMED), ("waiting", common, State.WAITING), ("press", press, State.CONFIRMED),
    ):  # fmt: skip
        people[role] = PersonFactory()
        draft = make_draft(event, category, person=people[role])
        confirmed_at = timezone.now() if state == State.CONFIRMED else None
        Registration.objects.filter(pk=draft.pk).update(
            state=state, submitted_at=timezone.now(), confirmed_at=confirmed_at
        )
    publish_cut(cut=cuts[0], access=access, categories=[press], actor=None)
    for role, status in expected.items():
        client.logout()
        if people[role] is not None:
            client.force_login(people[role])
        response = client.get(_page(cuts[0]))
        assert response.status_code == status, role
        if status == 200:
            master = _player(response)["cameras"][0]["master"]
            client.logout()
            assert client.get(master).status_code == 200, "the address itself opens it, segments too"
            if access != Access.PUBLIC:
                assert "no-store" in response["Cache-Control"]
        else:
            assert "application/json" not in response.content.decode()


def test_a_link_opens_until_it_ends(client, cuts) -> None:
    publish_cut(cut=cuts[0], access=Access.LINK, actor=None)
    link, secret = make_link(
        cut=cuts[0], name="Press", expires_at=timezone.now() + dt.timedelta(hours=1), actor=None
    )
    assert client.get(_page(cuts[0], f"?key={secret}")).status_code == 200
    assert client.get(_page(cuts[1], f"?key={secret}")).status_code == 200, "that one is public"
    assert client.get(_page(cuts[0], "?key=nonsense")).status_code == 403
    revoke_link(link=link, actor=None)
    response = client.get(_page(cuts[0], f"?key={secret}"))
    assert response.status_code == 403
    assert "does not open the recording any more" in response.content.decode()
    assert "Session 1" not in client.get(reverse("media_archive:archive", args=("forum",))).content.decode()


def test_what_is_not_out_is_the_team_s_alone(client, cuts, event) -> None:
    withdraw_cut(cut=cuts[0], actor=None)
    publish_cut(
        cut=cuts[1], access=Access.PUBLIC, publish_at=timezone.now() + dt.timedelta(hours=1), actor=None
    )
    archive = reverse("media_archive:archive", args=("forum",))
    for cut in cuts:
        assert client.get(_page(cut)).status_code == 404
        assert str(cut) not in client.get(archive).content.decode()
    client.force_login(make_team_member(event, "media_editor"))
    for cut in cuts:
        response = client.get(_page(cut))
        assert "Only the team sees it." in response.content.decode()
        assert client.get(_player(response)["cameras"][0]["master"]).status_code == 200
    assert "not published" in client.get(archive).content.decode()


def test_a_hidden_event_hides_its_recordings(client, cuts, event) -> None:
    event.is_public = False
    event.save()
    for address in (
        _page(cuts[0]),
        reverse("media_archive:archive", args=("forum",)),
        reverse("media_archive:results", args=("forum",)),
    ):
        assert client.get(address).status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/1/master.m3u8").status_code == 404


def test_results_stand_by_day_and_session(client, cuts, event) -> None:
    Material.objects.create(
        event=event,
        session=cuts[0].session,
        kind="decision",
        title_en="Agreed",
        text_en="<i>Three</i>",
        is_published=True,
    )
    Material.objects.create(event=event, kind="report", title_en="Hidden draft", text_en="x")
    page = client.get(reverse("media_archive:results", args=("forum",))).content.decode()
    assert "Agreed" in page
    assert "&lt;i&gt;Three" in page
    assert "Hidden draft" not in page
    assert _page(cuts[0]) in page
    assert "Agreed" in client.get(_page(cuts[0])).content.decode()
    assert "Agreed" not in client.get(_page(cuts[1])).content.decode()


def test_questions_to_the_database_do_not_grow_with_the_archive(
    client, cuts, filmed, django_assert_max_num_queries
) -> None:
    for language in ("ru", "en", "de"):
        take_transcript(
            recording=filmed,
            language=language,
            lines=[Line(11000, 12000, "a"), Line(12000, 13000, "b")],
            actor=None,
        )
    client.get(_page(cuts[1]))
    with django_assert_max_num_queries(24):
        client.get(_page(cuts[1]))
    with django_assert_max_num_queries(12):
        client.get(reverse("media_archive:archive", args=("forum",)))


@pytest.mark.parametrize("code", ["XXXXXX", "abc", "-", "____"])
def test_nonsense_is_not_found(client, cuts, code) -> None:
    assert client.get(f"/en/events/forum/recordings/{code}/").status_code == 404
    assert client.get(f"/media/forum/session/{code}/1/master.m3u8").status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/9/master.m3u8").status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/1/{code}.m3u8").status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/captions-{code}.vtt").status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/1/previews-9-9.jpg").status_code == 404
    assert client.get(f"/media/forum/session/{cuts[0].code}/slides-1-99999999999999.jpg").status_code == 404
    assert client.get(_page(cuts[0], f"?transcript={code}&t=nonsense&camera=77")).status_code == 200


def test_the_player_is_told_how_long_its_addresses_last(client, cuts, event) -> None:
    assert _player(client.get(_page(cuts[0])))["valid_for"] is None
    publish_cut(cut=cuts[1], access=Access.LINK, actor=None)
    _link, secret = make_link(
        cut=cuts[1], name="", expires_at=timezone.now() + dt.timedelta(hours=1), actor=None
    )
    data = _player(client.get(_page(cuts[1], f"?key={secret}")))
    assert 5.4 * 3600 < data["valid_for"] <= 6 * 3600
    assert data["cameras"][0]["master"].startswith(data["base"])
