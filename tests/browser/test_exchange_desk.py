"""The matchmaker's board in a real browser, the word before a meeting, and the hall screen that looks after itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from matchmaking.links import screen_link
from matchmaking.models import Exchange, ExchangeProfile, Meeting, Slot
from matchmaking.services.booking import book
from matchmaking.services.setting_up import renew_screen_address
from tests.browser.conftest import OpenPage, until
from tests.browser.test_exchange import signed_in
from tests.factories import make_exchange, make_participant, make_team_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange(tables=2, preset="curated", phase="plan")


@pytest.fixture
def slots(exchange: Exchange) -> list[Slot]:
    return list(exchange.slots.all())


def meet(
    exchange: Exchange, one: ExchangeProfile, other: ExchangeProfile, slot: Slot, table: int = 1
) -> Meeting:
    low, high = sorted([one, other], key=lambda profile: profile.pk)
    return book(
        low=low, high=high, request=None, slot=slot, table=exchange.tables.get(number=table), actor=None
    )


@pytest.fixture
def people(exchange: Exchange) -> list[ExchangeProfile]:
    return [make_participant(exchange, name=f"{name} Example") for name in ("Anna", "Boris", "Clara")]


@pytest.fixture
def meeting(exchange: Exchange, people: list[ExchangeProfile], slots: list[Slot]) -> Meeting:
    return meet(exchange, people[0], people[1], slots[0])


@pytest.fixture
def board(open_page: OpenPage, live_server: Any, exchange: Exchange, meeting: Meeting) -> Page:
    matchmaker = make_team_member(exchange.event, "matchmaker")
    page = open_page("/admin/", storage_state=signed_in(matchmaker, live_server.url))
    page.goto(reverse("backoffice_exchange_board", args=(exchange.event.slug,)))
    return page


def place(page: Page, slot: Slot, exchange: Exchange, table: int) -> Any:
    return page.locator(f"[data-slot='{slot.pk}'][data-table='{exchange.tables.get(number=table).pk}']")


def test_a_meeting_is_dragged_to_another_table_and_time(
    board: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    board.locator("[data-move]").drag_to(place(board, slots[2], exchange, 2))
    expect(board.get_by_text("Moved:")).to_be_visible()
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table.number) == (slots[2], 2)


def test_a_meeting_is_carried_by_keyboard(
    board: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    cell = board.locator("[data-move]")
    cell.focus()
    board.keyboard.press("m")
    expect(board.get_by_role("status").filter(has_text="choose a free place")).to_be_visible()
    board.keyboard.press("Escape")
    expect(board.get_by_text("It stays where it was.")).to_be_visible()
    expect(cell).to_be_focused()
    board.keyboard.press("m")
    place(board, slots[1], exchange, 1).focus()
    board.keyboard.press("ArrowRight")
    board.keyboard.press("ArrowDown")
    expect(place(board, slots[2], exchange, 2)).to_be_focused()
    board.keyboard.press("Enter")
    expect(board.get_by_text("Moved:")).to_be_visible()
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table.number) == (slots[2], 2)


class Finger:
    """A finger on a page, as the browser hears of one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _say(self, what: str, *points: tuple[float, float]) -> None:
        touch = [{"x": x, "y": y} for x, y in points]
        self.session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": touch})

    def down(self, on: Any) -> tuple[float, float]:
        """Put it on the middle of something; return where that is."""
        self.at = middle(on)
        self._say("touchStart", self.at)
        return self.at

    def move(self, to: tuple[float, float], steps: int = 8) -> None:
        """Slide it to a place."""
        (x, y), (to_x, to_y) = self.at, to
        for step in range(1, steps + 1):
            self._say("touchMove", (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps))
        self.at = to

    def up(self) -> None:
        """Take it off."""
        self._say("touchEnd")

    def lost(self) -> None:
        """Let something else take it, such as a call."""
        self._say("touchCancel")


