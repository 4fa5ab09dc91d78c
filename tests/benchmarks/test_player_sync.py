"""How far the cameras of a player are apart, read from their pictures; how fast it switches and seeks; what it weighs."""

from __future__ import annotations

import gzip
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.conftest import Table
from tests.browser.conftest import ARGUMENTS, CHROMIUM, until
from tests.browser.media.site import Hall
from tests.media_archive.timecode import BITS, BLOCK, CODE_HEIGHT, NTSC, WIDTH, Camera

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium"),
]

PLAYER = "document.querySelector('plenum-player')"
PLAYS = f"Boolean({PLAYER}.stage?.together.isPlaying && {PLAYER}.stage.together.target === null)"
SECONDS = 96
HALLS = {
    "2 cameras, 25 and 29.97 fps": [
        Camera(1, ((0, SECONDS),), has_sound=True),
        Camera(2, ((1.37, SECONDS),), rate=NTSC, ppm=100),
    ],
    "4 cameras": [
        Camera(1, ((0, SECONDS),), has_sound=True),
        Camera(2, ((1.37, SECONDS),), rate=NTSC, ppm=100),
        Camera(3, ((2.81, SECONDS),), ppm=-100),
        Camera(4, ((0.44, SECONDS),), rate=NTSC, ppm=-60),
    ],
}
# Notes for each picture of each camera when it was shown and what time it tells. Of a later picture of another camera
# it is then known how far it is apart: the earlier one plus what has passed since.
READER = """([bits, block, wide, tall]) => {
  const stage = document.querySelector('plenum-player').stage;
  const last = [], notes = [];
  const look = (number, video, canvas) => {
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    const each = (now, about) => {
      pen.drawImage(video, 0, tall / 2, wide, 1, 0, 0, wide, 1);
      const { data } = pen.getImageData(0, 0, canvas.width, 1);
      let value = 0;
      for (let bit = 0; bit < bits; bit += 1)
        value = (value << 1) | ((value & 1) ^ (data[(bit * block + (block >> 1)) * 4] > 127 ? 1 : 0));
      const shown = about.expectedDisplayTime;
      const told = { shown, value, drawn: performance.now() };
      const lead = stage.feeds.indexOf(stage.together.leader);
      const other = last[lead];
      if (number !== lead && other && shown - other.shown < 60 && shown >= other.shown)
        notes.push({ number, at: shown, apart: value - (other.value + (shown - other.shown)) });
      last[number] = told;
      video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
  };
  stage.feeds.forEach((feed, number) => {
    const canvas = document.createElement('canvas');
    canvas.width = wide;
    canvas.height = 1;
    look(number, feed.video, canvas);
  });
  window.apart = (from, until) => notes.filter((note) => note.at >= from && note.at < until).map((note) => Math.abs(note.apart));
  window.lastSeen = (number) => last[number];
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
        )
        yield browser
        browser.close()


@pytest.fixture(params=HALLS)
def watching(
    request: pytest.FixtureRequest, tmp_path: Path, chromium: Browser, live_server: Any, settings: Any
) -> Iterator[tuple[str, Page]]:
    """Open a hall's recording and play it with all cameras shown."""
    settings.ROOT_URLCONF = "tests.browser.media.site"
    Hall.fill(tmp_path / "hall", HALLS[request.param], 5, SECONDS - 4)
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/test-player/?camera=both")
    page.locator(".player__go").click()
    until(page, PLAYS)
    page.evaluate(READER, [BITS, BLOCK, WIDTH, CODE_HEIGHT])
    yield request.param, page
    page.close()


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if values else float("nan")


def apart_for(page: Page, milliseconds: int) -> list[float]:
    """Return how far pictures were apart in the time that follows, in milliseconds."""
    began = page.evaluate("performance.now()")
    page.wait_for_timeout(milliseconds)
    found: list[float] = page.evaluate(f"apart({began}, {began + milliseconds})")
    return found


