"""Registering in a real browser: by keyboard, without script, and what every page must pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sessions_app.registration.links import status_path
from sessions_app.registration.models import Question, QuestionKind, Registration, RegistrationSettings
from tests.browser.conftest import OpenPage, assert_accessible, assert_fits
from tests.factories import make_category, make_excursion, make_open_event, make_registration
from tests.registration.forms import ask, code_from_letter, path

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def event() -> Any:
    event, _category = make_open_event(places=12)
    make_category(
        event, places=0, name_en="Press", slug="press", description_en="For those who write about it."
    )
    RegistrationSettings.objects.update(consent_text_en="We keep your data until the event is over.")
    car = ask(event, "car", QuestionKind.YES_NO, is_required=True)
    ask(event, "plate", is_required=True, shown_if=car, shown_if_values=["yes"])
    ask(event, "outlet", is_required=True).categories.add(event.categories.get(slug="press"))
    ask(event, "diet", QuestionKind.CHOICES, choices=("fish", "meat"))
    ask(event, "from", QuestionKind.REGION)
    make_excursion(event, places=3)
    Question.objects.filter(key="excursion").update(sort_order=9)
    return event


def type_by_keyboard(page: Page, label: str, text: str) -> None:
    """Go on with the Tab key until the field with the label has the focus, then type."""
    field = page.get_by_label(label, exact=False).first
    for _turn in range(60):
        page.keyboard.press("Tab")
        if field.evaluate("element => element === document.activeElement"):
            page.keyboard.type(text)
            return
    raise AssertionError(f"Tab never reaches {label}")


def test_registering_by_keyboard_alone(open_page: OpenPage, event: Any) -> None:
    page = open_page(path(event))
    expect(page.get_by_label("Question plate")).to_be_hidden()
    page.locator("input[name=category]").first.focus()
    page.keyboard.press("Space")
    type_by_keyboard(page, "Full name", "Ada Example")
    type_by_keyboard(page, "E-mail", "ada@plenum.example")
    page.locator("input[name=q-car]").first.focus()
    page.keyboard.press("Space")
    expect(page.get_by_label("Question plate")).to_be_visible()
    expect(page.get_by_label("Question outlet")).to_be_hidden()
    type_by_keyboard(page, "Question plate", "K 123")
    type_by_keyboard(page, "I agree to the processing", " ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    type_by_keyboard(page, "Code", code_from_letter())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Confirmed: you are coming")).to_be_visible()
    registration = Registration.objects.get()
    assert {answer.question.key: answer.value for answer in registration.answers.all()} == {
        "car": True,
        "plate": "K 123",
    }


def test_registering_without_script(open_page: OpenPage, event: Any) -> None:
    page = open_page(path(event), java_script_enabled=False)
    page.get_by_label("Press").check()
    page.get_by_label("Full name").fill("Ada Example")
    page.get_by_label("E-mail").fill("ada@plenum.example")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("I agree to the processing").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("A few more questions")).to_be_visible()
    expect(page.get_by_label("I agree to the processing")).to_be_checked()
    page.get_by_label("Question plate").fill("K 123")
    page.get_by_label("Question outlet").fill("The Paper")
    page.get_by_role("button", name="Register").click()
    page.get_by_label("Code").fill(code_from_letter())
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="On the waiting list")).to_be_visible()
    assert Registration.objects.get().answers.count() == 3


def test_errors_stand_on_top_and_lead_to_their_fields(browser: Browser, live_server: Any, event: Any) -> None:
    # A window of its own: the browser complains of the answer 422, which is meant.
    page = browser.new_page(base_url=live_server.url, viewport={"width": 360, "height": 740})
    page.goto(path(event))
    page.get_by_label("Full name").fill("Ada")
    page.get_by_role("button", name="Register").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("I take part as")
    summary.get_by_role("link", name=re.compile("E-mail")).click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("Full name")).to_have_value("Ada")
    assert_accessible(page)
    assert_fits(page)
    page.close()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_form_is_accessible(check_page: Callable[[str], None], event: Any, language: str) -> None:
    check_page(path(event).replace("/en/", f"/{language}/"))


def test_the_pages_of_a_registration_are_accessible(check_page: Callable[[str], None], event: Any) -> None:
    for category in event.categories.all():
        registration = make_registration(event, category)
        address = status_path(registration)
        for rest in ("", "cancel/", "edit/"):
            check_page(address + rest)
