"""The menu of sounds in a real browser: place and cameras are kept, the choice is remembered, a broken sound is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import THEMES, assert_accessible, assert_fits, take_picture, until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall
from tests.browser.media.test_player import PLAYER, RUNS, TOGETHER, at, start
from tests.browser.media.test_transcript import select_words

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUDIBLE = f"{PLAYER}.stage.feeds.filter(feed => !feed.video.muted).map(feed => feed.number)"
ENGLISH_LEADS = (
    f"({PLAYER}.stage.together.leader.camera.sound?.language === 'en' && String({AUDIBLE}) === '0')"
)


def menu(page: Page):
    return page.get_by_role("combobox", name="Sound")


def test_another_language_is_heard_at_the_same_place(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.voices = True
    page = open_player("?t=8")
    start(page)
    until(page, TOGETHER)
    assert not [name for name in hall.asked if name.startswith("voice/")]
    before, began = at(page), page.evaluate("performance.now()")
    menu(page).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(AUDIBLE) == [1], "the old sound is heard until the new one is there"
    until(page, ENGLISH_LEADS)
    passed = (page.evaluate("performance.now()") - began) / 1000
    assert abs(at(page) - before - passed) < 0.6, "the place is kept"
    assert [name for name in hall.asked if name.startswith("voice/4/") and name.endswith(".mp4")]
    expect(page.locator(".player__status")).to_have_text("Sound: English")
    until(page, TOGETHER)
    page.evaluate(f"{PLAYER}.stage.seek(20)")
    until(page, f"{RUNS} > 20 && {ENGLISH_LEADS} && {TOGETHER}")
    menu(page).select_option(label="Russian")
    until(page, f"String({AUDIBLE}) === '1' && {PLAYER}.stage.feeds.length === 2")
    until(page, f"{RUNS} > 21 && {TOGETHER}")


def test_the_language_is_remembered(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.voices = True
    page = open_player("?t=8")
    menu(page).select_option(label="English")
    until(page, f"{PLAYER}.stage?.together.preferred.camera.sound?.language === 'en'")
    page.reload()
    expect(menu(page)).to_have_value("1")
    start(page)
    until(page, f"{ENGLISH_LEADS} && {TOGETHER}")


def test_a_sound_that_cannot_be_loaded_is_told_and_the_other_goes_on(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.voices = True
    page = open_player("?t=8", ignores="voice")
    page.route("**/voice/**", lambda route: route.fulfill(status=404))
    start(page)
    until(page, TOGETHER)
    menu(page).select_option(label="English")
    expect(page.locator(".player__status")).to_have_text("This sound cannot be played now", timeout=20_000)
    expect(menu(page)).to_have_value("0")
    until(page, f"String({AUDIBLE}) === '1' && {RUNS} > 8 && {TOGETHER}")


def test_new_addresses_are_for_the_sound_as_well(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.voices = True
    page = open_player("?t=8", ignores="403")
    start(page)
    menu(page).select_option(label="English")
    until(page, ENGLISH_LEADS)
    hall.key = "b"
    page.evaluate(f"{PLAYER}.stage.seek(50)")
    until(page, f"{RUNS} > 50 && {ENGLISH_LEADS} && {TOGETHER}")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_one_sound_has_no_menu_and_two_fit(
    open_player: OpenPlayer, hall: type[Hall], width: int, theme: str
) -> None:
    assert menu(open_player("", width=width)).count() == 0
    hall.voices = True
    page = open_player("", width=width, theme=theme)
    expect(menu(page)).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    take_picture(page, f"player-sounds-{width}-{theme}")


def test_an_address_plays_a_language_and_quoted_links_keep_it(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.voices = True
    page = open_player("?t=8&camera=2&sound=en")
    expect(menu(page)).to_have_value("1")
    start(page)
    until(page, f"{ENGLISH_LEADS} && {TOGETHER}")
    assert "camera=2&sound=en" in page.evaluate(f"{PLAYER}.address()")
    assert page.evaluate("localStorage.getItem('plenum:sound')") is None, "a link is nobody's choice for good"
    menu(page).select_option(label="Russian")
    assert page.evaluate(f"{PLAYER}.address()").endswith("camera=2&sound=ru")
    page.goto("/test-player/?t=8&sound=de")
    expect(menu(page)).to_have_value("0")
    assert page.evaluate(f"{PLAYER}.address(20)").endswith("t=20&sound=ru"), (
        "what is not there is not passed on"
    )


def test_links_of_those_who_hear_the_first_language_name_none(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.voices = True
    page = open_player("?t=8")
    start(page)
    assert "sound" not in page.evaluate(f"{PLAYER}.address()")
    menu(page).select_option(label="English")
    select_words(page, 4)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link to 0:20").click()
    assert "t=20" in (link := page.evaluate("navigator.clipboard.readText()"))
    assert link.endswith("sound=en")


def test_captions_follow_the_language_that_is_heard_until_one_is_chosen(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.voices = True
    page = open_player("?t=8")
    start(page)
    captions = page.locator("[data-captions]")
    expect(captions).to_have_value("")
    page.locator(".player__screen").focus()
    page.keyboard.press("c")
    expect(captions).to_have_value("ru")
    menu(page).select_option(label="English")
    expect(captions).to_have_value("en")
    page.reload()
    start(page)
    expect(captions).to_have_value("en")
    menu(page).select_option(label="Russian")
    expect(captions).to_have_value("ru")
    captions.select_option("en")
    menu(page).select_option(label="English")
    menu(page).select_option(label="Russian")
    expect(captions).to_have_value("en")
    page.locator(".player__screen").focus()
    page.keyboard.press("c")
    expect(captions).to_have_value("")
    page.keyboard.press("c")
    expect(captions).to_have_value("en")
