"""A recording that lies on another site: entered by its link, and a good page for viewers all the same."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree

from media_archive.chapters import ChapterRow
from media_archive.errors import BeingAligned, NothingRecorded, WrongAddress
from media_archive.models import (
    Access,
    CameraFile,
    Chapter,
    Cut,
    CutState,
    Job,
    JobState,
    Match,
    Material,
    Recording,
    SlideDeck,
    Step,
)
from media_archive.services.aligning import align_recording
from media_archive.services.cutting import cut_sessions, describe_cut, publish_cut
from media_archive.services.elsewhere import begin_by, link_elsewhere
from media_archive.services.filming import camera_of
from media_archive.services.words import set_chapters
from network.models import AuditEntry
from sessions_app.programme.models import Session
from sessions_app.programme.services.releasing import release_programme
from tests.factories import SessionFactory, SessionRoleFactory, make_category, make_event
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db
URL = "https://www.films.example/watch?v=1"


@pytest.fixture
def sessions(event) -> list[Session]:
    return list(Session.objects.filter(event=event).order_by("start"))


@pytest.fixture
def linked(event, sessions) -> Cut:
    """The second session, whose only recording is a link, published."""
    cut = link_elsewhere(event=event, code=sessions[1].code, url=URL, actor=None)
    return publish_cut(cut=cut, access=Access.PUBLIC, actor=None)


def _page(cut: Cut) -> str:
    return reverse("media_archive:watch", args=("forum", cut.code))


def _form(code: str, **more: str) -> dict[str, str]:
    return {"session": code, "url": URL, "access": "public", **more}


def test_a_link_makes_recording_and_draft_by_the_programme(event, sessions) -> None:
    cut = link_elsewhere(event=event, code=sessions[1].code, url=URL, actor=None)
    recording = Recording.objects.get()
    assert (recording.date, recording.room.name_en) == (START.date(), "Main hall")
    assert (cut.session, cut.state, cut.external_url, cut.title) == (
        sessions[1], CutState.DRAFT, URL, "Session 2",
    )  # fmt: skip
    assert (cut.starts_at, cut.seconds) == (sessions[1].start, 10)
    again = link_elsewhere(event=event, code=sessions[1].code, url=f"{URL}2", actor=None)
    assert (again.pk, again.external_url, Cut.objects.count()) == (cut.pk, f"{URL}2", 1)
    row = AuditEntry.objects.filter(action="media.cut_linked").latest("pk")
    assert row.changes["external_url"] == [URL, f"{URL}2"]


def test_a_room_that_was_filmed_keeps_its_recording_and_cuts(event, filmed, sessions) -> None:
    made = cut_sessions(event=event, date=START.date(), actor=None).made
    assert link_elsewhere(event=event, code=made[0].code, url=URL, actor=None).pk == made[0].pk
    evening = link_elsewhere(event=event, code=sessions[2].code, url=URL, actor=None)
    assert (evening.recording, evening.starts_at) == (filmed, sessions[2].start)
    assert Recording.objects.count() == 1


def test_a_session_before_the_cameras_moves_the_zero_and_nothing_else(event, filmed, sessions) -> None:
    """The morning lies elsewhere, the afternoon was filmed: all that is on the clock keeps its time on the wall."""
    cuts = cut_sessions(event=event, date=START.date(), actor=None).made
    for ms in (2000, 5000, 3602000):
        Chapter.objects.create(recording=filmed, at_ms=ms, title_en="x")
    deck = SlideDeck.objects.create(recording=filmed, title="x", path="x", pages=3)
    deck.marks.create(page=1, at_ms=0)
    deck.marks.create(page=2, at_ms=3600000)
    CameraFile.objects.filter(match=Match.HAND).update(proposed={"offset_ms": -3.5})
    before = [(cut.starts_at, cut.seconds) for cut in cuts]
    begin = START - dt.timedelta(hours=1)
    SessionFactory(
        event=event, room=sessions[0].room, start=begin, end=START, title_en="Early", number=40, code="EARLY1"
    )
    release_programme(event=event, actor=None, note="")
    early = link_elsewhere(event=event, code="EARLY1", url=URL, actor=None)
    filmed.refresh_from_db()
    assert (filmed.starts_at, early.start_ms, early.end_ms) == (begin, 0, 3_600_000)
    assert [(cut.starts_at, cut.seconds) for cut in Cut.objects.filter(pk__in=[c.pk for c in cuts])] == before
    assert sorted(CameraFile.objects.values_list("offset_ms", flat=True)) == [3_598_000, 3_600_000]
    assert CameraFile.objects.get(match=Match.HAND).proposed["offset_ms"] == 3_599_996.5
    assert list(Chapter.objects.values_list("at_ms", flat=True)) == [3_602_000, 3_605_000, 7_202_000]
    assert list(deck.marks.values_list("at_ms", flat=True)) == [3_600_000, 7_200_000]
    Job.objects.create(recording=filmed, step=Step.ALIGN, state=JobState.RUNNING)
    with pytest.raises(BeingAligned):
        begin_by(recording=filmed, moment=begin - dt.timedelta(hours=1), actor=None)


def test_a_camera_that_comes_later_lies_by_its_own_date(event, sessions, linked) -> None:
    """The clock stands since the link was entered, so the cut keeps its place on the wall."""
    recording = linked.recording
    made_at = START - dt.timedelta(seconds=30)
    file = CameraFile.objects.create(
        camera=camera_of(recording=recording, label="closer"), event=event, name="a.mp4", path="none",
        sha256="1" * 64, duration_ms=60_000, made_at=made_at, has_sound=True,
    )  # fmt: skip
    align_recording(recording, lambda _share: True)
    file.refresh_from_db()
    recording.refresh_from_db()
    linked.refresh_from_db()
    assert recording.starts_at + dt.timedelta(milliseconds=file.offset_ms) == made_at
    assert linked.starts_at == sessions[1].start
    assert cut_sessions(event=event, date=START.date(), actor=None).kept == [linked]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/", "//x", "http://[", "", "data:,x"])
def test_only_addresses_of_the_web_are_links(event, sessions, url) -> None:
    with pytest.raises(WrongAddress):
        link_elsewhere(event=event, code=sessions[0].code, url=url, actor=None)
    assert not Cut.objects.exists()


def test_a_session_that_is_not_released_cannot_be_linked(event) -> None:
    other = make_event(slug="other")
    for code in ("", "XXXXXX", other.sessions.first().code):
        with pytest.raises(NothingRecorded):
            link_elsewhere(event=event, code=code, url=URL, actor=None)
    with pytest.raises(NothingRecorded):
        link_elsewhere(event=other, code=other.sessions.first().code, url=URL, actor=None)


def test_a_session_without_a_room_has_its_place(event) -> None:
    SessionFactory(event=event, room=None, start=START, end=START + dt.timedelta(hours=1), number=50, code="NOROOM")  # fmt: skip
    release_programme(event=event, actor=None, note="")
    cut = link_elsewhere(event=event, code="NOROOM", url=URL, actor=None)
    assert cut.recording.room is None
    assert cut.recording.room_name


def test_the_form_links_and_publishes(desk, event, sessions) -> None:
    page = reverse("backoffice_elsewhere", args=("forum",))
    first = desk.post(page, _form(sessions[0].code))
    cut = Cut.objects.get()
    assert first["Location"] == reverse("backoffice_cut", args=("forum", cut.code))
    assert cut.state == CutState.DRAFT
    desk.post(page, _form(sessions[0].code, publish="on"))
    cut.refresh_from_db()
    assert (cut.state, cut.access) == (CutState.PUBLISHED, Access.PUBLIC)
    later = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    Cut.objects.update(publish_at=later)
    desk.post(page, _form(sessions[0].code, access="registered"))
    cut.refresh_from_db()
    assert (cut.access, cut.publish_at) == (Access.REGISTERED, later), "it does not come out sooner by this"
    category = make_category(event)
    desk.post(page, {**_form(sessions[1].code, access="category"), "categories": [category.pk]})
    other = Cut.objects.get(code=sessions[1].code)
    assert (other.state, other.access, list(other.categories.all())) == (
        CutState.DRAFT, Access.CATEGORY, [category],
    )  # fmt: skip


def test_bad_input_is_told_at_its_field_and_stays(desk, event, sessions) -> None:
    make_category(event)
    other = make_event(slug="other").sessions.first()
    page = reverse("backoffice_elsewhere", args=("forum",))
    for wrong, field in (
        ({"url": "javascript:alert(1)"}, "url"), ({"url": "ftp://films.example/1"}, "url"), ({"url": ""}, "url"),
        ({"url": f"https://films.example/{'x' * 3000}"}, "url"), ({"url": "https://"}, "url"),
        ({"session": other.code}, "session"), ({"session": ""}, "session"), ({"access": "nobody"}, "access"),
        ({"access": "category"}, "categories"),
    ):  # fmt: skip
        response = desk.post(page, _form(sessions[0].code, **wrong))
        assert response.status_code == 422, wrong
        assert list(response.context["form"].errors) == [field], wrong
        if wrong.get("url") != "":
            assert wrong.get("url", URL) in response.content.decode()
    assert not Cut.objects.exists()


def test_sessions_without_a_recording_come_first(desk, event, sessions, linked) -> None:
    page = desk.get(f"{reverse('backoffice_elsewhere', args=('forum',))}?session={sessions[2].code}")
    text = page.content.decode()
    codes = re.findall(r'<option value="([0-9A-Z]{6})"', text)
    assert codes == [sessions[0].code, sessions[2].code, sessions[1].code]
    assert "Session 2 – has a recording" in text
    assert '<optgroup label="Tuesday 12 May">' in text
    assert f'<option value="{sessions[2].code}" selected>' in text


def test_the_form_asks_as_little_for_three_sessions_as_for_one(desk, event, sessions) -> None:
    page = reverse("backoffice_elsewhere", args=("forum",))
    desk.get(page)
    counts = []
    for count in (1, 3):
        for session in sessions[:count]:
            link_elsewhere(event=event, code=session.code, url=URL, actor=None)
        with CaptureQueriesContext(connection) as queries:
            desk.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("language", "words"), [("en", "Watch at films.example"), ("ru", "films.example")])
def test_viewers_find_a_whole_page_and_no_player(client, event, sessions, linked, language, words) -> None:
    SessionRoleFactory(session=sessions[1], person__name="Anna Speaker")
    release_programme(event=event, actor=None, note="")
    describe_cut(cut=linked, summaries={"en": "Agreed", "ru": "Решили"}, external_url=URL, actor=None)
    set_chapters(
        recording=linked.recording, rows={"en": [ChapterRow(2000, "Questions")], "ru": [ChapterRow(2000, "Вопросы")]},
        start_ms=linked.start_ms, end_ms=linked.end_ms, actor=None,
    )  # fmt: skip
    Material.objects.create(
        event=event, session=sessions[1], kind="report", title_en="Paper", url="https://x.example/", is_published=True
    )  # fmt: skip
    page = client.get(_page(linked).replace("/en/", f"/{language}/")).content.decode()
    for word in (words, "Anna Speaker", "Paper", "Agreed" if language == "en" else "Решили"):
        assert word in page
    assert ("Questions" if language == "en" else "Вопросы") in page
    link = re.search(rf'<a [^>]*href="{re.escape(URL)}"[^>]*>', page)[0]
    assert "noopener" in link
    for nothing in (
        "<plenum-player", "<video", "player.js", "poster.jpg", "og:image\" content=\"/media", "film__length", "PT10S", "being prepared",
        "<iframe", "?t=",
    ):  # fmt: skip
        assert nothing not in page, nothing
    # Nothing is loaded from there: it is named in links and data alone.
    assert not re.search(r'(?:src|action|poster|srcset)="[^"]*films\.example', page)


def test_lists_say_where_it_is_and_show_no_length(client, event, sessions, linked) -> None:
    for path in (
        reverse("media_archive:archive", args=("forum",)),
        f"{reverse('media_archive:archive', args=('forum',))}?q=session",
        "/en/recordings/?event=forum&q=session",
        reverse("media_archive:of_session", args=("forum", linked.code)),
    ):
        page = client.get(path).content.decode()
        assert "on films.example" in page, path
        assert "0:10" not in page, path
        assert "poster.jpg" not in page, path
    describe_cut(cut=linked, summaries={"en": "Agreed"}, external_url=URL, actor=None)
    page = client.get(reverse("media_archive:results", args=("forum",))).content.decode()
    assert "Watch the recording (on films.example)" in page
    day = client.get(f"/en/events/forum/programme/{START.date()}/").content.decode()
    assert "recording is out" in day


def test_machines_are_told_the_same(client, linked) -> None:
    page = client.get(_page(linked)).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.S)[1])
    assert data["sameAs"] == URL
    assert not data.keys() & {"duration", "embedUrl", "contentUrl", "thumbnailUrl", "hasPart"}
    rss = client.get("/events/forum/recordings.rss").content
    assert linked.code.encode() in rss
    assert b"duration" not in rss
    assert b"<enclosure" not in rss
    atom = etree.fromstring(client.get("/events/forum/recordings.atom").content)
    assert atom.xpath("//*[@rel='related']/@href") == [URL]
    assert linked.code not in client.get("/sitemap-videos.xml").content.decode()
    one = client.get(f"/api/v1/events/forum/recordings/{linked.code}").json()
    assert (one["elsewhere"], one["cameras"]) == (URL, [])
    told = client.get(f"/oembed?url={settings.BASE_URL}{_page(linked)}&format=json").json()
    assert (told["type"], "html" in told) == ("link", False)
    frame = client.get(reverse("media_archive:embed", args=("forum", linked.code))).content.decode()
    assert "Watch at films.example" in frame
    assert "player.js" not in frame


def test_who_may_not_watch_does_not_get_the_address(client, event, linked) -> None:
    publish_cut(cut=linked, access=Access.REGISTERED, actor=None)
    response = client.get(_page(linked))
    assert response.status_code == 403
    assert URL not in response.content.decode()
    assert URL not in client.get(reverse("media_archive:archive", args=("forum",))).content.decode()


def test_once_it_is_filmed_the_player_shows_it(client, event, filmed, sessions) -> None:
    cut = link_elsewhere(event=event, code=sessions[1].code, url=URL, actor=None)
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    page = client.get(_page(cut)).content.decode()
    assert "<plenum-player" in page
    assert "The recording elsewhere" in page
    archive = client.get(reverse("media_archive:archive", args=("forum",))).content.decode()
    assert "on films.example" not in archive
    assert "0:10" in archive


def test_lists_ask_as_little_for_three_as_for_one(client, event, sessions) -> None:
    counts = []
    archive = reverse("media_archive:archive", args=("forum",))
    for count in (1, 3):
        for session in sessions[:count]:
            cut = link_elsewhere(event=event, code=session.code, url=URL, actor=None)
            publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
        for path in (archive, _page(cut), reverse("media_archive:results", args=("forum",))):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_another_event_s_link_form_is_not_there(desk, event) -> None:
    make_event(slug="other")
    assert desk.get(reverse("backoffice_elsewhere", args=("other",))).status_code == 404
    assert desk.post(reverse("backoffice_elsewhere", args=("other",)), {}).status_code == 404
