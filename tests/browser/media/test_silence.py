"""Where the camera whose sound is heard was stopped: another one's sound, or a word that there is none."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall
from tests.browser.media.test_player import PLAYER, RUNS, TOGETHER, start
from tests.browser.media.test_sounds import AUDIBLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Tells in the page's title when two were heard at once.
LISTENS = f"setInterval(() => {{ if ({AUDIBLE}.length > 1) document.title = 'two' }}, 4)"


def test_the_leader_is_heard_while_the_camera_of_the_sound_is_off(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.sound, hall.sounding = 2, {1, 2}
    page = open_player("?t=26")
    start(page)
    until(page, TOGETHER)
    page.evaluate(f"void {LISTENS}")
    assert page.evaluate(AUDIBLE) == [2]
    until(page, f"{PLAYER}.stage.together.leader.number === 1")
    assert page.evaluate(AUDIBLE) == [1]
    expect(page.get_by_text("No sound here")).to_be_hidden()
    until(page, f"{PLAYER}.stage.together.leader.number === 2 && {RUNS} >= 36")
    assert page.evaluate(AUDIBLE) == [2]
    assert page.title() != "two"


def test_a_place_in_the_gap_is_heard_at_once_and_may_be_muted(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.sound, hall.sounding = 2, {1, 2}
    page = open_player("?t=31&camera=both")
    start(page)
    until(page, f"String({AUDIBLE}) === '1'")
    page.keyboard.press("m")
    assert page.evaluate(AUDIBLE) == []
    until(page, f"{PLAYER}.stage.together.leader.number === 2")
    assert page.evaluate(AUDIBLE) == []
    page.keyboard.press("m")
    assert page.evaluate(AUDIBLE) == [2]


def test_silence_of_all_is_told_as_long_as_it_lasts(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.sound, hall.sounding = 2, {2}
    page = open_player("?t=31&camera=both")
    start(page)
    expect(page.get_by_text("No sound here")).to_be_visible()
    expect(page.locator(".player__status")).to_have_text("No camera has sound here")
    until(page, f"{RUNS} >= 36 && String({AUDIBLE}) === '2'")
    expect(page.get_by_text("No sound here")).to_be_hidden()
