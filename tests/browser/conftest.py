"""Headless Chromium against a live server: pages by width and theme, and what every page must pass."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

# The shell is Chromium without its own windows, which cost a second of work for each page that is opened.
CHROMIUM = (
    os.environ.get("PLENUM_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or "/usr/bin/chromium"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = {360: 740, 1280: 900}
THEMES = ("light", "dark")
# All that axe checks by itself, and the one rule of WCAG 2.2 that it leaves off unless asked.
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
PATIENT = 60_000  # ms; two browsers on two cores may be slow
PICTURES = Path(settings.VAR_DIR) / "pictures"
expect.set_options(timeout=20_000)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium, offline as far as it can be told to."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"No Chromium at {CHROMIUM}; set PLENUM_CHROMIUM.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Return a function that opens an address in a window of its own.

    Anything that a page complains of on its console fails the test: a policy that blocks a
    style, a missing file, an error of a script. Sockets are left out: the live server has none.
    """
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "WebSocket" not in message.text:
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open_at(path: str, *, width: int = 1280, theme: str = "light", **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 800)},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            base_url=live_server.url,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def check_page(open_page: OpenPage) -> Callable[[str], None]:
    """Return a function that opens an address in both themes at both widths and checks each.

    No violation that axe knows of, no sideways scroll, no complaint on the console.
    """

    def check(path: str) -> None:
        for width in WIDTHS:
            for theme in THEMES:
                page = open_page(path, width=width, theme=theme)
                assert_accessible(page, f"{path} at {width} px, {theme}")
                assert_fits(page)

    return check


def until(page: Page, promise: str) -> None:
    """Ask the page again until the promise comes true.

    ``wait_for_function`` would take a promise itself for true, and asks by eval, which our pages forbid, unless it
    is true at once.
    """
    deadline = time.monotonic() + PATIENT / 1000
    while not page.evaluate(promise):
        assert time.monotonic() < deadline, promise
        page.wait_for_timeout(100)


class Axed:
    """A page with axe in it, which is put there once and may be asked again after a change of mode."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate(Axe().axe_script)

    def settle(self) -> None:
        """Bring every transition to its end and the page to its top.

        So colours are those that stay, and a sticky header hides no part of a button by chance.
        """
        self.page.evaluate(
            """() => new Promise(done => requestAnimationFrame(() => {
              for (const box of [document.scrollingElement, document.querySelector("main")])
                box?.scrollTo({ top: 0, behavior: "instant" });
              for (const moving of document.getAnimations())
                if (Number.isFinite(moving.effect.getComputedTiming().endTime)) moving.finish();
              requestAnimationFrame(done);
            }))"""
        )

    def violations(self, where: str) -> list[str]:
        """Return what axe finds wrong with the page as it is shown now, a paragraph each."""
        # What passed stays in the browser: to hand it over takes as long as to look.
        found = self.page.evaluate(
            "options => axe.run(options).then(({ violations }) => violations)", AXE_OPTIONS
        )
        return [
            f"{where}: {violation['id']}: {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"][:4])
            for violation in found
        ]


def assert_accessible(page: Page, where: str = "") -> None:
    """Raise AssertionError that lists what axe finds wrong with the page as it is shown now."""
    found = Axed(page).violations(where or page.url)
    assert not found, "\n".join(found)


def assert_fits(page: Page) -> None:
    """Raise AssertionError when the page is wider than its window; name what sticks out."""
    wide, out = page.evaluate(
        """() => {
          const root = document.documentElement, wide = root.scrollWidth - root.clientWidth;
          const sticking = wide > 0 ? [...document.body.querySelectorAll('*')].filter(
            element => element.getBoundingClientRect().right > root.clientWidth + 1) : [];
          return [wide, sticking.slice(0, 8).map(element => element.cloneNode(false).outerHTML.slice(0, 120))];
        }"""
    )
    assert wide <= 0, f"{page.url} is {wide} px too wide:\n    " + "\n    ".join(out)


def take_picture(page: Page, name: str) -> Path:
    """Save the whole page as a picture under var/pictures and return its path."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
