"""A delegation's lines in a real browser: saved as they are typed, with what is wrong said at each."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from sessions_app.registration.models import Delegation
from sessions_app.registration.services.delegating import Frame, open_delegation
from tests.browser.conftest import OpenPage
from tests.factories import PersonFactory, make_open_event

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def delegation() -> Delegation:
    event, category = make_open_event(places=12)
    frame = Frame(category=category, organisation_name="Cluster")
    return open_delegation(event=event, head=PersonFactory(), frame=frame)


@pytest.fixture
def page(delegation: Delegation, open_page: OpenPage, live_server: Any) -> Page:
    client = Client()
    client.force_login(delegation.head, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    opened = open_page("/en/privacy/")
    opened.context.add_cookies([cookie])
    opened.goto(reverse("registration:delegation", args=(delegation.event.slug, delegation.code)))
    return opened


def line(page: Page, number: int) -> Locator:
    return page.locator(".lines__list .line").nth(number)


def test_lines_are_saved_and_put_right_as_they_are_typed(page: Page, delegation: Delegation) -> None:
    first = line(page, 0)
    first.get_by_label("Full name").fill("Anna Li")
    first.get_by_label("E-mail").fill("nonsense")
    second = line(page, 1)  # grown by itself
    second.get_by_label("Full name").fill("Boris Bo")
    with page.expect_response(lambda answer: "Boris" in (answer.request.post_data or "")):
        second.get_by_label("Post").focus()
    expect(page.locator("[data-state]")).to_have_text("Saved")
    expect(first.locator(".line__fault")).to_have_text("This is not an e-mail address.")
    expect(first.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(line(page, 0).get_by_label("Full name")).to_have_value("Anna Li")
    line(page, 0).get_by_label("E-mail").fill("anna@plenum.example")
    line(page, 1).get_by_label("E-mail").fill("boris@plenum.example")
    line(page, 1).get_by_label("Post").focus()
    expect(page.locator("[data-summary]")).to_have_text("All lines are right.")
    expect(page.locator(".line__fault")).to_have_count(0)
    assert list(delegation.members.values_list("name", "email")) == [
        ("Anna Li", "anna@plenum.example"),
        ("Boris Bo", "boris@plenum.example"),
    ]


def test_inviting_waits_for_what_is_being_saved_and_writes_no_line_twice(
    page: Page, delegation: Delegation
) -> None:
    first = line(page, 0)
    first.get_by_label("Full name").fill("Anna Li")
    first.get_by_label("E-mail").fill("anna@plenum.example")
    page.get_by_role("button", name="Invite them").click()  # the field is left by the press
    expect(page.locator(".members__one")).to_have_count(1)
    expect(page.locator(".members__one")).to_contain_text("invited, not finished")
    assert delegation.members.count() == 1


def test_who_is_signed_out_meanwhile_reads_that_nothing_is_saved(page: Page, delegation: Delegation) -> None:
    page.context.route("**/delegation/**", lambda route: route.fulfill(status=200, body="the log-in's page"))
    line(page, 0).get_by_label("Full name").fill("Anna Li")
    line(page, 0).get_by_label("E-mail").focus()
    expect(page.locator("[data-state]")).to_have_text("Not saved: press “Save”")
    assert not delegation.members.exists()
