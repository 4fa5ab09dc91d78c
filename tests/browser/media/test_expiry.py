"""Signed addresses that end while a recording plays: on the site itself, in a real browser, with keys of seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from media_archive import links, packaging
from media_archive.models import Access, CameraFile, Cut, Match, Recording, Rendition
from media_archive.queries import opening
from media_archive.services.cutting import cut_whole_day, make_link, publish_cut, withdraw_cut
from media_archive.services.filming import open_recording, take_file
from media_archive.services.words import take_transcript
from media_archive.services.working import keep
from media_archive.transcripts import Line
from network.models import Person
from sessions_app.programme.services.releasing import release_programme
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State
from tests.browser import conftest as browsers
from tests.browser.conftest import assert_accessible, assert_fits, take_picture, until
from tests.browser.media.test_player import PLAYER, RUNS, at, start
from tests.factories import PersonFactory, make_category, make_draft, make_event
from tests.media_archive.conftest import hall, make_film

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECONDS = 180
FAR = 150  # seconds; the player loads up to a minute in advance
DAY = dt.datetime(2026, 5, 12, 7, tzinfo=dt.UTC)
KEY = f"{PLAYER}.data.base.split('/')[3]"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("long") / "long.mp4", *hall(SECONDS, width=160, height=90))


@pytest.fixture
def cut(film: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cut:
    """A recording of one camera and three minutes, for those who are registered; keys last for six seconds."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ROOT_URLCONF = "tests.browser.media.real"
    monkeypatch.setattr(links, "VALID", dt.timedelta(seconds=6))
    monkeypatch.setattr(links, "STEP", 1)
    monkeypatch.setattr(opening, "REMEMBERED", 0)
    event = make_event(sessions=1, slug="forum")
    release_programme(event=event, actor=None, note="")
    recording = open_recording(
        event=event, date=DAY.date(), room_name=str(event.rooms.first()), actor=None, starts_at=DAY
    )
    _take(recording, film)
    lines = [Line(n * 1000, n * 1000 + 999, f"Line {n}", "") for n in range(SECONDS)]
    take_transcript(recording=recording, language="en", lines=lines, actor=None)
    made = cut_whole_day(recording=recording, actor=None)
    publish_cut(cut=made, access=Access.REGISTERED, actor=None)
    made.refresh_from_db()
    return made


def _take(recording: Recording, film: Path) -> None:
    file = take_file(recording=recording, label="", path=film, name=film.name, actor=None, move=False)
    made = packaging.copy_source(film, file.folder, track=0, seconds=120.0, on_progress=lambda _done: True)
    CameraFile.objects.filter(pk=file.pk).update(
        duration_ms=SECONDS * 1000, width=160, height=90, rate=25, has_sound=True, can_be_copied=True,
        offset_ms=0, match=Match.FIRST,
    )  # fmt: skip
    file.refresh_from_db()
    keep(file, [replace(made, path=file.folder / made.path.name)])


@pytest.fixture
def viewer(cut: Cut) -> Person:
    """Somebody whose registration is confirmed."""
    person = PersonFactory()
    draft = make_draft(cut.event, make_category(cut.event, slug="guests"), person=person)
    Registration.objects.filter(pk=draft.pk).update(
        state=State.CONFIRMED, submitted_at=timezone.now(), confirmed_at=timezone.now()
    )
    return person


Open = Callable[..., Page]


