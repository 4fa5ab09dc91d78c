"""Recordings of all events are found from the rest of the site, once there are any."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.services import set_menu
from media_archive.models import Access, Cue, Cut, CutState, Recording, Transcript
from media_archive.services.cutting import publish_cut, withdraw_cut
from sessions_app.events.models import Event
from sessions_app.programme.services.releasing import release_programme
from tests.factories import SessionFactory, make_event

pytestmark = pytest.mark.django_db
ALL = 'href="/en/recordings/"'


@pytest.fixture
def cut(homes) -> Cut:
    """A session that everybody may watch, in which something was said."""
    event = make_event(sessions=0, slug="forum")
    day = event.days.first().date
    session = SessionFactory(event=event, room=event.rooms.first(), title_en="Opening", title_ru="Открытие")
    release_programme(event=event, actor=None, note="")
    recording = Recording.objects.create(event=event, date=day, room_name="Hall", starts_at=session.start)
    transcript = Transcript.objects.create(recording=recording, language="ru")
    Cue.objects.create(transcript=transcript, start_ms=32_000, end_ms=33_000, text="Это умный регион")
    return Cut.objects.create(
        recording=recording, event=event, session=session, code=session.code, title="Opening", start_ms=0, end_ms=60_000,
        state=CutState.PUBLISHED,
    )  # fmt: skip


def test_menu_events_and_archive_lead_to_all_recordings(client, cut):
    """The site's own menu names them; whoever made a menu of her own has the link on the page of events."""
    for path in ("/en/", "/en/events/", "/en/events/forum/recordings/"):
        assert ALL in client.get(path).content.decode(), path
    assert (
        '<a href="/en/recordings/" aria-current="page">Recordings</a>'
        in client.get("/en/recordings/").content.decode()
    )
    set_menu(place="main", language="en", links=[("Elsewhere", "https://example.org/")])
    assert ALL in client.get("/en/events/").content.decode()


@pytest.mark.parametrize("change", [{"state": CutState.DRAFT}, {"access": Access.REGISTERED}])
def test_nothing_leads_to_an_empty_page(client, cut, change):
    """Where nothing is for everybody, nothing is promised."""
    Cut.objects.update(**change)
    for path in ("/en/", "/en/events/", "/en/events/forum/recordings/"):
        assert ALL not in client.get(path).content.decode(), path


def test_pages_ask_once_whether_there_are_any(client, cut):
    """The answer is kept for a while, for all pages."""
    cache.clear()
    counts = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/")
        counts.append(sum("media_archive_cut" in query["sql"] for query in queries))
    assert counts == [1, 0, 0]


def show(event: Event, is_public: bool) -> None:
    event.is_public = is_public
    event.save()


def test_a_first_recording_stands_in_the_menu_at_once(client, cut, django_capture_on_commit_callbacks):
    """Also where pages have asked a moment before, and would be kept for an hour as they are."""
    for act, is_there in (
        (lambda: withdraw_cut(cut=cut, actor=None), False),
        (lambda: publish_cut(cut=cut, access=Access.PUBLIC, actor=None), True),
        (lambda: show(cut.event, False), False),
        (lambda: show(cut.event, True), True),
        (lambda: publish_cut(cut=cut, access=Access.REGISTERED, actor=None), False),
    ):
        client.get("/en/")
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert (ALL in client.get("/en/").content.decode()) is is_there


def test_the_search_finds_titles_and_spoken_words(client, cut):
    """A recording stands in a section of its own, with the line and a link to its second, and to all that were found."""
    page = client.get("/en/search/", {"q": "умный регион"}).content.decode()
    assert "<h2>Recordings</h2>" in page
    assert f"/en/events/forum/recordings/{cut.code}/?t=32&amp;transcript=ru&amp;find=" in page
    assert '<span lang="ru">0:32 · Это умный регион</span>' in page
    assert 'href="/en/recordings/?q=%D1%83%D0%BC%D0%BD%D1%8B%D0%B9+' in page
    assert (
        f'href="/en/events/forum/recordings/{cut.code}/"'
        in client.get("/en/search/", {"q": "opening"}).content.decode()
    )


@pytest.mark.parametrize(
    "change", [{"state": CutState.DRAFT}, {"access": Access.LINK}, {"access": Access.REGISTERED}]
)
def test_the_search_tells_nothing_of_what_is_not_for_everybody(client, cut, change):
    """Neither titles nor words."""
    Cut.objects.update(**change)
    for question in ("умный", "opening"):
        assert "/recordings/" not in client.get("/en/search/", {"q": question}).content.decode()


def test_the_search_costs_the_same_for_one_and_for_three(client, cut):
    """Recordings that are found cost no queries of their own."""
    client.get("/en/search/", {"q": "opening"})
    counts = []
    for number in (0, 2):
        for n in range(number):
            Cut.objects.create(
                recording=cut.recording, event=cut.event, code=f"MORE{n}", title=f"Opening {n}", start_ms=n, end_ms=9000 + n,
                state=CutState.PUBLISHED,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/en/search/", {"q": "opening"}).content.decode()
        counts.append(len(queries))
    assert page.count("/en/events/forum/recordings/") == 3
    assert counts[0] == counts[1]
