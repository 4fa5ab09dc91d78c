"""Signing in, second factors and passkeys in a real browser, under the strict policy."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from network.models import Person
from network.services import confirm_email
from tests.browser.conftest import OpenPage, assert_accessible
from tests.factories import PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"


@pytest.fixture
def vera() -> Person:
    person = PersonFactory(name="Vera", email="vera@plenum.example", password=PASSWORD)
    confirm_email(person=person)
    return person


def code_of(letters: list[Any]) -> str:
    found = re.search(r"^\d{6}$", letters[-1].body, re.MULTILINE)
    assert found
    return found.group()


def totp_of(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


def sign_in_by_code(page: Page, email: str, letters: list[Any]) -> None:
    page.goto("/en/account/login/")
    page.get_by_label("E-mail").first.fill(email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    page.get_by_label("Code").fill(code_of(letters))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/me/")


def show_again_who_it_is(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_signing_in_by_code_works_without_script(
    open_page: OpenPage, vera: Person, mailoutbox: list[Any]
) -> None:
    page = open_page("/en/account/login/", width=360, java_script_enabled=False)
    sign_in_by_code(page, vera.email or "", mailoutbox)
    expect(page.get_by_role("heading", name="My agenda")).to_be_visible()


def test_signing_in_by_password_says_what_is_wrong_and_keeps_the_address(
    open_page: OpenPage, vera: Person
) -> None:
    page = open_page("/en/account/login/")
    page.get_by_text("Sign in with a password").click()
    page.locator("#id_login").fill(vera.email or "")
    page.locator("#id_password").fill("wrong")
    page.get_by_role("button", name="Sign in with the password").click()
    expect(page.locator(".error-summary")).to_be_visible()
    assert_accessible(page)
    assert page.locator("#id_login").input_value() == vera.email
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in with the password").click()
    page.wait_for_url("**/me/")


def test_the_third_wrong_code_says_in_the_content_what_happened(open_page: OpenPage, vera: Person) -> None:
    page = open_page("/en/account/login/")
    page.get_by_label("E-mail").first.fill(vera.email or "")
    page.get_by_role("button", name="Send me a code").click()
    for _turn in range(3):
        page.get_by_label("Code").fill("AAAAAA")
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("main").get_by_role("alert")).to_contain_text("Ask for a new code")
    expect(page.get_by_label("E-mail", exact=True)).to_be_visible()
    assert_accessible(page)


def test_a_passkey_that_is_not_there_is_told_of(open_page: OpenPage) -> None:
    page = open_page("/en/account/login/")
    add_authenticator(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    assert_accessible(page)


def test_an_authenticator_app_is_set_up_and_asked_for(
    open_page: OpenPage, vera: Person, mailoutbox: list[Any]
) -> None:
    page = open_page("/en/account/login/")
    sign_in_by_code(page, vera.email or "", mailoutbox)
    page.goto("/en/account/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    show_again_who_it_is(page)
    secret = page.locator("#authenticator_secret").inner_text()
    page.get_by_label("code", exact=False).first.fill(totp_of(secret))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert_accessible(page)
    recovery = page.locator("pre").inner_text().split()
    assert len(recovery) == 10

    other = open_page("/en/account/login/")
    other.get_by_label("E-mail").first.fill(vera.email or "")
    other.get_by_role("button", name="Send me a code").click()
    other.get_by_label("Code").fill(code_of(mailoutbox))
    other.get_by_role("button", name="Go on").click()
    expect(other.get_by_role("heading", name="Second factor")).to_be_visible()
    assert_accessible(other)
    other.get_by_label("code", exact=False).first.fill(recovery[0])
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url("**/me/")


def add_authenticator(page: Page) -> None:
    """Give the browser a platform authenticator that says yes by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_added_and_signs_in(open_page: OpenPage, vera: Person, mailoutbox: list[Any]) -> None:
    page = open_page("/en/account/login/")
    add_authenticator(page)
    sign_in_by_code(page, vera.email or "", mailoutbox)
    page.goto("/en/account/2fa/webauthn/add/")
    show_again_who_it_is(page)
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert Authenticator.objects.filter(user=vera, type="webauthn").exists()

    page.goto("/en/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/en/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/me/")
    expect(page.get_by_role("heading", name="My agenda")).to_be_visible()
