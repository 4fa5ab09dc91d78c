"""Meeting at the exchange in a real browser: with a mouse, by keyboard, without script, and live."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Route, WebSocketRoute, expect

from matchmaking.models import Exchange, ExchangeProfile, Meeting, MeetingRequest, Offer
from matchmaking.services.asking import ask
from matchmaking.services.desk import arrange
from network.models import Topic
from network.web.leisure import BACKGROUND
from tests.browser.conftest import OpenPage, assert_accessible, assert_fits
from tests.browser.test_live import SOCKETS, Site, site  # noqa: F401 - the fixture
from tests.factories import make_exchange, make_participant, make_registration, make_team_member

ASK_BORIS = re.compile(r"Request a meeting\s?: Boris Example")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exchange() -> Any:
    exchange = make_exchange(tables=1)
    Topic.objects.create(slug="steel", name_en="Steel", name_ru="Сталь")
    return exchange


@pytest.fixture
def anna(exchange: Any) -> ExchangeProfile:
    return make_participant(exchange, name="Anna Example", organisation_name="Foundry")


@pytest.fixture
def boris(exchange: Any) -> ExchangeProfile:
    return make_participant(exchange, name="Boris Example", organisation_name="Shipyard")


def at(exchange: Any, name: str, *more: Any) -> str:
    return reverse(f"matchmaking:{name}", args=(exchange.event.slug, *more))


def signed_in(person: Any, url: str) -> dict[str, Any]:
    """Return what a browser keeps of somebody who has signed in."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}
    return {"cookies": [cookie], "origins": []}


def clock_of(exchange: Any, slot: Any) -> str:
    return f"{slot.start.astimezone(exchange.event.zone):%H:%M}"


def test_asking_accepting_meeting_and_cancelling(
    open_page: OpenPage, live_server: Any, exchange: Any, anna: Any, boris: Any
) -> None:
    page = open_page(at(exchange, "people"), storage_state=signed_in(anna.person, live_server.url))
    page.get_by_role("link", name=ASK_BORIS).click()
    dialog = page.get_by_role("dialog")
    slot = exchange.slots.all()[2]
    dialog.get_by_label(clock_of(exchange, slot)).check()
    dialog.get_by_label("Message").fill("About castings")
    dialog.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Boris Example is asked.")).to_be_visible()
    expect(page.get_by_role("heading", name="You wait for an answer")).to_be_visible()

    other = open_page(at(exchange, "requests"), storage_state=signed_in(boris.person, live_server.url))
    expect(other.get_by_text("About castings")).to_be_visible()
    other.get_by_role("button", name=re.compile(f"Accept {clock_of(exchange, slot)}")).click()
    table = Meeting.objects.get().table
    expect(other.locator(".place__number")).to_have_text(str(table.number))
    other.get_by_role("link", name="Anna Example").click()
    other.get_by_text("Cancel the meeting").first.click()
    other.get_by_label("Reason").fill("The train is late")
    other.get_by_role("button", name="Cancel the meeting").click()
    expect(other.get_by_text("The meeting is cancelled.")).to_be_visible()
    page.goto(at(exchange, "mine"))
    expect(page.get_by_text("The train is late")).to_be_visible()


def test_the_whole_way_without_script(
    open_page: OpenPage, live_server: Any, exchange: Any, boris: Any
) -> None:
    registration = make_registration(exchange.event, exchange.event.categories.get(), name="Clara Coming")
    options = {
        "java_script_enabled": False,
        "storage_state": signed_in(registration.person, live_server.url),
    }
    page = open_page(at(exchange, "entrance"), width=360, **options)
    page.get_by_role("button", name="Join the exchange").click()
    expect(page.get_by_label("Full name")).to_have_value("Clara Coming")
    page.get_by_label("English").check()
    page.get_by_label("In one or two sentences").first.fill("Castings of steel")
    page.get_by_text("Topics").nth(1).click()
    page.get_by_label("Steel").first.check()
    page.get_by_role("button", name="Add a row").click()
    expect(page.get_by_label("In one or two sentences").first).to_have_value("Castings of steel")
    expect(page.get_by_label("In one or two sentences")).to_have_count(3)
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label(re.compile("^10:00")).uncheck()
    page.get_by_role("button", name="Save my time").click()
    assert Offer.objects.get().topics.get().slug == "steel"
    page.get_by_role("link", name=ASK_BORIS).click()
    expect(page.get_by_label("10:00")).to_have_count(0)
    page.get_by_label("10:30").check()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("You wait for an answer")).to_be_visible()
    other = open_page(
        at(exchange, "requests"),
        java_script_enabled=False,
        storage_state=signed_in(boris.person, live_server.url),
    )
    other.get_by_role("link", name=re.compile("Other time")).click()
    other.get_by_label("11:30").check()
    other.get_by_role("button", name="Propose this time").click()
    page.goto(at(exchange, "requests"))
    page.get_by_role("button", name=re.compile("Accept 11:30")).click()
    expect(page.locator(".place__number")).to_have_text("1")


