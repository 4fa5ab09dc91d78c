"""The matchmaker's board in a real browser, the word before a meeting, and the hall screen that looks after itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from matchmaking.links import screen_link
from matchmaking.models import Exchange, ExchangeProfile, Meeting, Slot
from matchmaking.services.booking import book
from matchmaking.services.setting_up import renew_screen_address
from tests.browser.conftest import OpenPage
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
