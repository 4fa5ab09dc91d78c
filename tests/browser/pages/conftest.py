"""Looks at the states of the tables: what all of them share, and how one is looked at in its modes.

``test_public.py`` and ``test_desk.py`` are a half each, so that two processes may share the states.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from wagtail.users.models import UserProfile

from network.models import Person
from tests.browser.conftest import WIDTHS, Axed, assert_fits
from tests.browser.pages.rendered import Rendered, missing_templates
from tests.browser.pages.visit import State, Visit, Window, new_person, person_with_factors, sign_in
from tests.browser.pages.world import Places, load_places

HALVES = ("public", "desk")
MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # Wagtail leaves the file of a picture's new size to be closed by the garbage collector.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Each state is looked at in each theme at each width; where it is in both languages, they share these.
NARROW, WIDE = WIDTHS
MODES = {"en": [(NARROW, "light"), (WIDE, "dark")], "ru": [(NARROW, "dark"), (WIDE, "light")]}


def cases(states: Iterable[State]) -> list[Any]:
    """Return the parameters of a test that looks at these states, each in its languages."""
    return [
        pytest.param(state, language, id=f"{state.name} ({language})")
        for state in states
        for language in ("en", *(("ru",) if state.ru else ()))
    ]


@dataclass(frozen=True)
class Site:
    """What all states share."""

    url: str
    places: Places
    window: Window
    rendered: Rendered


@pytest.fixture
def _django_db_helper() -> None:
    """Take the place of pytest-django's own, which would empty the database after each state."""


@pytest.fixture(scope="module")
def site(
    django_db_setup: None,
    django_db_blocker: Any,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """One server over one database and one window for all states: nothing is undone between them."""
    with (
        django_db_blocker.unblock(),
        override_settings(
            MEDIA_ROOT=tmp_path_factory.mktemp("media"), ROOT_URLCONF="tests.browser.pages.addresses"
        ),
    ):
        places = load_places()
        server = LiveServer("localhost")
        context = browser.new_context(base_url=server.url, reduced_motion="reduce")
        site = Site(server.url, places, Window(context), Rendered())
        site.rendered.listen()
        yield site
        site.rendered.stop()
        context.close()
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


def person_of(state: State) -> Person | None:
    if state.role == "new":
        return new_person()
    if state.role == "factors":
        return person_with_factors()
    return Person.objects.get(email=f"{state.role}@plenum.example") if state.role else None


def look_at(site: Site, state: State, language: str) -> None:
    """Raise AssertionError when the state has another status or complains, or a mode of it has something wrong."""
    site.window.begin()
    with override_settings(**state.settings):
        person = person_of(state)
        if person:
            Person.objects.filter(pk=person.pk).update(locale=language)
            UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": language})
            sign_in(site.window.page.context, person, site.url)
        visit = Visit(site.window.page, site.places, person, language)
        visit.goto(state.address.replace("/en/", f"/{language}/", 1) if language != "en" else state.address)
        if state.steps:
            state.steps(visit)
        visit.page.wait_for_load_state("load")
        assert site.window.status == state.status
        modes = MODES[language] if state.ru else [*MODES["en"], *MODES["ru"]]
        assert_every_mode(Axed(visit.page), f"{state.name} ({language})", modes)
    assert not site.window.complaints(state.status), "\n".join(site.window.complaints(state.status))
    site.rendered.checked |= site.rendered.now


def assert_every_mode(axed: Axed, name: str, modes: Iterable[tuple[int, str]]) -> None:
    """Look at the page in these modes; tell of all that is wrong in any of them."""
    wrong: list[str] = []
    for width, theme in modes:
        axed.page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        axed.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        axed.settle()
        try:
            assert_fits(axed.page)
        except AssertionError as error:
            wrong.append(f"{theme}: {error}")
        wrong += axed.violations(f"{name} at {width} px, {theme}")
    assert not wrong, "\n".join(wrong)


def look_for_unseen(site: Site, half: str, cases: int, request: pytest.FixtureRequest) -> None:
    """Raise AssertionError that names templates which no state has shown, once both halves are through.

    The first leaves word of what it has seen, and skips. ``cases`` is how many this half has in all.
    """
    names = {item.name for item in request.session.items if item.path == request.path}
    if len(names) <= cases:
        pytest.skip("only some of the states were chosen")
    folder = shared_folder(request.getfixturevalue("tmp_path_factory"))
    (folder / f"seen-{half}.json").write_text(json.dumps(sorted(site.rendered.checked)))
    words = [folder / f"seen-{other}.json" for other in HALVES]
    if not all(word.exists() for word in words):
        pytest.skip("the other half is not through yet, and will look")
    missing = missing_templates(name for word in words for name in json.loads(word.read_text()))
    assert not missing, "\n".join(missing)


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run's own folder, which its processes have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder
