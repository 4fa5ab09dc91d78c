"""The player in a frame on another page: all of it in view at any size, and links that lead to the recording's page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from media_archive.views.sharing import BELOW, HEIGHT, WIDTH
from tests.browser.conftest import THEMES, assert_accessible, assert_fits, take_picture
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.test_player import start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [
    (320, 240),
    (320, 568),
    (480, 270),
    (640, 360),
    (768, 432),
    (960, 750),
    (960, 540),
    (400, 435),
    (1600, 900),
]
VIEWS = ("1", "2", "b", "s")


def assert_whole(page: Page, where: str) -> None:
    """Raise AssertionError where anything of the player lies outside the frame or the picture is not in its middle."""
    told = page.evaluate(
        """() => {
          const root = document.documentElement, screen = document.querySelector('.player__screen').getBoundingClientRect();
          const seen = [...document.querySelectorAll('.player__screen, .player__panel, .player__choices, .player__help')]
            .map(one => one.getBoundingClientRect()).filter(one => one.height);
          return [root.scrollHeight - innerHeight, Math.max(...seen.map(one => one.bottom)) - innerHeight,
                  Math.round(screen.left - (root.clientWidth - screen.right)), screen.height];
        }"""
    )
    taller, below, aside, height = told
    assert taller <= 0, f"{where}: {taller} px too high"
    assert below <= 0, f"{where}: {below} px below the frame"
    assert abs(aside) <= 1, f"{where}: the picture lies {aside} px aside"
    assert height >= 90, f"{where}: the picture is only {height} px high"


def test_fits_frames_of_any_size_in_every_view(open_player: OpenPlayer) -> None:
    page = open_player("frame/")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert_whole(page, f"before at {width}×{height}")
    start(page)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for key in VIEWS:
            page.locator(".player__screen").focus()
            page.keyboard.press(key)
            assert_whole(page, f"{key} at {width}×{height}")
            assert_fits(page)
            expect(page.get_by_role("button", name="Camera 2")).to_be_in_viewport()
        take_picture(page, f"frame-{width}x{height}")


@pytest.mark.parametrize("theme", THEMES)
def test_every_reader_can_use_the_frame(open_player: OpenPlayer, theme: str) -> None:
    for width in (320, 960):
        page = open_player("frame/", width=width, theme=theme)
        assert_accessible(page, f"{width}, {theme}")


def test_links_lead_to_the_page_of_the_recording(open_player: OpenPlayer) -> None:
    page = open_player("frame/?t=12&camera=2")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Link to 0:12").evaluate("one => one.click()")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/test-player/?t=12&camera=2"), copied


def test_the_frame_that_is_offered_shows_the_whole_picture(open_player: OpenPlayer) -> None:
    page = open_player("frame/?camera=1")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT + BELOW})
    box = page.locator(".player__screen").bounding_box()
    assert box
    assert abs(box["width"] / box["height"] - 16 / 9) < 0.05, "nothing black beside the picture"
