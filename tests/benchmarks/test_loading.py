"""How the demo's pages arrive on a slow phone: largest paint, shifts, weight; needs Chromium.

1.6 Mbit/s, 150 ms, CPU four times slower, an empty cache; the median of three visits.
"""

from __future__ import annotations

import gzip
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.benchmarks.conftest import Table
from tests.browser.conftest import ARGUMENTS, CHROMIUM, until
from tests.demo_process import Running

VISITS = 3
MAKING_FILMS = 600  # seconds
WATCH = """
window.seen = { lcp: 0, cls: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { seen.lcp = entry.startTime; }))
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo as a newcomer starts it, without its films."""
    yield from run_demo(tmp_path_factory.mktemp("loading"), films=False)


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo with its films."""
    yield from run_demo(tmp_path_factory.mktemp("filmed"), films=True)


def run_demo(folder: Path, *, films: bool) -> Iterator[Running]:
    """Run the demo in this folder."""
    vendor = settings.VAR_DIR / "vendor"
    if not vendor.is_dir():
        pytest.skip("needs the files for browsers: run bin/setup")
    (folder / "vendor").symlink_to(vendor)
    for template in (settings.VAR_DIR / "test").glob("*.sqlite3"):
        shutil.copyfile(template, folder / "plenum.sqlite3")
    running = Running(folder, films=films)
    yield running
    running.process.terminate()
    running.process.wait(15)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"No Chromium at {CHROMIUM}; set PLENUM_CHROMIUM.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def visit(chromium: Browser, address: str) -> tuple[float, float, int, set[str]]:
    """Return largest paint in ms, the sum of shifts, gzip bytes of all that was fetched, and the hosts."""
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.add_init_script(WATCH)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    condition = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
    line.send("Network.emulateNetworkConditions", condition)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    bodies: dict[str, int] = {}
    page.on("response", lambda response: bodies.update({response.url: _weight(response)}))
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    hosts = {url.split("/")[2] for url in bodies}
    context.close()
    return seen["lcp"], seen["cls"], sum(bodies.values()), hosts


def _weight(response: Response) -> int:
    body = response.body()
    packed_already = response.url.endswith(".woff2")
    return len(body) if packed_already else len(gzip.compress(body))


def weight_of_playing(chromium: Browser, address: str) -> tuple[int, int]:
    """Return gzip bytes of the scripts that a page loads with itself, and of those that come with the first press of play."""
    page = chromium.new_page()
    scripts: dict[str, int] = {}

    def note(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts[response.url] = _weight(response)

    page.on("response", note)
    page.goto(address, wait_until="networkidle")
    before = sum(scripts.values())
    page.locator(".player__go").click()
    until(page, "document.querySelector('plenum-player').at > 1")
    page.close()
    return before, sum(scripts.values()) - before


def recording_of(page: Page, archive: str) -> str:
    """Return the address of a session's recording with captions, as soon as the demo has made one."""
    deadline = time.monotonic() + MAKING_FILMS
    while time.monotonic() < deadline:
        page.goto(archive)
        for link in page.locator("a.film__picture").all():
            address = str(link.get_attribute("href"))
            if "plenum-transcript" in page.request.get(f"{archive.split('/en/')[0]}{address}").text():
                return f"{archive.split('/en/')[0]}{address}"
        time.sleep(3)
    raise AssertionError("the demo has made no films")


def first_day(page: Page, address: str) -> str:
    """Return the address of the programme's day that the event opens with."""
    page.goto(f"{address}programme/")
    return page.url


def test_loading_of_programme_day_and_event_page(table: Table, demo: Running, chromium: Browser) -> None:
    event = f"http://127.0.0.1:{demo.port}/en/events/cluster-forum/"
    page = chromium.new_page()
    day = first_day(page, event)
    page.close()
    for name, address, weight in (("programme day", day, "130 KB"), ("event page", event, "")):
        measure(table, chromium, name, address, weight)


def test_loading_of_a_recording(table: Table, filmed: Running, chromium: Browser) -> None:
    page = chromium.new_page()
    address = recording_of(
        page, f"http://127.0.0.1:{filmed.port}/en/events/strategic-session-2018/recordings/"
    )
    page.close()
    measure(table, chromium, "recording before play", address, "190 KB")
    before, on_play = weight_of_playing(chromium, address)
    table.add("recording before play, scripts, gzip", f"{before / 1024:.0f} KB")
    table.add("recording, scripts that come with play, gzip", f"{on_play / 1024:.0f} KB", aim="230 KB")


def measure(table: Table, chromium: Browser, name: str, address: str, weight: str) -> None:
    """Visit a page some times and add what was seen to the table."""
    visits = [visit(chromium, address) for _visit in range(VISITS)]
    assert all(len(hosts) == 1 for *_rest, hosts in visits), visits  # no third-party request
    lcp, cls, size = (statistics.median(one[part] for one in visits) for part in range(3))
    table.add(f"{name}, largest paint on a slow phone", f"{lcp / 1000:.2f} s", aim="1.8 s")
    table.add(f"{name}, layout shift", f"{cls:.3f}", aim="0.05")
    table.add(f"{name}, gzip weight of all files", f"{size / 1024:.0f} KB", aim=weight)