@pytest.fixture
def open_film(browser: Browser, live_server: Any, cut: Cut) -> Iterator[Open]:
    """Return a function that opens the recording's page for a person, with a query."""
    contexts = []

    def open_at(person: Person | None = None, query: str = "", **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        contexts.append(context)
        if person:
            client = Client()
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(f"/en/events/forum/recordings/{cut.code}/{query}")
        return page

    yield open_at
    for context in contexts:
        context.close()


def stop_renewing_early(page: Page) -> None:
    """Let new addresses be asked for only when old ones are refused, as after a sleep."""
    page.evaluate(f"{PLAYER}.addresses.look = () => {{}}")


def test_whoever_may_watch_gets_new_addresses_before_the_old_ones_end(
    open_film: Open, viewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the half that is left for it, a machine with much to do must find time for the page.
    monkeypatch.setattr(links, "VALID", dt.timedelta(seconds=15))
    page = open_film(viewer)
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    start(page)
    page.evaluate(f"void ({PLAYER}.stage.feeds[0].video.onpause = () => document.title = 'stopped')")
    key = page.evaluate(KEY)
    until(page, f"{RUNS} > 14")
    assert page.evaluate(KEY) != key
    page.evaluate(f"{PLAYER}.stage.feeds[0].video.onpause = null")
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    until(page, f"{RUNS} > {FAR}")
    page.get_by_label("Captions").first.select_option("en")
    expect(page.locator(".player__words")).to_contain_text("Line 15")
    download = page.locator("a[href*='.txt?download']").first.get_attribute("href")
    assert page.request.get(str(download)).status == 200, "what can be loaded beside the player goes on too"
    assert not refused
    assert page.title() != "stopped", "nothing is heard of it"


def test_a_lid_that_was_closed_for_longer_than_addresses_last(open_film: Open, viewer: Person) -> None:
    page = open_film(viewer)
    start(page)
    until(page, f"{RUNS} > 2")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(500)  # until a busy browser has told where it stopped
    place = at(page)
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.wait_for_timeout(8000)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    assert at(page) == pytest.approx(place, abs=0.2)
    page.get_by_role("button", name="Play", exact=True).first.click()
    until(page, f"{RUNS} > {place + 1}")
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    until(page, f"{RUNS} > {FAR}")
    expect(page.locator(".player__notice")).to_be_hidden()


def test_a_refused_piece_is_asked_for_again_at_a_new_address(open_film: Open, viewer: Person) -> None:
    page = open_film(viewer)
    start(page)
    stop_renewing_early(page)
    key = page.evaluate(KEY)
    page.wait_for_timeout(7000)
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    until(page, f"{RUNS} > {FAR} && {RUNS} < {FAR + 20}")
    assert page.evaluate(KEY) != key


def _seek_after(page: Page) -> Any:
    page.wait_for_timeout(7000)
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    return page.get_by_role("alert")


def test_what_is_made_anew_meanwhile_is_played_on_at_its_new_address(open_film: Open, cut: Cut) -> None:
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)  # the playlist's own address stays
    page = open_film()
    start(page)
    Rendition.objects.update(id=F("id") + 1000)  # as when a step has written it down again
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    until(page, f"{RUNS} > {FAR}")
    expect(page.locator(".player__notice")).to_be_hidden()


def test_a_withdrawn_recording_says_so(open_film: Open, viewer: Person, cut: Cut) -> None:
    page = open_film(viewer)
    start(page)
    withdraw_cut(cut=cut, actor=None)
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    expect(page.get_by_role("alert")).to_contain_text("This recording is not published any more")
    assert not page.evaluate(f"{PLAYER}.isPlaying")
    publish_cut(cut=cut, access=Access.REGISTERED, actor=None)
    page.get_by_role("button", name="Try again").click()
    until(page, f"{RUNS} > {FAR}")


def test_a_recording_for_everybody_that_is_withdrawn_says_so_too(open_film: Open, cut: Cut) -> None:
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    page = open_film()
    start(page)
    withdraw_cut(cut=cut, actor=None)
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url) if answer.status == 404 else None)
    page.evaluate(f"{PLAYER}.stage.seek({FAR})")
    expect(page.get_by_role("alert")).to_contain_text("This recording is not published any more")
    assert len([url for url in asked if url.endswith(".mp4")]) == 2, "not again and again, for half a minute"


def test_whoever_is_logged_out_is_told_and_led_to_the_log_in(
    open_film: Open, viewer: Person, cut: Cut
) -> None:
    page = open_film(viewer)
    start(page)
    page.context.clear_cookies()
    notice = _seek_after(page)
    expect(notice).to_contain_text("This recording is for attendees of the event")
    expect(notice).to_contain_text("log in to watch")
    place = int(at(page))
    notice.get_by_role("button", name="See how to watch it").click()
    login = page.locator("main").get_by_role("link", name="Log in")
    assert f"t%3D{place}" in str(login.get_attribute("href")), "the place is kept"


@pytest.mark.parametrize(
    ("language", "width", "theme"),
    [("en", 360, "light"), ("ru", 360, "dark"), ("en", 1280, "dark"), ("ru", 1280, "light")],
)
def test_a_link_that_has_ended_says_so(
    open_film: Open, cut: Cut, live_server: Any, language: str, width: int, theme: str
) -> None:
    publish_cut(cut=cut, access=Access.LINK, actor=None)
    link, secret = make_link(
        cut=cut, name="Guest", expires_at=timezone.now() + dt.timedelta(hours=1), actor=None
    )
    viewport = {"width": width, "height": browsers.WIDTHS[width]}
    page = open_film(None, f"?key={secret}", viewport=viewport, color_scheme=theme)
    if language == "ru":
        page.goto(page.url.replace("/en/", "/ru/"))
    start(page)
    link.expires_at = timezone.now()
    link.save()
    notice = _seek_after(page)
    words = {
        "en": "This link does not open the recording any more. It has ended",
        "ru": "Эта ссылка больше не открывает запись",
    }
    expect(notice).to_contain_text(words[language])
    assert_fits(page)
    assert_accessible(page)
    take_picture(page, f"link-ended-{language}-{width}-{theme}")


def test_a_lost_connection_is_not_called_a_lost_right(
    open_film: Open, viewer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_film(viewer)
    start(page)
    stop_renewing_early(page)
    page.route("**/recordings/**", lambda route: route.abort())
    notice = _seek_after(page)
    expect(notice).to_contain_text("The connection is lost")
    place = at(page)
    page.unroute("**/recordings/**")
    monkeypatch.setattr(
        links, "VALID", dt.timedelta(minutes=5)
    )  # a busy machine may need six seconds to use it
    notice.get_by_role("button", name="Try again").click()
    until(page, f"{RUNS} > {place + 0.5}")
