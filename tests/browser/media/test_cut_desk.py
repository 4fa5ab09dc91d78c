"""Cutting a session in a real browser: the lens at its start and end, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from media_archive import packaging
from media_archive.models import CameraFile, Cut, Match
from media_archive.services.cutting import cut_sessions
from media_archive.services.filming import open_recording, take_file
from media_archive.services.working import keep
from sessions_app.programme.services.releasing import release_programme
from tests.browser.conftest import assert_accessible, assert_fits, until
from tests.browser.test_exchange import signed_in
from tests.factories import RoomFactory, SessionFactory, make_event, make_team_member
from tests.media_archive.conftest import START, hall, make_film

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECONDS = 40


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("day") / "day.mp4", *hall(SECONDS, width=160, height=90))


@pytest.fixture
def cut(film: Path, settings: Any, tmp_path: Path) -> Cut:
    """A session of ten seconds in a film of forty, cut from 10 to 20."""
    settings.MEDIA_ROOT = tmp_path / "media"
    event = make_event(sessions=0, slug="forum")
    room = RoomFactory(event=event, name_en="Main hall", name_ru="Большой зал")
    SessionFactory(
        event=event, room=room, start=START.replace(second=10), end=START.replace(second=20), recorded=True
    )
    release_programme(event=event, actor=None, note="")
    recording = open_recording(
        event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START
    )
    file = take_file(recording=recording, label="", path=film, name=film.name, actor=None, move=False)
    made = packaging.copy_source(film, file.folder, track=0, seconds=120.0, on_progress=lambda _done: True)
    wave = bytes([200 if n // 50 % 2 else 20 for n in range(SECONDS * 10)])
    CameraFile.objects.filter(pk=file.pk).update(
        duration_ms=SECONDS * 1000, width=160, height=90, rate=25, has_sound=True, can_be_copied=True,
        offset_ms=0, match=Match.FIRST, waveform=wave,
    )  # fmt: skip
    file.refresh_from_db()
    keep(file, [replace(made, path=file.folder / made.path.name)])
    return cut_sessions(event=event, date=START.date(), actor=None).made[0]


@pytest.fixture
def desk(browser: Browser, live_server: Any, cut: Cut) -> Iterator[Page]:
    """The cut's page; a complaint on the console fails the test."""
    editor = make_team_member(cut.event, "media_editor")
    context = browser.new_context(
        base_url=live_server.url, storage_state=signed_in(editor, live_server.url), reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(reverse("backoffice_cut", args=("forum", cut.code)))
    yield page
    context.close()
    assert not complaints, complaints


def lens(page: Page, field: str) -> Any:
    return page.locator(f"cut-lens[data-field={field}]")


def sees(field: str, condition: str) -> str:
    """Return a promise that the lens has come to rest at a second of the day (``at``) for which the condition holds."""
    one = f"document.querySelector('cut-lens[data-field={field}]')"
    return f"(one => one.clip && one.film.readyState > 1 && !one.film.seeking && (at => {condition})(one.clip.from + one.film.currentTime))({one})"


def near(second: float) -> str:
    return f"Math.abs(at - {second}) < .05"


def test_each_end_is_seen_and_moved_by_buttons(desk: Page, cut: Cut) -> None:
    until(desk, sees("start", near(10)))
    until(desk, sees("end", near(20)))
    lens(desk, "start").get_by_role("button", name="+10 s").click()
    lens(desk, "start").get_by_role("button", name="−0.1 s").click()
    expect(desk.locator("[name=start]")).to_have_value("00:00:19.900")
    until(desk, sees("start", near(19.9)))
    until(desk, sees("end", near(20)))
    desk.locator("[name=end]").fill("0:35")
    until(desk, sees("end", near(35)))
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("The cut is saved.")).to_be_visible()
    cut.refresh_from_db()
    assert (cut.start_ms, cut.end_ms) == (19_900, 35_000)


def test_the_first_and_the_last_seconds_are_heard(desk: Page) -> None:
    """The start plays on from the moment; the end plays up to it and stops there."""
    until(desk, sees("start", near(10)))
    until(desk, sees("end", near(20)))
    end = lens(desk, "end")
    end.get_by_role("button", name="Hear the last 6 seconds").press("Enter")
    until(desk, sees("end", "at >= 14 && at < 19 && !one.film.paused"))
    assert end.evaluate("one => !one.film.muted && one.film.volume === 1")
    until(desk, sees("end", "one.film.paused && at >= 20 && at < 20.6"))


def test_the_loudness_is_pulled_along_under_the_moment(desk: Page) -> None:
    until(desk, sees("start", near(10)))
    canvas = lens(desk, "start").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] / 2 - box["width"] / 12, box["y"] + 10, steps=4)
    desk.mouse.up()
    # A minute is shown, so a twelfth of it is five seconds.
    value = desk.locator("[name=start]").input_value()
    assert re.fullmatch(r"00:00:(14\.9\d\d|15\.0\d\d)", value), value
    desk.mouse.move(box["x"] + 5, box["y"] + 10)
    assert desk.locator("[name=start]").input_value() == value


def test_a_moment_that_was_not_filmed_says_so(desk: Page) -> None:
    until(desk, sees("end", near(20)))
    desk.locator("[name=end]").fill("5:00")
    expect(lens(desk, "end").get_by_text("Nothing was filmed at this moment")).to_be_visible()
    expect(lens(desk, "end").get_by_role("button", name="Hear the last")).to_be_disabled()
    expect(lens(desk, "start").get_by_text("Nothing was filmed")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_lenses_fit_and_are_accessible(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    until(desk, sees("end", near(20)))
    assert_fits(desk)
    assert_accessible(desk)


def test_without_script_the_fields_remain(browser: Browser, live_server: Any, cut: Cut) -> None:
    editor = make_team_member(cut.event, "media_editor")
    context = browser.new_context(
        base_url=live_server.url, storage_state=signed_in(editor, live_server.url), java_script_enabled=False
    )
    page = context.new_page()
    page.goto(reverse("backoffice_cut", args=("forum", cut.code)))
    expect(lens(page, "start")).to_be_hidden()
    page.locator("[name=start]").fill("0:12")
    page.get_by_role("button", name="Save", exact=True).click()
    cut.refresh_from_db()
    assert cut.start_ms == 12_000
    context.close()
