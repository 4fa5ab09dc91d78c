"""The transcript and the slides beside the player."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible, assert_fits, take_picture, until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall
from tests.browser.media.test_player import PLAYER, RUNS, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def select_words(page: Page, line: int) -> None:
    """Select the first words of a line, as a pointer would."""
    page.evaluate(
        """line => {
          const node = document.querySelectorAll('.transcript li p > span')[line].firstChild;
          const range = document.createRange();
          range.setStart(node, 0);
          range.setEnd(node, 9);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        line,
    )


def test_follows_the_playing_inside_its_panel_until_the_reader_scrolls(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.lines = 60
    page = open_player("?t=40")
    start(page)
    until(page, f"{RUNS} > 42")
    current = page.locator(".transcript li[aria-current]")
    expect(current).to_have_count(1)
    expect(current).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    page.locator(".transcript__lines").hover()
    page.mouse.wheel(0, -4000)
    again = page.get_by_role("button", name="Follow again")
    expect(again).to_be_visible()
    again.click()
    expect(again).to_be_hidden()
    expect(current).to_be_in_viewport()


def test_a_line_plays_its_second(open_player: OpenPlayer) -> None:
    page = open_player()
    page.get_by_role("link", name="0:20").click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} >= 20")
    page.get_by_role("link", name="0:45").click()
    until(page, f"{RUNS} >= 45")


def test_search_counts_highlights_and_turns(open_player: OpenPlayer) -> None:
    page = open_player()
    field = page.get_by_role("searchbox", name="Search in the transcript")
    field.fill("smart region")
    status = page.locator("[data-count]")
    expect(status).to_have_text("1 of 8")
    assert page.evaluate("CSS.highlights.get('found').size") == 8
    page.locator("plenum-transcript").get_by_role("button", name="Next").click()
    expect(status).to_have_text("2 of 8")
    field.press("Shift+Enter")
    expect(status).to_have_text("1 of 8")
    assert_accessible(page)
    take_picture(page, "transcript-search")
    field.fill("nowhere")
    expect(status).to_have_text("Not found")


def test_words_by_which_the_page_was_found_are_marked_and_the_panel_follows_on(
    open_player: OpenPlayer,
) -> None:
    page = open_player("?t=30&find=smart+region")
    expect(page.locator("[data-count]")).to_have_text("1 of 8")
    assert page.evaluate("CSS.highlights.get('found').size") == 8
    expect(page.locator("plenum-transcript li[aria-current]")).to_be_in_viewport()
    page.locator("plenum-transcript").get_by_role("button", name="Next").click()
    expect(page.locator("[data-count]")).to_have_text("2 of 8")


