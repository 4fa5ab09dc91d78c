"""What leads to the states of the account's pages."""

from __future__ import annotations

from tests.browser.pages.visit import PASSWORD, Visit, give_an_app, new_person


def ask_for_a_code(visit: Visit) -> None:
    """Ask for a code to sign in with."""
    visit.person = visit.person or new_person()
    visit.goto("/en/account/login/")
    visit.page.locator("#code-email").fill(visit.email)
    visit.press("Send me a code")


def enter_a_wrong_code(visit: Visit) -> None:
    """Enter a code that nobody sent."""
    ask_for_a_code(visit)
    visit.page.get_by_label("Code").fill("000000" if visit.code() != "000000" else "111111")
    visit.press("Go on")


def ask_for_a_code_at_a_wrong_address(visit: Visit) -> None:
    """Send the form for a code without an address in it."""
    visit.page.locator("form[novalidate], form.form").first.evaluate("form => form.noValidate = true")
    visit.page.get_by_role("main").get_by_role("textbox").first.fill("vera@")
    visit.press("Send me a code")


def use_a_wrong_password(visit: Visit) -> None:
    """Sign in with a password that is not hers."""
    visit.page.locator("main details > summary").first.click()
    visit.page.locator("#id_login").fill("vera@plenum.example")
    visit.page.locator("#id_password").fill("wrong")
    visit.press("Sign in with the password")


def open_the_password(visit: Visit) -> None:
    """Unfold the log-in with a password."""
    visit.page.locator("main details > summary").first.click()


def sign_up_wrongly(visit: Visit) -> None:
    """Sign up with nothing that can be taken."""
    visit.page.locator("main form").first.evaluate("form => form.noValidate = true")
    visit.press("Sign up")


def sign_up(visit: Visit) -> None:
    """Sign up with a new address: a code is sent."""
    visit.page.locator("#id_name").fill("Nina New")
    visit.page.locator("#id_email").fill(f"nina{id(visit)}@plenum.example")
    visit.press("Sign up")


def reset_the_password(visit: Visit) -> None:
    """Ask for a code to set a new password with."""
    visit.person = new_person()
    visit.page.locator("#id_email").fill(visit.email)
    visit.press("Send me a code")


def enter_the_reset_code(visit: Visit) -> None:
    """Come to the form for a new password."""
    reset_the_password(visit)
    visit.page.get_by_label("Code").fill(visit.code())
    visit.press("Go on")


def show_who_it_is(visit: Visit) -> None:
    """Show the password once more where it is asked for."""
    if "reauthenticate" in visit.page.url:
        visit.page.locator("#id_password").fill(PASSWORD)
        visit.page.locator("main form.form button").first.click()


def show_a_wrong_password(visit: Visit) -> None:
    """Show a password that is not hers."""
    visit.page.get_by_label("Password").fill("wrong")
    visit.press("Go on")


def activate_with_a_wrong_code(visit: Visit) -> None:
    """Set an app up with digits that it did not show."""
    show_who_it_is(visit)
    visit.page.locator("#id_code").fill("000000")
    visit.press("Activate")


def at_the_key(visit: Visit) -> None:
    """Open the first key's own page."""
    show_who_it_is(visit)
    visit.page.locator("main a[href*='/edit/'], main a[href*='/rename/']").first.click()


def remove_the_key(visit: Visit) -> None:
    """Open the question before the first key is removed."""
    show_who_it_is(visit)
    visit.page.locator("main a[href*='/remove/'], main a[href*='/delete/']").first.click()


def sign_in_with_an_app(visit: Visit) -> None:
    """Sign in by a code, with an app asked for next."""
    visit.person = new_person()
    give_an_app(visit.person)
    ask_for_a_code(visit)
    visit.page.get_by_label("Code").fill(visit.code())
    visit.press("Go on")


def give_a_wrong_second_factor(visit: Visit) -> None:
    """Enter digits that the app did not show."""
    sign_in_with_an_app(visit)
    visit.page.locator("#id_code").fill("000000")
    visit.press("Sign in")


def add_an_address(visit: Visit) -> None:
    """Add a second address, which waits for its code."""
    visit.page.locator("#id_email").fill(f"second{id(visit)}@plenum.example")
    visit.press("Add")


def with_a_second_address(visit: Visit) -> None:
    """Come back to the list while the second address waits."""
    add_an_address(visit)
    visit.goto("/en/account/email/")


def save_an_empty_profile(visit: Visit) -> None:
    """Send the profile without a name."""
    visit.page.locator("#id_name").fill("")
    visit.page.locator("main form.form").first.evaluate("form => form.noValidate = true")
    visit.press("Save")


def save_the_profile(visit: Visit) -> None:
    """Save, which is confirmed above the form."""
    visit.press("Save")


def erase_another(visit: Visit) -> None:
    """Try to erase with an address that is not hers."""
    visit.page.locator("main input[type=email], main input[type=text]").first.fill("other@plenum.example")
    visit.page.locator("main form.form").first.evaluate("form => form.noValidate = true")
    visit.page.locator("main form.form button").first.click()
