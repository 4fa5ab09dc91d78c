"""One invented hall with two cameras for all tests of the player."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import conftest as browsers
from tests.browser.media.site import Hall
from tests.media_archive.timecode import NTSC, Camera

START, END = 5.0, 65.0
OpenPlayer = Callable[..., Page]


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> type[Hall]:
    """Make the hall's files: camera 1 from start to end, camera 2 begins late and misses 30…36 of the cut."""
    cameras = [
        Camera(1, ((0, 72),), has_sound=True, label="closer"),
        Camera(2, ((6.3, 35), (41, 72)), rate=NTSC, ppm=100, label="farther"),
    ]
    Hall.fill(tmp_path_factory.mktemp("hall"), cameras, START, END)
    return Hall


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Let the player start with sound whoever pressed."""
    arguments = [*browsers.ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
    return {**browser_type_launch_args, "executable_path": browsers.CHROMIUM, "args": arguments}


@pytest.fixture
def open_player(hall: type[Hall], browser: Browser, live_server: Any, settings: Any) -> Iterator[OpenPlayer]:
    """Return a function that opens the page with the player; complaints on the console fail the test.

    ``ignores`` is a pattern of those that the test itself causes.
    """
    settings.ROOT_URLCONF = "tests.browser.media.site"
    hall.reset()
    complaints: list[str] = []
    contexts = []

    def open_at(
        query: str = "", *, width: int = 1280, theme: str = "light", ignores: str = "", **options: Any
    ) -> Page:
        def heard(kind: str, text: str) -> None:
            if kind in {"error", "warning"} and not (ignores and re.search(ignores, text)):
                complaints.append(text)

        context = browser.new_context(
            viewport={"width": width, "height": browsers.WIDTHS.get(width, 800)},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            base_url=live_server.url,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: heard(message.type, f"{message.text} {message.location.get('url')}")
        )
        page.on("pageerror", lambda error: heard("error", str(error)))
        page.goto(f"/test-player/{query}")
        page.wait_for_load_state("load")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)
