"""Keys on any layout, before and after the first play, and what they tell those who do not see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall
from tests.browser.media.test_player import PLAYER, RUNS, TOGETHER, start, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(page: Page, key: str, code: str, *, shift: bool = False) -> None:
    """Press a key as the browser tells it on that layout, where the focus is."""
    page.evaluate(
        "([key, code, shiftKey]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }))",
        [key, code, shift],
    )


def test_letters_count_by_their_place_on_keyboards_without_latin_ones(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    start(page)
    until(page, TOGETHER)
    page.locator(".player__screen").focus()
    press(page, "л", "KeyK")
    until(page, f"!{PLAYER}.isPlaying")
    press(page, "ы", "KeyS")
    assert state(page, "view.layout") == "small"
    press(page, "Ю", "Period", shift=True)
    assert state(page, "together.rate") == 1.25
    press(page, "é", "Digit2")  # French
    assert state(page, "view.choice") == "2"
    press(page, "k", "KeyV")  # Dvorak: the letter counts
    until(page, f"{PLAYER}.isPlaying")
    press(page, ".", "KeyV")
    press(page, "q", "KeyX")
    press(page, "!", "Digit1", shift=True)
    press(page, "ж", "Semicolon")
    assert state(page, "view.choice") == "2"
    assert page.evaluate(f"{PLAYER}.isPlaying")


def test_before_the_first_play_cameras_are_chosen_and_nothing_is_loaded(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    page = open_player()
    page.locator(".player__go").focus()
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Camera 2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Both")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".player__status")).to_have_text("It will begin with: Camera 2")
    page.keyboard.press("9")
    expect(page.get_by_role("button", name="Camera 2")).to_have_attribute("aria-pressed", "true")
    assert not [name for name in hall.asked if name.endswith((".m3u8", ".mp4"))]
    page.keyboard.press("k")
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} > 0")
    assert state(page, "view.choice") == "2"


def test_before_the_first_play_other_keys_do_what_they_do_later(open_player: OpenPlayer) -> None:
    page = open_player("?t=20")
    page.locator(".player__go").focus()
    page.keyboard.press("f")
    until(page, "document.fullscreenElement?.localName === 'plenum-player'")
    page.keyboard.press("f")
    until(page, "!document.fullscreenElement")
    page.keyboard.press("c")
    expect(page.locator(".player__status")).to_have_text("Captions are on")
    assert not page.evaluate(f"{PLAYER}.isPlaying")
    page.keyboard.press("l")
    until(page, f"{PLAYER}.at >= 30 && {PLAYER}.stage.together.target === null")
    page.keyboard.press("k")
    until(page, f"{RUNS} > 30")


def test_what_is_remembered_shows_before_the_first_play(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    page.get_by_label("Volume").fill("40")
    page.get_by_label("Speed").select_option("1.5")
    page.get_by_label("Captions").first.select_option("en")
    until(page, f"Boolean({PLAYER}.stage) && {PLAYER}.stage.captions.chosen?.srclang === 'en'")
    assert state(page, "together.rate") == 1.5
    page.get_by_role("button", name="Sound off").click()
    page.reload()
    assert page.locator("plenum-player[data-state=ready]").count() == 0
    expect(page.get_by_role("button", name="Sound off")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Volume")).to_have_value("0")
    expect(page.locator("[data-captions]")).to_have_value("en")
    expect(page.get_by_label("Speed")).to_have_value("1.5")
    page.get_by_role("button", name="Sound off").click()
    expect(page.get_by_label("Volume")).to_have_value("40")
    start(page)
    assert state(page, "feeds[0].video.volume") == pytest.approx(0.4)
    assert not state(page, "feeds[0].video.muted")
    assert state(page, "together.rate") == 1.5


def test_each_change_is_told_in_other_words(open_player: OpenPlayer) -> None:
    page = open_player("?t=6&camera=1")
    start(page)
    status = page.locator(".player__status")
    page.locator(".player__screen").focus()
    for key, words in (
        ("b", "All cameras are shown, camera 1 first"),
        ("s", "Camera 1 is large, the others are small in it"),
        ("x", "Camera 2 is large, the others are small in it"),
        ("b", "All cameras are shown, camera 2 first"),
        ("x", "All cameras are shown, camera 1 first"),
        ("m", "Sound is off"),
        ("m", "Sound is on"),
    ):
        page.keyboard.press(key)
        expect(status).to_have_text(words)
