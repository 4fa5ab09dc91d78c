"""Phones: the picture stays in sight while the page is read below it, or comes back where there is no room for that."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PICTURES, THEMES, assert_accessible, assert_fits, until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall
from tests.browser.media.test_player import PLAYER, RUNS, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALL = f"{PLAYER}.classList.contains('is-small')"
BOX = "(one => ({ top: one.top, bottom: one.bottom }))(document.querySelector('.player__box').getBoundingClientRect())"


def chapter(page: Page):
    return page.get_by_role("link", name="Smart region, 17 goals")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 480), (800, 1100)])
def test_the_picture_stays_at_the_top_while_something_plays(
    open_player: OpenPlayer, width: int, height: int, theme: str
) -> None:
    page = open_player(width=width, theme=theme)
    page.set_viewport_size({"width": width, "height": height})
    chapter(page).evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.evaluate("scrollBy(0, 20)")
    assert not page.evaluate(SMALL)
    top = chapter(page).bounding_box()
    chapter(page).click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} >= 36 && {SMALL}")
    assert chapter(page).bounding_box() == top, "what is read stays where it is"
    for key in ("1", "b", "s"):
        page.evaluate(f"{PLAYER}.stage.controls.act('{key}')")
        box = page.evaluate(BOX)
        assert box["top"] == 0
        assert box["bottom"] <= height * 0.45 + 1
        assert_fits(page)
        page.screenshot(path=PICTURES / f"sight-{key}-{width}-{theme}.png")
    page.evaluate("scrollTo(0, 0)")
    until(page, f"!{SMALL}")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_what_has_the_focus_is_not_covered(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.lines = 40
    page = open_player(width=360)
    start(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    until(page, SMALL)
    assert page.evaluate("document.activeElement.className") == "player__screen", (
        "not lost with what is hidden"
    )
    assert_accessible(page, "small")
    page.locator("footer a").last.focus()
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        told = page.evaluate(
            f"""() => {{ const one = document.activeElement, box = {BOX};
              if (one.closest('plenum-player') || !{SMALL}) return null;
              return [one.outerHTML.slice(0, 80), one.getBoundingClientRect().top, box.bottom]; }}"""
        )
        if told is None:
            break
        what, top, bottom = told
        assert top >= bottom - 1 or "transcript__lines" in what, told
    else:
        pytest.fail("never came back to the player")


def test_it_goes_back_to_its_place_when_told_or_at_the_end(open_player: OpenPlayer) -> None:
    page = open_player("?t=12", width=360)
    start(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    until(page, SMALL)
    page.get_by_role("button", name="Put the picture back in its place").click()
    until(page, f"!{SMALL}")
    assert page.evaluate(f"{PLAYER}.isPlaying")
    chapter(page).click()
    until(page, SMALL)
    page.evaluate(f"void {PLAYER}.playAt(59)")
    until(page, f"!{PLAYER}.isPlaying && !{SMALL}")


@pytest.mark.parametrize(("width", "height"), [(740, 360), (1280, 500)])
def test_low_and_wide_windows_scroll_to_the_picture(open_player: OpenPlayer, width: int, height: int) -> None:
    page = open_player(width=width)
    page.set_viewport_size({"width": width, "height": height})
    chapter(page).scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    chapter(page).click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} >= 36")
    assert not page.evaluate(SMALL)
    expect(page.locator(".player__screen")).to_be_in_viewport(ratio=0.5)