def seek_time(page: Page, second: float) -> float:
    """Seek and return the milliseconds until every picture shown tells a time of the new place."""
    spent: float = page.evaluate(
        """async ([second, start]) => {
          const stage = document.querySelector('plenum-player').stage;
          const began = performance.now();
          stage.seek(second);
          const wanted = (start + second) * 1000;
          const there = () => stage.feeds.every((feed, number) => {
            const seen = lastSeen(number);
            return seen && seen.drawn > began && seen.value > wanted - 100 && seen.value < wanted + 5000;
          });
          while (!there() && performance.now() - began < 8000) await new Promise((done) => setTimeout(done, 4));
          return performance.now() - began;
        }""",
        [second, Hall.start],
    )
    return spent


def switch_time(page: Page, key: str) -> float:
    """Press a key and return the milliseconds until the frame in which the other picture is on the screen."""
    spent: float = page.evaluate(
        """key => new Promise((done) => {
          const player = document.querySelector('plenum-player');
          const began = performance.now();
          player.querySelector('.player__screen').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
          const shown = player.stage.feeds.find((feed) => String(feed.number) === key);
          const ready = shown.video.readyState >= 3 && !shown.video.paused;
          requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = () => done(ready ? performance.now() - began : 9999); port.port2.postMessage(0); });
        })""",
        key,
    )
    return spent


def test_cameras_stay_together(watching: tuple[str, Page], table: Table) -> None:
    name, page = watching
    page.wait_for_timeout(3000)
    calm = apart_for(page, 10_000)
    table.add(f"player, {name}: |drift| p95 playing, ms ({len(calm)} pictures)", f"{p95(calm):.0f}", aim="40")

    clocks = page.evaluate(
        f"""async () => {{ const found = []; const {{ together }} = {PLAYER}.stage;
          for (let n = 0; n < 60; n += 1) {{
            found.push(...together.others.map((feed) => Math.abs(feed.wall - together.leader.wall)));
            await new Promise((done) => setTimeout(done, 50));
          }}
          return found; }}"""
    )
    by_clock = f"{statistics.median(clocks):.0f} / {p95(clocks):.0f}"
    table.add(f"player, {name}: the same by the cameras' own clocks, p50 / p95", by_clock)

    seeks, after = [], []
    for second in (60, 8, 44, 20, 70, 31):
        seeks.append(seek_time(page, second))
        page.wait_for_timeout(1900)
        after += apart_for(page, 400)
    table.add(f"player, {name}: seek p50, ms", f"{statistics.median(seeks):.0f}", aim="500")
    table.add(f"player, {name}: |drift| p95 two seconds after a seek, ms", f"{p95(after):.0f}", aim="40")

    stalled = []
    for second in (10, 30, 50):
        seek_time(page, second)
        page.wait_for_timeout(2500)
        page.evaluate(
            f"""() => {{ const {{ video }} = {PLAYER}.stage.feeds[1]; const play = video.play;
              video.pause(); video.play = () => Promise.resolve(); setTimeout(() => {{ delete video.play; video.play(); }}, 600); }}"""
        )
        page.wait_for_timeout(600 + 2000)
        stalled += apart_for(page, 400)
    table.add(
        f"player, {name}: |drift| p95 two seconds after a stall of 600 ms", f"{p95(stalled):.0f}", aim="40"
    )

    switches = [switch_time(page, key) for key in ("1", "2") * 5 if page.wait_for_timeout(700) is None]
    table.add(f"player, {name}: switching the picture p95, ms", f"{p95(switches):.0f}", aim="50")


def test_the_player_is_light(table: Table, gzipped: Callable[[Path], int]) -> None:
    here = Path("media_archive/static/media_archive")
    before = [here / "player.js", here / "player" / "words.js", here / "transcript.js"]
    after = [one for one in (here / "player").glob("*.js") if one.name != "words.js"]
    hls = Path(settings.VAR_DIR) / "vendor" / "hls" / "hls.light.min.mjs"
    first = sum(map(gzipped, before)) / 1000
    table.add("player: script before playing, KB gzip", f"{first:.1f}", aim="12")
    whole = first + sum(map(gzipped, [*after, hls])) / 1000
    table.add("player: all of its script, KB gzip", f"{whole:.1f}", aim="230")


@pytest.fixture
def gzipped() -> Callable[[Path], int]:
    return lambda path: len(gzip.compress(path.read_bytes()))
