"""The organiser's pages in a browser: by keyboard, narrow and wide, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from sessions_app.admission.models import PaperJob
from sessions_app.events.models import Event
from sessions_app.registration.models import BulkJob
from tests.factories import SessionFactory, make_event, make_team_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OpenDesk = Callable[..., Page]


@pytest.fixture
def event(transactional_db: None) -> Event:
    """An event whose first room is taken twice."""
    event = make_event(sessions=3, slug="forum-browser")
    first = event.sessions.first()
    SessionFactory(event=event, number=90, room=first.room, start=first.start, end=first.end)
    return event


@pytest.fixture
def desk(event: Event, open_page: Callable[..., Page], live_server: Any) -> OpenDesk:
    """Open an address as an organiser of the event."""
    client = Client()
    client.force_login(
        make_team_member(event, "organiser"), backend="django.contrib.auth.backends.ModelBackend"
    )
    cookie = {
        "name": "sessionid",
        "value": client.cookies["sessionid"].value,
        "domain": live_server.url.split("//")[1].split(":")[0],
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    return lambda path, **options: open_page(
        path, storage_state={"cookies": [cookie], "origins": []}, **options
    )


def test_a_session_with_a_new_person_is_added(event: Event, desk: OpenDesk) -> None:
    page = desk(f"{reverse('sessions:add')}?event={event.slug}&day=2026-09-14")
    page.get_by_label("Title (English)").first.fill("Panel of clusters")
    page.get_by_role("tab", name="People").click()
    page.get_by_role("button", name="Add person").click()
    page.get_by_role("button", name="Choose a person").click()
    page.get_by_role("tab", name="Add a new person").click()
    dialog = page.locator(".modal-dialog")
    dialog.get_by_label("Full name").fill("Anna Newcomer")
    dialog.get_by_role("button", name="Add a new person").click()
    expect(page.locator("#id_roles-FORMS")).to_contain_text("Anna Newcomer")
    expect(page.locator("#id_roles-0-person-chooser .w-dropdown__toggle")).to_be_focused()
    page.get_by_role("button", name="Create").first.click()
    expect(page.locator(".messages")).to_contain_text("created")
    session = event.sessions.get(title_en="Panel of clusters")
    assert session.roles.get().person.name == "Anna Newcomer"
    assert session.start is not None


def test_a_room_is_added_and_moved_up(event: Event, desk: OpenDesk) -> None:
    page = desk(f"{reverse('events:edit', args=(event.pk,))}#tab-venue_and_rooms")
    page.get_by_role("tab", name="Venue and rooms").click()
    page.get_by_role("button", name="Add room").click()
    page.locator("#id_rooms-2-name_en").fill("Green room")
    page.locator("#inline_child_rooms-2").get_by_role("button", name="Move up").click()
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".messages")).to_contain_text("updated")
    assert [room.name_en for room in event.rooms.all()].index("Green room") == 1


def test_a_release_in_spite_of_a_clash_by_keyboard(event: Event, desk: OpenDesk) -> None:
    page = desk(reverse("backoffice_release", args=(event.slug,)))
    page.get_by_label("Note to the public (English)").focus()
    page.keyboard.type("First programme")
    page.keyboard.press("Tab")  # the note in Russian
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("The wall is movable")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Release 1 is out.")
    assert event.releases.get().override_reason == "The wall is movable"


@pytest.mark.parametrize("kind", ["badges", "approve"])
def test_how_far_a_job_is_stands_there_without_a_press(event: Event, desk: OpenDesk, kind: str) -> None:
    if kind == "badges":
        jobs: Any = PaperJob.objects
        job = jobs.create(event=event, kind=kind, ids=[1, 2, 3], ready=1)
        address = reverse("backoffice_paper", args=(event.slug, job.pk))
        further, done = {"ready": 2}, "Ready to print"
    else:
        jobs = BulkJob.objects
        job = jobs.create(event=event, action=kind, key="k", ids=[1, 2, 3], position=1)
        address = reverse("backoffice_registration_job", args=(event.slug, job.pk))
        further, done = {"position": 2}, "Done for 0 registrations"
    page = desk(address)
    expect(page.locator("job-progress")).to_contain_text("1 of 3")
    expect(page.get_by_role("link", name="How far is it now?")).to_be_hidden()
    jobs.filter(pk=job.pk).update(**further)
    expect(page.locator("job-progress")).to_contain_text("2 of 3")
    jobs.filter(pk=job.pk).update(finished_at=timezone.now())
    expect(page.locator(".bo-box--good")).to_contain_text(done)
