"""Open pages and a new release: told over a real socket, asked for where none passes, put in place either way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from channels.routing import ProtocolTypeRouter
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from tests.browser.conftest import until
from tests.factories import FIRST_DAY, PersonFactory, make_released_event, make_team_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOCKETS = "**/ws/**"


class Site:
    """The whole application, sockets included, on a port of its own."""

    def __init__(self, browser: Browser) -> None:
        from config.asgi import application, pages

        whole = ProtocolTypeRouter(
            {
                "http": ASGIStaticFilesHandler(pages),
                "websocket": application.application_mapping["websocket"],
            }
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.server = uvicorn.Server(
            uvicorn.Config(
                whole,
                host="127.0.0.1",
                port=port,
                log_level="warning",
                lifespan="off",
                ws="websockets-sansio",
            )
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.server.started:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def window(self, person: Any = None, **options: Any) -> Page:
        """Return an empty window of a visitor, or of somebody who has signed in."""
        context = self.browser.new_context(base_url=self.address, reduced_motion="reduce", **options)
        self.contexts.append(context)
        if person is not None:
            client = Client()
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": self.address}])
        return context.new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def site(browser: Browser, db: None) -> Iterator[Site]:
    running = Site(browser)
    yield running
    running.close()


@pytest.fixture
def event() -> Event:
    return make_released_event(sessions=2)[0]


@pytest.fixture
def day(event: Event) -> str:
    return f"/en/events/{event.slug}/programme/{FIRST_DAY}/"


def release(site: Site, event: Event, title: str) -> None:
    """Rename the first session and publish it, as an organiser does it in the back office."""
    first = event.sessions.order_by("number").first()
    Session.objects.filter(pk=first.pk).update(title_en=title)
    page = site.window(make_team_member(event, "organiser"))
    page.goto(reverse("backoffice_release", args=(event.slug,)))
    page.get_by_role("button", name="Release now").click()
    expect(page.get_by_text("is out.")).to_be_visible()


def opened(page: Page, path: str) -> Page:
    """Open the page and mark it, so that a reload of the whole page would be seen."""
    page.goto(path)
    page.evaluate("window.stayed = true")
    return page


def listening(page: Page, path: str) -> Page:
    """Open the page and wait for its socket."""
    opened(page, path)
    until(page, "document.querySelector('live-release').socket?.readyState === WebSocket.OPEN")
    return page


def assert_replaced_in_place(page: Page, title: str) -> None:
    expect(page.get_by_role("link", name=title)).to_be_visible(timeout=10_000)
    assert page.evaluate("window.stayed")
    expect(page.get_by_text("The programme was updated.")).to_be_visible()


def test_a_release_reaches_open_pages_over_the_socket(site: Site, event: Event, day: str) -> None:
    first = event.sessions.order_by("number").first()
    page = listening(site.window(), day)
    page.get_by_role("button", name=f"On my agenda: {first.title_en}").click()
    one = listening(site.window(PersonFactory()), f"/en/events/{event.slug}/sessions/{first.code}/")
    release(site, event, "Renamed by the team")
    assert_replaced_in_place(page, "Renamed by the team")
    star = page.get_by_role("button", name="On my agenda: Renamed by the team")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(one.get_by_role("heading", name="Renamed by the team", level=1)).to_be_visible()
    assert one.evaluate("window.stayed")


def test_a_page_whose_updates_are_paused_waits_until_they_go_on(site: Site, event: Event, day: str) -> None:
    page = listening(site.window(), day)
    page.get_by_role("button", name="Pause updates").click()
    release(site, event, "Later, please")
    until(page, "document.querySelector('live-release').heard === 2")
    expect(page.get_by_role("link", name="Later, please")).to_have_count(0)
    page.get_by_role("button", name="Pause updates").click()
    assert_replaced_in_place(page, "Later, please")


def test_a_page_asks_by_itself_where_no_socket_passes(site: Site, event: Event, day: str) -> None:
    page = site.window()
    page.route_web_socket(SOCKETS, lambda route: route.close())
    page.clock.install()
    opened(page, day)
    release(site, event, "Heard by asking")
    asked: list[str] = []
    number = reverse("programme_release_number", args=(event.slug,))
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(number) else None)
    for _step in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)
        if asked:
            break
    assert_replaced_in_place(page, "Heard by asking")


def test_a_socket_that_was_lost_catches_up(site: Site, event: Event, day: str) -> None:
    page = site.window()
    away = True

    def pass_later(route: WebSocketRoute) -> None:
        if away:
            route.close()
        else:
            route.connect_to_server()

    page.route_web_socket(SOCKETS, pass_later)
    page.clock.install()
    opened(page, day)
    release(site, event, "Published meanwhile")
    away = False
    page.clock.run_for(4_000)
    assert_replaced_in_place(page, "Published meanwhile")


HANGING = """window.WebSocket = class {
  constructor() { this.readyState = 0; }
  close() { this.onclose?.(); }
}"""


def test_a_page_asks_by_itself_where_a_network_swallows_sockets(site: Site, event: Event, day: str) -> None:
    page = site.window()
    page.add_init_script(HANGING)
    page.clock.install()
    opened(page, day)
    release(site, event, "Heard in spite of silence")
    for _step in range(90):
        page.clock.run_for(1_000)
        page.wait_for_timeout(30)
        if page.evaluate("document.querySelector('live-release').dataset.release") == "2":
            break
    assert_replaced_in_place(page, "Heard in spite of silence")


def test_a_page_that_comes_back_to_the_eye_asks_at_once(site: Site, event: Event, day: str) -> None:
    page = site.window()
    page.add_init_script(HANGING)
    opened(page, day)
    release(site, event, "Seen on return")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert_replaced_in_place(page, "Seen on return")


def test_a_part_that_did_not_come_is_fetched_once_more(site: Site, event: Event, day: str) -> None:
    page = listening(site.window(), day)
    page.clock.install()
    page.route(f"**{day}", lambda route: route.abort())
    release(site, event, "At the second try")
    until(page, "document.querySelector('live-release').retry")
    expect(page.get_by_text("The programme was updated.")).to_have_count(0)
    page.unroute(f"**{day}")
    page.clock.run_for(11_000)
    assert_replaced_in_place(page, "At the second try")