def tab_to(page: Page, target: Any, turns: int = 80) -> None:
    """Go on with the Tab key until the target has the focus, which must be visible on the page."""
    for _turn in range(turns):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {target}")


def test_asking_by_keyboard_alone(
    open_page: OpenPage, live_server: Any, exchange: Any, anna: Any, boris: Any
) -> None:
    page = open_page(at(exchange, "people"), storage_state=signed_in(anna.person, live_server.url))
    link = page.get_by_role("link", name=ASK_BORIS)
    tab_to(page, link)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Any time")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, dialog.get_by_label("Any time"))
    page.keyboard.press("ArrowDown")
    tab_to(page, dialog.get_by_label("Message"))
    page.keyboard.type("Typed")
    tab_to(page, dialog.get_by_role("button", name="Send the request"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Boris Example is asked.")).to_be_visible()
    made = MeetingRequest.objects.get()
    assert (made.slot, made.message) == (exchange.slots.first(), "Typed")


def test_a_taken_time_keeps_what_was_typed_and_is_readable(
    browser: Browser, live_server: Any, exchange: Any, anna: Any, boris: Any
) -> None:
    # A window of its own: the browser complains of the answer 409, which is meant.
    context: BrowserContext = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        reduced_motion="reduce",
        storage_state=signed_in(anna.person, live_server.url),  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(at(exchange, "ask", boris.code))
    slot = exchange.slots.all()[1]
    page.get_by_label(clock_of(exchange, slot)).check()
    page.get_by_label("Message").fill("Kept with care")
    one, other = make_participant(exchange), make_participant(exchange)
    ask(sender=one, recipient=other, actor=None, slot=slot)
    client = Client()
    client.force_login(other.person)
    client.post(
        at(exchange, "request", MeetingRequest.objects.get().code), {"do": "accept"}
    )  # the only table
    page.get_by_role("button", name="Send the request").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("This time is taken")
    expect(page.get_by_label("Message")).to_have_value("Kept with care")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("Any time").check()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Boris Example is asked.")).to_be_visible()
    context.close()


# --- live ---------------------------------------------------------------------------------


def listening(page: Page, path: str) -> Page:
    """Open the page, mark it so that a reload would be seen, and wait for its socket."""
    page.goto(path)
    page.evaluate("window.stayed = true")
    wait_until(page, "document.querySelector('exchange-live').socket?.readyState === WebSocket.OPEN")
    return page


def wait_until(page: Page, condition: str) -> None:
    """Wait until the condition holds; Playwright's own waiting needs what the content policy forbids."""
    for _turn in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def ask_in_a_window(site: Site, exchange: Any, one: Any, other: Any) -> None:  # noqa: F811
    page = site.window(one.person)
    page.goto(at(exchange, "ask", other.code))
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("is asked.")).to_be_visible()


def test_a_request_appears_in_an_open_inbox(site: Site, exchange: Any, anna: Any, boris: Any) -> None:  # noqa: F811
    page = listening(site.window(anna.person), at(exchange, "requests"))
    ask_in_a_window(site, exchange, boris, anna)
    expect(page.get_by_role("heading", name="Answer these first")).to_be_visible(timeout=10_000)
    expect(page.locator("#exchange-tabs")).to_contain_text("1")
    assert page.evaluate("window.stayed")


def test_what_others_agree_is_fetched_at_leisure_and_what_concerns_her_at_once(
    site: Site,  # noqa: F811
    exchange: Any,
    anna: Any,
    boris: Any,
) -> None:
    path = at(exchange, "people")
    page = listening(site.window(anna.person), path)
    asked: list[str | None] = []
    has_leisure = False

    def answer(route: Route) -> None:
        asked.append(route.request.headers.get("priority"))
        if asked[-1] == BACKGROUND and not has_leisure:
            route.fulfill(status=503, headers={"Retry-After": "5"})
        else:
            route.continue_()

    page.route(f"**{path}", answer)
    before = page.get_attribute("exchange-live", "data-version")
    ask_in_a_window(site, exchange, boris, make_participant(exchange))
    wait_until(page, "document.querySelector('exchange-live').rest > 5000")
    assert asked == [BACKGROUND]
    assert page.get_attribute("exchange-live", "data-version") == before
    ask_in_a_window(site, exchange, boris, anna)
    expect(page.locator("#exchange-tabs")).to_contain_text("1")
    assert asked == [BACKGROUND, None]
    ask_in_a_window(site, exchange, boris, make_participant(exchange))
    wait_until(page, "document.querySelector('exchange-live').rest > 5000")
    has_leisure = True
    shown = page.get_attribute("exchange-live", "data-version")
    wait_until(page, f"document.querySelector('exchange-live').dataset.version > {shown}")
    assert asked == [BACKGROUND, None, BACKGROUND, BACKGROUND]


def test_the_board_follows_but_not_while_a_meeting_is_in_hand(
    site: Site,  # noqa: F811
    exchange: Any,
    anna: Any,
    boris: Any,
) -> None:
    Exchange.objects.filter(pk=exchange.pk).update(phase="live", preset="self_service")
    first, second = exchange.slots.all()[:2]
    made = arrange(one=anna, other=boris, slot=first, actor=None)
    one, other = make_participant(exchange, name="Clara Example"), make_participant(exchange)
    asked = ask(sender=other, recipient=one, actor=None, slot=second)
    page = listening(
        site.window(make_team_member(exchange.event, "matchmaker")),
        reverse("backoffice_exchange_board", args=(exchange.event.slug,)),
    )
    held = page.locator(f"#m-{made.code}")
    held.focus()
    page.keyboard.press("m")
    accepting = site.window(one.person)
    accepting.goto(at(exchange, "request", asked.code))
    accepting.get_by_role("button", name=re.compile("Accept")).first.click()
    expect(accepting.locator(".place__number")).to_be_visible()
    expect(page.locator("exchange-live")).to_contain_text("Something has changed")
    expect(page.get_by_role("link", name="Clara Example")).to_have_count(0)
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Clara Example")).to_be_visible(timeout=10_000)
    expect(page.locator("exchange-live")).not_to_contain_text("Something has changed")
    expect(held).to_be_focused()
    assert page.evaluate("window.stayed")


def test_what_somebody_types_is_never_lost(site: Site, exchange: Any, anna: Any, boris: Any) -> None:  # noqa: F811
    made = ask(sender=boris, recipient=anna, actor=None)
    path = at(exchange, "request", made.code)
    page = listening(site.window(anna.person), f"{path}?open=decline")
    page.get_by_label("In your words").fill("Half a sentence")
    page.get_by_label("Write a line").fill("Another half")
    other = site.window(boris.person)
    other.goto(path)
    other.get_by_label("Write a line").fill("Are you there?")
    other.get_by_role("button", name="Send").click()
    expect(page.locator("#talk")).to_contain_text("Are you there?", timeout=10_000)
    expect(page.get_by_label("In your words")).to_have_value("Half a sentence")
    expect(page.get_by_label("Write a line")).to_have_value("Another half")
    assert page.evaluate("window.stayed")


def test_a_page_asks_by_itself_where_no_socket_passes(
    site: Site,  # noqa: F811
    exchange: Any,
    anna: Any,
    boris: Any,
) -> None:
    page = site.window(anna.person)

    def shut(route: WebSocketRoute) -> None:
        route.close()

    page.route_web_socket(SOCKETS, shut)
    page.clock.install()
    page.goto(at(exchange, "mine"))
    ask_in_a_window(site, exchange, boris, anna)
    for _step in range(60):
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)
        if page.locator("#exchange-tabs b").count():
            break
    expect(page.locator("#exchange-tabs")).to_contain_text("1")


def test_paused_updates_wait_until_they_go_on(site: Site, exchange: Any, anna: Any, boris: Any) -> None:  # noqa: F811
    page = listening(site.window(anna.person), at(exchange, "requests"))
    page.get_by_role("button", name="Pause updates").click()
    ask_in_a_window(site, exchange, boris, anna)
    wait_until(page, "document.querySelector('exchange-live').heard")
    page.wait_for_timeout(700)
    expect(page.get_by_role("heading", name="Answer these first")).to_have_count(0)
    page.get_by_role("button", name="Pause updates").click()
    expect(page.get_by_role("heading", name="Answer these first")).to_be_visible(timeout=10_000)
