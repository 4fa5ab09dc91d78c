"""The player in a real browser: cameras together, switching, places, captions, what expires, keys, phones."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import THEMES, WIDTHS, assert_accessible, assert_fits, take_picture, until
from tests.browser.media.conftest import OpenPlayer
from tests.browser.media.site import Hall

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAYER = "document.querySelector('plenum-player')"
RUNS = f"({PLAYER}.isPlaying && {PLAYER}.stage.together.target === null && {PLAYER}.at)"
TOGETHER = f"""{PLAYER}.stage.feeds.every(feed => feed.absent || feed === {PLAYER}.stage.together.leader
  || (feed.isReady && !feed.video.paused && Math.abs(feed.wall - {PLAYER}.stage.together.leader.wall) < 200))"""


def start(page: Page) -> None:
    """Press the large button and wait until the recording plays."""
    page.locator(".player__go").click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} > 0")


def at(page: Page) -> float:
    return float(page.evaluate(f"{PLAYER}.at"))


def state(page: Page, what: str) -> Any:
    return page.evaluate(f"{PLAYER}.stage.{what}")


def test_nothing_heavy_comes_before_the_first_touch(open_player: OpenPlayer, hall: type[Hall]) -> None:
    page = open_player()
    asked = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
    assert not [name for name in asked if "hls" in name or "stage" in name]
    assert not [name for name in hall.asked if name.endswith((".m3u8", ".mp4"))]


def test_goes_between_stream_time_and_wall_time(open_player: OpenPlayer) -> None:
    page = open_player()
    told = page.evaluate(
        """async () => {
          const { leapsBetween, nextStart, timeAt, wallAt } = await import('/static/media_archive/player/clock.js');
          const segments = [
            { start: 0, startPTS: 0.08, duration: 4, programDateTime: 100_000 },
            { start: 4.08, duration: 4, programDateTime: 104_000 },
            { start: 8.08, duration: 4, programDateTime: 120_000 }, // stopped and started again
          ];
          return [
            [0.08, 5.08, 9.08].map((time) => wallAt(segments, time)),
            [100_000, 105_000, 111_000, 121_000, 99_000, 124_000].map((wall) => timeAt(segments, wall)),
            [99_000, 110_000, 121_000].map((wall) => nextStart(segments, wall)),
            [[103_900, 104_100], [107_900, 120_100], [120_100, 121_000]].map(([one, other]) => leapsBetween(segments, one, other)),
          ];
        }"""
    )
    walls, times, starts, leaps = told
    assert walls == [100_000, 105_000, 121_000]
    assert times == pytest.approx([0.08, 5.08, None, 9.08, None, None])
    assert starts == [100_000, 120_000, None]
    assert leaps == [False, True, False]


def test_plays_all_cameras_at_one_moment(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    start(page)
    until(page, TOGETHER)
    assert state(page, "feeds.map(feed => feed.video.muted)") == [False, True]
    page.get_by_role("button", name="Pause").click()
    until(page, f"{PLAYER}.stage.feeds.every(feed => feed.video.paused && !feed.video.seeking)")
    walls = state(page, "feeds.map(feed => feed.wall)")
    assert abs(walls[0] - walls[1]) < 5


def test_what_is_seen_comes_together_where_a_browser_shows_pictures_late(open_player: OpenPlayer) -> None:
    """A camera whose pictures come behind its own clock goes ahead by as much, or it would be seen late."""
    page = open_player("?t=6")
    start(page)
    until(page, TOGETHER)
    page.evaluate(
        f"""() => {PLAYER}.stage.feeds.forEach((feed, number) =>
          Object.defineProperty(feed, "late", {{ value: number ? 45 : 5 }}))"""
    )
    ahead = f"({PLAYER}.stage.feeds[1].wall - {PLAYER}.stage.feeds[0].wall)"
    until(page, f"{ahead} > 22 && {ahead} < 58 && !{PLAYER}.stage.feeds[1].isCorrecting")


def test_cameras_are_chosen_by_key_and_by_click_and_the_sound_goes_on(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    start(page)
    until(page, TOGETHER)
    page.evaluate(f"void ({PLAYER}.stage.feeds[0].video.onpause = () => document.title = 'stopped')")
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Camera 2")).to_have_attribute("aria-pressed", "true")
    assert state(page, "feeds.map(feed => feed.isShown)") == [False, True]
    page.get_by_role("button", name="Camera 1").click()
    assert state(page, "feeds.map(feed => feed.isShown)") == [True, False]
    expect(page.locator(".player__status")).to_have_text("Camera 1 is shown")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Both")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Small in large").click()
    page.locator(".player__tile:not(.is-main)").click()
    assert state(page, "view.main") == 2
    page.get_by_role("button", name="Swap").click()
    assert state(page, "view.main") == 1
    assert page.title() != "stopped"


def test_chapters_lead_to_their_seconds_and_are_named(open_player: OpenPlayer) -> None:
    page = open_player()
    start(page)
    page.get_by_role("link", name="Smart region, 17 goals").click()
    until(page, f"{RUNS} >= 36")
    expect(page.locator(".player__chapter")).to_have_text("Smart region, 17 goals")
    expect(page.locator(".chapters a[aria-current]")).to_contain_text("Smart region")
    page.locator("[data-tick='18']").focus()
    expect(page.locator(".player__hint")).to_be_visible()
    expect(page.locator(".player__hint")).to_contain_text("0:18 · Priorities of federal support")
    page.keyboard.press("Enter")
    until(page, f"{RUNS} >= 18 && {RUNS} < 30")
    said, now = page.evaluate(
        "[document.querySelector('.player__bar input').ariaValueText, document.querySelector('.player__now').textContent]"
    )
    assert said == f"{now}, Priorities of federal support"


def test_small_pictures_under_the_pointer(open_player: OpenPlayer) -> None:
    page = open_player()
    start(page)
    bar = page.locator(".player__bar input").bounding_box()
    assert bar
    page.mouse.move(bar["x"] + bar["width"] * 0.5, bar["y"] + 20)
    expect(page.locator(".player__thumb")).to_be_visible()
    assert "picture.svg" in page.locator(".player__thumb").evaluate("one => one.style.backgroundImage")


def test_captions_are_drawn_by_the_common_clock_whichever_camera_is_shown(open_player: OpenPlayer) -> None:
    page = open_player("?t=9&camera=2")
    start(page)
    page.get_by_label("Captions").first.select_option("en")
    until(
        page,
        f"document.querySelector('.player__words').textContent === `Line ${{Math.floor({PLAYER}.at / 4)}} of what is said`",
    )
    assert page.locator(".player__words i").count() == 1
    page.locator(".player__screen").focus()
    page.keyboard.press("c")
    expect(page.locator(".player__words")).to_have_text("")
    page.keyboard.press("c")
    page.reload()
    start(page)
    until(page, "document.querySelector('.player__words').textContent.startsWith('Line ')")


def test_a_camera_without_a_picture_says_so_and_comes_back_by_itself(open_player: OpenPlayer) -> None:
    page = open_player("?t=33&camera=2")
    start(page)
    expect(page.get_by_text("Camera 2 has no picture here")).to_be_visible()
    expect(page.get_by_text("Camera 2 has no picture here")).to_be_hidden()
    until(page, TOGETHER)
    assert at(page) >= 36


def test_the_sound_leader_may_stop_and_another_camera_leads(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    hall.sounding = {1, 2}
    page = open_player("?t=6")
    start(page)
    until(page, TOGETHER)
    page.evaluate(
        f"{PLAYER}.stage.voices.choose({{ camera: 2, language: 'ru', label: 'Original', url: null }})"
    )
    assert state(page, "together.leader.number") == 2
    assert state(page, "feeds.map(feed => feed.video.muted)") == [True, False]
    page.evaluate(f"{PLAYER}.stage.seek(28.5)")
    until(page, f"{PLAYER}.stage.together.leader.number === 1 && {RUNS} > 30")
    assert at(page) < 36, "the clock must go on where one camera has a gap"
    until(page, f"{PLAYER}.stage.together.leader.number === 2")


def test_starts_where_the_sound_leader_has_a_gap(open_player: OpenPlayer, hall: type[Hall]) -> None:
    hall.sound = 2
    page = open_player("?t=32&camera=both")
    start(page)
    assert at(page) < 35
    assert state(page, "together.leader.number") == 1
    until(page, f"{PLAYER}.stage.together.leader.number === 2")
    assert at(page) >= 36


def test_plays_to_the_end_and_again_from_the_start(open_player: OpenPlayer) -> None:
    page = open_player("?t=58")
    start(page)
    until(page, f"!{PLAYER}.isPlaying")
    assert at(page) > 59.5
    page.locator("[data-play]").click()
    until(page, f"{RUNS} > 0.2 && {RUNS} < 20")


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_at_the_end_what_follows_is_offered_and_never_begins_by_itself(
    open_player: OpenPlayer, hall: type[Hall], width: int, theme: str
) -> None:
    title = "Round table: how regions measure what technology platforms give to small enterprises and cities"
    hall.follows = {"url": "/test-player/?t=7", "title": title}
    page = open_player("?t=58", width=width, theme=theme)
    start(page)
    offer = page.get_by_role("link", name=f"Watch next: {title}")
    expect(offer).to_be_hidden()
    until(page, f"!{PLAYER}.isPlaying")
    expect(offer).to_be_visible()
    expect(page.locator(".player__status")).to_contain_text(f"The recording has ended. Watch next: {title}")
    assert_accessible(page)
    assert_fits(page)
    take_picture(page, f"player-ended-{width}-{theme}")
    box, screen = page.locator(".player__end").bounding_box(), page.locator(".player__screen").bounding_box()
    assert box
    assert screen
    assert box["height"] <= screen["height"] + 1
    again = page.locator(".player__end").get_by_role("button", name="From the start")
    again.press("Enter")
    until(page, f"{RUNS} > 0.2 && {RUNS} < 20")
    expect(offer).to_be_hidden()
    expect(page.locator("[data-play]")).to_be_focused()
    page.evaluate(f"void {PLAYER}.playAt(59)")
    offer.click()
    page.wait_for_url("**/test-player/?t=7")


def test_an_address_beyond_the_end_begins_shortly_before_it(open_player: OpenPlayer) -> None:
    page = open_player("?t=999999")
    expect(page.get_by_role("button", name="Play from 0:55")).to_be_visible()
    assert page.evaluate(f"{PLAYER}.address()").endswith("?t=55")


def test_continues_where_she_stopped(open_player: OpenPlayer) -> None:
    page = open_player()
    start(page)
    page.evaluate(f"{PLAYER}.stage.seek(24)")
    until(page, f"{RUNS} > 24")
    page.get_by_role("button", name="Pause").click()
    page.reload()
    page.get_by_role("button", name="Continue at 0:2").click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} > 24")
    page.reload()
    page.get_by_role("button", name="From the start").click()
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} > 0")
    assert at(page) < 10


def test_the_address_says_second_and_camera(open_player: OpenPlayer) -> None:
    page = open_player("?t=0m12s&camera=2")
    expect(page.get_by_role("button", name="Play from 0:12")).to_be_visible()
    start(page)
    assert at(page) >= 11.9
    assert state(page, "view.choice") == "2"
    page.get_by_role("button", name="Pause").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Link to 0:1").click()
    expect(page.locator("#toasts")).to_have_text("Copied.")
    assert f"?t={int(at(page))}&camera=2" in page.evaluate("navigator.clipboard.readText()")


def test_plays_on_when_addresses_expire(open_player: OpenPlayer, hall: type[Hall]) -> None:
    page = open_player("?t=6", ignores="403")
    start(page)
    until(page, TOGETHER)
    hall.key = "b"
    page.evaluate(f"{PLAYER}.stage.seek(50)")
    until(page, f"{RUNS} > 50 && {PLAYER}.stage.data.cameras[0].master.includes('/b/')")
    until(page, TOGETHER)
    expect(page.get_by_role("alert")).to_be_hidden()


def test_says_when_access_has_ended(open_player: OpenPlayer, hall: type[Hall]) -> None:
    page = open_player("?t=6", ignores="403|Failed to load")
    start(page)
    page.route("**/test-player/**", lambda route: route.fulfill(status=403))
    hall.key = "c"
    page.evaluate(f"{PLAYER}.stage.seek(50)")
    expect(page.get_by_role("alert")).to_contain_text("Your access to this recording has ended")
    page.unroute("**/test-player/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    until(page, f"{PLAYER}.at >= 49 && {PLAYER}.stage.feeds[0].state === 'ready'")


def test_a_camera_that_cannot_be_played_leaves_the_others_playing(
    open_player: OpenPlayer, hall: type[Hall]
) -> None:
    page = open_player("?t=6", ignores="404|Failed to load")
    page.route("**/2/picture.m3u8", lambda route: route.fulfill(status=404))
    start(page)
    expect(page.get_by_text("Camera 2 cannot be played now")).to_be_visible()
    until(page, f"{RUNS} > 7")


def test_the_keyboard_alone_is_enough(open_player: OpenPlayer) -> None:
    page = open_player("?t=12")
    page.locator(".player__go").focus()
    page.keyboard.press("Enter")
    until(page, f"Boolean({PLAYER}.stage) && {RUNS} > 12")
    page.locator(".player__play").focus()
    page.keyboard.press("ArrowRight")
    until(page, f"{RUNS} > 16.5")
    page.keyboard.press("j")
    until(page, f"{RUNS} < 12")
    page.keyboard.press("m")
    expect(page.get_by_role("button", name="Sound off")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(">")
    assert state(page, "together.rate") == 1.25
    page.keyboard.press("Space")
    until(page, f"!{PLAYER}.isPlaying")
    page.get_by_text("Keys", exact=True).click()
    expect(page.get_by_text("all cameras beside each other")).to_be_visible()
    page.locator("h1").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("k")
    assert not page.evaluate(f"{PLAYER}.isPlaying"), "keys outside the player are not its own"


def test_volume_is_kept(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    start(page)
    page.get_by_label("Volume").fill("40")
    page.reload()
    start(page)
    assert state(page, "feeds[0].video.volume") == pytest.approx(0.4)


def test_full_screen_keeps_the_choices(open_player: OpenPlayer) -> None:
    page = open_player("?t=6")
    start(page)
    page.get_by_role("button", name="Full screen").click()
    until(page, "document.fullscreenElement?.localName === 'plenum-player'")
    page.get_by_role("button", name="Camera 2").click()
    page.keyboard.press("f")
    until(page, "!document.fullscreenElement")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_reader_can_use_it(open_player: OpenPlayer, width: int, theme: str) -> None:
    page = open_player("?t=16", width=width, theme=theme)
    assert_fits(page)
    assert_accessible(page, f"before playing at {width}, {theme}")
    take_picture(page, f"player-before-{width}-{theme}")
    start(page)
    page.locator(".player__screen").focus()
    page.keyboard.press("c")
    for key, name in (("1", "one"), ("s", "small"), ("b", "both")):
        page.keyboard.press(key)
        page.get_by_text("Keys", exact=True).click()
        until(page, f"!document.querySelector('.player__words').textContent || {RUNS} > 17")
        assert_fits(page)
        assert_accessible(page, f"{name} at {width}, {theme}")
        take_picture(page, f"player-{name}-{width}-{theme}")


def test_fits_320_pixels(open_player: OpenPlayer) -> None:
    page = open_player(width=320)
    start(page)
    assert_fits(page)
    page.evaluate("document.documentElement.style.fontSize = '150%'")
    assert_fits(page)


def test_without_script_a_plain_video_and_links(open_player: OpenPlayer) -> None:
    page = open_player(java_script_enabled=False)
    video = page.locator(".player__plain")
    expect(video).to_have_attribute("controls", "")
    expect(page.locator(".player__panel")).to_be_hidden()
    page.get_by_role("link", name="Smart region, 17 goals").click()
    assert str(page.locator(".player__plain").get_attribute("src")).endswith("plain.mp4#t=36")


def test_a_device_with_one_stream_changes_it_at_the_same_place(open_player: OpenPlayer) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
    page = open_player("?t=20", width=360, user_agent=agent)
    if not page.evaluate("document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("This browser plays no HLS by itself.")
    start(page)
    assert state(page, "feeds.length") == 1
    expect(page.get_by_role("button", name="Small in large")).to_be_hidden()
    page.get_by_role("button", name="Camera 2").click()
    until(
        page,
        f"{PLAYER}.stage.feeds[0].camera.number === 2 && {RUNS} > 20 && !{PLAYER}.stage.feeds[0].video.paused",
    )
    assert at(page) < 35