def middle(of: Any) -> tuple[float, float]:
    box = of.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def touched(open_page: OpenPage, live_server: Any, exchange: Exchange, meeting: Meeting) -> Page:
    """The board on a telephone."""
    state = signed_in(make_team_member(exchange.event, "matchmaker"), live_server.url)
    page = open_page("/admin/", width=360, storage_state=state, has_touch=True, is_mobile=True)
    page.goto(reverse("backoffice_exchange_board", args=(exchange.event.slug,)))
    page.locator(".mm-board").evaluate("board => board.scrollIntoView()")
    return page


def test_a_finger_that_rests_on_a_meeting_carries_it(
    touched: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    finger = Finger(touched)
    finger.down(touched.locator("a[data-move]"))
    expect(touched.locator(".mm-cell--carried")).to_be_visible()
    expect(touched.get_by_role("status").filter(has_text="put it on a free place")).to_be_visible()
    target = place(touched, slots[1], exchange, 2)
    finger.move(middle(target))
    expect(target).to_have_class("mm-free mm-free--over")
    finger.up()
    expect(touched.get_by_text("Moved:")).to_be_visible()
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table.number) == (slots[1], 2)


def test_a_finger_at_the_edge_scrolls_the_board_to_places_out_of_sight(
    touched: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    last = slots[-1]
    target = place(touched, last, exchange, 2)
    assert target.bounding_box()["x"] > 360
    finger = Finger(touched)
    _x, y = finger.down(touched.locator("a[data-move]"))
    expect(touched.locator(".mm-cell--carried")).to_be_visible()
    finger.move((350, y))
    expect(target).to_be_in_viewport(ratio=0.9)
    finger.move(middle(target))
    finger.up()
    expect(touched.get_by_text("Moved:")).to_be_visible()
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.table.number) == (last, 2)


def test_a_finger_that_moves_at_once_scrolls_and_a_short_press_opens_the_meeting(
    touched: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    cell, finger = touched.locator("a[data-move]"), Finger(touched)
    x, y = finger.down(cell)
    finger.move((x - 90, y))
    until(touched, "document.querySelector('.mm-board').scrollLeft > 30")
    expect(touched.locator(".mm-cell--carried")).to_have_count(0)
    finger.up()
    touched.locator(".mm-board").evaluate("board => board.scrollTo(0, 0)")
    cell.tap()
    expect(touched).to_have_url(re.compile(f"/meetings/{meeting.code}/$"))
    meeting.refresh_from_db()
    assert meeting.slot == slots[0]


@pytest.mark.parametrize("how", ["escape", "lost", "beside"])
def test_a_meeting_that_a_finger_does_not_put_down_stays_where_it_was_and_can_be_opened(
    touched: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot], how: str
) -> None:
    cell, finger = touched.locator("a[data-move]"), Finger(touched)
    finger.down(cell)
    expect(touched.locator(".mm-cell--carried")).to_be_visible()
    finger.move(
        middle(
            place(touched, slots[1], exchange, 2)
            if how != "beside"
            else touched.locator(".mm-board tbody th").last
        )
    )
    if how == "escape":
        touched.keyboard.press("Escape")
    elif how == "lost":
        finger.lost()
    else:
        finger.up()
    expect(touched.get_by_text("It stays where it was.")).to_be_visible()
    expect(touched.locator(".mm-cell--carried, .mm-cell--lifted, .mm-moving, .mm-free--over")).to_have_count(
        0
    )
    if how == "escape":
        finger.up()
    cell.tap()
    expect(touched).to_have_url(re.compile(f"/meetings/{meeting.code}/$"))
    meeting.refresh_from_db()
    assert meeting.slot == slots[0]


