"""The design's living page, the reader's settings and what components do in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def in_the_demo(settings):
    settings.DEMO = True


def test_text_at_twice_its_size_fits_320_pixels(open_page: OpenPage) -> None:
    page = open_page("/en/design/", width=320)
    assert_fits(page)
    page = open_page("/en/privacy/", width=640)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert_fits(page)


def test_reader_settings_open_in_a_dialog_and_are_kept(open_page: OpenPage) -> None:
    page = open_page("/en/privacy/")
    page.get_by_role("link", name="Reader settings").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Reader settings")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("radio", name="Dark").check()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    dialog.get_by_role("button", name="Keep these settings").click()
    page.wait_for_url("**/en/privacy/")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_reader_settings_work_without_script(open_page: OpenPage) -> None:
    page = open_page("/en/privacy/", java_script_enabled=False)
    page.get_by_role("link", name="Reader settings").click()
    page.get_by_role("radio", name="Very large").check()
    page.get_by_role("button", name="Keep these settings").click()
    page.goto("/en/privacy/")
    assert page.locator("html").get_attribute("data-text") == "xlarge"


def test_a_visitors_star_stays_in_the_browser(open_page: OpenPage) -> None:
    page = open_page("/en/design/")
    star = page.get_by_role("button", name="On my agenda: Roadmaps that survive the first year")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="My agenda 1").click()
    expect(page.locator(".timetable .session:visible")).to_have_count(1)


def test_the_now_line_stands_between_the_hours_around_it(open_page: OpenPage) -> None:
    page = open_page("/en/design/")
    tops = _tops(page)
    assert tops["10"] < tops["now"] < tops["11"]
    assert tops["z"] < 1, "the line must run behind the sessions"
    expect(page.locator("#programme .is-now")).to_have_count(5)
    expect(page.locator("[data-now-count]")).to_have_text("10:35 · 5 sessions on now")


def test_the_now_line_parts_the_list_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/en/design/", width=360)
    after = page.locator(".now-row ~ .session").first
    expect(after.locator(".session__title")).to_have_text("Coffee")


def test_times_turn_to_the_readers_own(open_page: OpenPage) -> None:
    page = open_page("/en/design/", timezone_id="Asia/Novosibirsk")
    opening = page.locator("#programme .session", has_text="Opening").locator(".session__time")
    expect(opening).to_have_text("09:30–10:00")
    page.get_by_role("button", name="My time").first.click()
    expect(opening).to_have_text("13:30–14:00")
    expect(page.locator("[data-zone-note]")).to_have_text("Your time (UTC+7)")
    page.reload()
    expect(opening).to_have_text("13:30–14:00")


def test_menus_and_dialogs_close_by_escape_and_give_the_focus_back(open_page: OpenPage) -> None:
    page = open_page("/en/design/")
    summary = page.locator("details.menu > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Subscribe")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Subscribe")).to_be_hidden()
    expect(summary).to_be_focused()
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open a dialog")).to_be_focused()


def test_the_first_tab_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/en/privacy/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    assert (skip.bounding_box() or {"height": 0})["height"] > 24
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def _tops(page: Page) -> dict[str, float]:
    """Return where the marks of 10:00 and 11:00 and the now-line stand, and the line's layer."""
    tops: dict[str, float] = page.evaluate(
        """() => {
          const top = (css) => document.querySelector(css).getBoundingClientRect().top;
          const row = document.querySelector('#programme .now-row');
          return {10: top('.k-10'), 11: top('.k-11'), now: row.getBoundingClientRect().top + row.offsetHeight / 2,
                  z: Number(getComputedStyle(row).zIndex)};
        }"""
    )
    return tops
