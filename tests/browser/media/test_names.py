"""The filter of people where there are too many for a list: typed, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible, assert_fits, take_picture
from tests.factories import RoomFactory, make_event
from tests.media_archive.test_filters import crowd_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(transactional_db: None) -> None:
    event = make_event(sessions=0, slug="forum")
    RoomFactory(event=event, name_en="Main hall", name_ru="Большой зал")
    crowd_of(event, 60)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_part_of_a_name_leads_to_those_who_have_it(
    crowd: None, open_page: Callable[..., Page], language: str, width: int, theme: str
) -> None:
    has_script = width == 1280
    page = open_page(
        f"/{language}/recordings/?q=crowd", width=width, theme=theme, java_script_enabled=has_script
    )
    page.locator(".recordings__filters summary").click()
    page.locator("input[name=person]").fill("guest")
    page.locator("input[name=person]").press("Enter")
    expect(page.locator(".recordings__names .chip")).to_have_count(20)
    if has_script:
        assert_fits(page)
        assert_accessible(page)
    take_picture(page, f"names-{language}-{width}-{theme}")
    page.locator(".recordings__names .chip").first.click()
    expect(page.locator("input[name=person]")).to_have_value("Guest 0002 Crowd")
    page.locator(".recordings__filters").click(
        position={"x": 200, "y": 5}
    )  # nothing of the hits lies over it
    expect(page).to_have_url(re.compile(r"/recordings/\?"))