def test_a_mouse_that_lets_go_elsewhere_leaves_the_meeting_and_opens_nothing(
    board: Page, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    cell = board.locator("a[data-move]")
    board.mouse.move(*middle(cell))
    board.mouse.down()
    board.mouse.move(*middle(place(board, slots[2], exchange, 2)), steps=5)
    expect(place(board, slots[2], exchange, 2)).to_have_class("mm-free mm-free--over")
    x, y = middle(cell)
    board.mouse.move(x + 4, y + 4, steps=5)
    board.mouse.up()
    expect(board.get_by_text("It stays where it was.")).to_be_visible()
    cell.focus()
    board.keyboard.press("Enter")  # the press of a key is none of the mouse's clicks
    expect(board).to_have_url(re.compile(f"/meetings/{meeting.code}/$"))
    meeting.refresh_from_db()
    assert meeting.slot == slots[0]


def test_a_move_that_cannot_be_is_refused_in_words_and_nothing_changes(
    browser: Browser,
    live_server: Any,
    exchange: Exchange,
    meeting: Meeting,
    people: list[ExchangeProfile],
    slots: list[Slot],
) -> None:
    state = signed_in(make_team_member(exchange.event, "matchmaker"), live_server.url)
    # A window of its own: the browser complains of the answer 422, which is meant.
    context = browser.new_context(base_url=live_server.url, storage_state=state)
    page = context.new_page()
    page.goto(reverse("backoffice_exchange_board", args=(exchange.event.slug,)))
    meet(exchange, people[0], people[2], slots[1], table=2)  # since the page was loaded
    page.locator("[data-move]").drag_to(place(page, slots[1], exchange, 1))
    expect(page.get_by_text("not one of the available choices")).to_be_visible()
    context.close()
    meeting.refresh_from_db()
    assert meeting.slot == slots[0]


def test_open_pages_say_whom_one_meets_in_a_few_minutes(
    open_page: OpenPage, live_server: Any, exchange: Exchange, meeting: Meeting, people: list[ExchangeProfile]
) -> None:
    soon = timezone.now() + dt.timedelta(minutes=10)
    Slot.objects.filter(pk=meeting.slot_id).update(start=soon, end=soon + dt.timedelta(minutes=25))
    page = open_page(
        reverse("matchmaking:requests", args=(exchange.event.slug,)),
        storage_state=signed_in(people[0].person, live_server.url),
    )
    word = page.locator("exchange-soon")
    expect(word).to_contain_text("you meet: Boris Example, table 1")
    word.get_by_role("link").click()
    expect(page).to_have_url(
        f"{live_server.url}{reverse('matchmaking:meeting', args=(exchange.event.slug, meeting.code))}"
    )


def test_the_hall_screen_counts_down_and_renews_itself(
    open_page: OpenPage, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    begun = timezone.now() - dt.timedelta(minutes=21)
    Slot.objects.filter(pk=slots[0].pk).update(start=begun, end=begun + dt.timedelta(minutes=25))
    Exchange.objects.filter(pk=exchange.pk).update(phase="live", screen_names=True)
    page = open_page(screen_link(exchange))
    expect(page.locator("#left")).to_have_text("4 min left")
    expect(page.get_by_text("Anna Example")).to_be_visible()
    Meeting.objects.all().delete()
    expect(page.get_by_text("Anna Example")).to_be_hidden(timeout=60_000)
    bell = page.get_by_role("button", name="Bell")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")


def test_an_open_hall_screen_says_that_its_address_was_replaced_and_asks_no_more(
    browser: Browser, live_server: Any, exchange: Exchange, meeting: Meeting, slots: list[Slot]
) -> None:
    begun = timezone.now() - dt.timedelta(minutes=5)
    Slot.objects.filter(pk=slots[0].pk).update(start=begun, end=begun + dt.timedelta(minutes=25))
    Exchange.objects.filter(pk=exchange.pk).update(phase="live", screen_names=True)
    # A window of its own: the browser complains of the answer 404, which is meant.
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.clock.install()
    page.goto(screen_link(exchange))
    expect(page.get_by_text("Anna Example")).to_be_visible()
    renew_screen_address(exchange=exchange, actor=None)
    page.clock.run_for(16_000)
    expect(page.get_by_role("heading", name="This screen has a new address")).to_be_visible()
    expect(page.get_by_text("Anna Example")).to_have_count(0)
    expect(page.get_by_role("button", name="Bell")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert asked == []
    context.close()