def test_selected_words_give_a_link_and_a_quotation(open_player: OpenPlayer) -> None:
    page = open_player("?camera=2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    select_words(page, 4)
    link = page.get_by_role("button", name="Copy link to 0:20")
    expect(link).to_be_visible()
    take_picture(page, "transcript-quote")
    link.click()
    expect(page.locator("#toasts")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/test-player/?t=20&camera=2")
    page.evaluate("getSelection().removeAllRanges()")
    select_words(page, 4)
    page.get_by_role("button", name="Copy quotation").click()
    until(page, "navigator.clipboard.readText().then(text => text.startsWith('“'))")
    quotation = page.evaluate("navigator.clipboard.readText()")
    assert quotation.startswith(
        "“We set ou” — Vladimir Korovkin, Digital transformation: the first plenary\nhttp"
    )
    assert quotation.endswith("?t=20&camera=2")


def test_a_line_is_copied_by_keyboard(open_player: OpenPlayer) -> None:
    """Link and quotation of the line that has the focus, also on a Russian keyboard; elsewhere the letters mean nothing."""
    page = open_player("?camera=2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    line = page.locator("plenum-transcript li").nth(4)
    line.get_by_role("link").focus()
    page.keyboard.press("l")
    expect(page.locator("#toasts")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/test-player/?t=20&camera=2")
    line.get_by_role("link").evaluate(
        "link => link.dispatchEvent(new KeyboardEvent('keydown', { key: 'й', code: 'KeyQ', bubbles: true, cancelable: true }))"
    )
    until(page, "navigator.clipboard.readText().then(text => text.startsWith('“'))")
    quotation = page.evaluate("navigator.clipboard.readText()")
    assert quotation.startswith(
        "“We set our course by the seventeen goals, and each municipality chose three.” — "
    )
    assert quotation.endswith("?t=20&camera=2")
    page.locator("plenum-transcript .transcript__lines").focus()
    page.keyboard.press("l")
    assert page.evaluate("navigator.clipboard.readText()") == quotation
    expect(page.locator("details dl dd").filter(has_text="on a line of the transcript")).to_have_count(1)


def test_five_thousand_lines_stay_quick(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.lines = 5000
    page = open_player()
    page.get_by_role("searchbox").fill("smart")
    until(
        page, "document.querySelector('[data-count]').textContent === '1 of 3333'"
    )  # expect reads all lines
    spent = page.evaluate(
        """() => { const panel = document.querySelector('plenum-transcript'); const began = performance.now();
          for (let at = 0; at < 60; at += 1) panel.mark(at); panel.offsetHeight; return performance.now() - began; }"""
    )
    assert spent < 3000, f"sixty moves took {spent:.0f} ms"


def test_slides_follow_and_can_be_leafed(open_player: OpenPlayer) -> None:
    page = open_player("?t=10")
    slides = page.locator("slides-beside")
    expect(slides.get_by_role("img")).to_have_attribute("src", "/test-media/a/slide-1.svg")
    slides.get_by_role("button", name="Next").click()
    expect(slides.get_by_role("img")).to_have_attribute("src", "/test-media/a/slide-2.svg")
    slides.get_by_role("button", name="Go to this moment, 0:24").click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} >= 24")
    slides.get_by_role("button", name="Previous").click()
    slides.get_by_role("button", name="Follow again").click()
    expect(slides.get_by_role("img")).to_have_attribute("src", "/test-media/a/slide-2.svg")


def test_the_panel_fits_a_phone(open_player: OpenPlayer) -> None:
    page = open_player(width=320)
    assert_fits(page)
    assert_accessible(page)


def test_slides_begin_with_the_place_of_the_address(open_player: OpenPlayer) -> None:
    page = open_player("?t=45")
    slides = page.locator("slides-beside")
    expect(slides.get_by_role("img")).to_have_attribute("src", "/test-media/a/slide-2.svg")
    expect(slides.get_by_role("button", name="Follow again")).to_be_hidden()


def test_leafing_to_the_end_keeps_the_focus(open_player: OpenPlayer) -> None:
    page = open_player()
    slides = page.locator("slides-beside")
    for name in ("Next", "Previous"):
        button = slides.get_by_role("button", name=name)
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-disabled", "true")
        caption = slides.locator("figcaption").text_content()
        page.keyboard.press("Enter")
        expect(slides.locator("figcaption")).to_have_text(str(caption))
    assert_accessible(page)


def test_no_line_is_current_long_after_the_last_word(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.lines, hall.said_for = 4, 0.2  # each is said for three of fifteen seconds
    page = open_player("?t=46")
    current = page.locator(".transcript li[aria-current]")
    expect(current).to_have_attribute("data-start", "45")
    start(page)
    page.evaluate(f"{PLAYER}.stage.seek(39)")
    until(page, f"{RUNS} > 39")
    expect(current).to_have_count(0)
    assert page.evaluate("document.querySelector('plenum-transcript').current") == 2
    expect(current).to_have_attribute("data-start", "45")


def test_links_name_the_transcript_that_is_quoted_and_never_the_key(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.languages = ("ru", "en")
    page = open_player("?transcript=ru&t=20&camera=2&key=secret")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    select_words(page, 4)
    page.get_by_role("button", name="Copy link to 0:20").click()
    expect(page.locator("#toasts")).to_have_text("Copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/test-player/?t=20&camera=2&transcript=ru")
    page.locator("plenum-transcript nav").get_by_role("link", name="EN").click()
    expect(page.locator("plenum-transcript ol")).to_have_attribute("lang", "en")
    expect(page.locator(".transcript li[aria-current]")).to_have_attribute("data-start", "20")
    select_words(page, 4)
    page.get_by_role("button", name="Copy quotation").click()
    until(page, "navigator.clipboard.readText().then(text => text.startsWith('“'))")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/test-player/?t=20&camera=2"), (
        "English words are what the English page shows"
    )


def test_the_page_is_loaded_anew_with_its_key_and_its_transcript(open_player: OpenPlayer) -> None:
    page = open_player("?transcript=ru&t=8&key=secret")
    start(page)
    page.evaluate(f"{PLAYER}.stage.loadPage()")
    expect(page).to_have_url(re.compile(r"/\?transcript=ru&t=\d+&key=secret$"))


def test_another_language_opens_in_a_tab_of_its_own_where_that_is_asked_for(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.languages = ("ru", "en")
    page = open_player("?transcript=en")
    with page.context.expect_page() as opened:
        page.locator("#transcript-ru").click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("#transcript-ru")).to_have_attribute("aria-current", "true")
    expect(page.locator("#transcript-en")).to_have_attribute("aria-current", "true")
