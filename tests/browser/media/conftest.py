"""One invented hall with two cameras for all tests of the player."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

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
def open_player(hall: type[Hall], open_page: browsers.OpenPage, settings: Any) -> OpenPlayer:
    """Return a function that opens the page with the player."""
    settings.ROOT_URLCONF = "tests.browser.media.site"
    hall.reset()

    def open_at(query: str = "", **options: Any) -> Page:
        return open_page(f"/test-player/{query}", **options)

    return open_at
