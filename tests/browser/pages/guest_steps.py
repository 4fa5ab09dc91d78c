"""What leads to the states of registration's pages."""

from __future__ import annotations

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.browser.pages.visit import Visit, new_person
from tests.registration.forms import code_from_letter

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _send(visit: Visit) -> None:
    visit.page.locator("main form[method=post] button:not([name]):not([form])").first.click()


def send_nothing(visit: Visit) -> None:
    """Send the form as it is: everything that must be there is missing."""
    visit.page.locator("main form").first.evaluate("form => form.noValidate = true")
    _send(visit)


def fill_in(visit: Visit) -> None:
    """Fill in who it is and the first way in."""
    if visit.page.locator("input[name=category]").count():  # not asked where there is only one
        visit.page.locator("input[name=category]").first.check()
    visit.page.locator("#id_name").fill("Ada Example")
    visit.page.locator("#id_email").fill(f"ada{id(visit)}@plenum.example")


def agree(visit: Visit) -> None:
    """Give every consent that is asked for."""
    for box in visit.page.locator(".consent input[type=checkbox]").all():
        box.check()


def ask_for_a_code(visit: Visit) -> None:
    """Send the form: a code goes to the address."""
    fill_in(visit)
    agree(visit)
    _send(visit)
    visit.page.wait_for_url("**/register/code/")


def enter_a_wrong_code(visit: Visit) -> None:
    """Enter a code that nobody sent."""
    ask_for_a_code(visit)
    visit.page.locator("#id_code").fill("000000" if code_from_letter() != "000000" else "111111")
    _send(visit)


def keep_for_later(visit: Visit) -> None:
    """Keep the form for later."""
    fill_in(visit)
    visit.page.locator("main button[name=do][value=later]").click()


def second_step(visit: Visit) -> None:
    """Come to the questions."""
    fill_in(visit)
    _send(visit)
    visit.page.wait_for_url("**/register/questions/")


def second_step_wrong(visit: Visit) -> None:
    """Answer a question with what is no answer."""
    second_step(visit)
    visit.page.locator("#id_q-every-number").evaluate("field => { field.type = 'text'; field.value = 'x' }")
    send_nothing(visit)


def third_step(visit: Visit) -> None:
    """Come to the page that shows all that was written."""
    second_step(visit)
    _send(visit)
    visit.page.wait_for_url("**/register/check/")


def accept_too_late(visit: Visit) -> None:
    """Take a place whose time has run out."""
    visit.page.locator("form[action$='/accept/'] button").click()


def keep_a_file(visit: Visit) -> None:
    """Send a file and forget the rest: the file is kept."""
    content = {"name": f"{'long' * 20}.pdf", "mimeType": "application/pdf", "buffer": PDF}
    visit.page.locator("input[type=file]").set_input_files([content])
    send_nothing(visit)


def prove_with_an_app(visit: Visit) -> None:
    """Prove the address of somebody who has a second factor, and show it."""
    person = new_person()
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    fill_in(visit)
    visit.page.locator("#id_email").fill(person.email)
    agree(visit)
    _send(visit)
    visit.page.locator("#id_code").fill(code_from_letter())
    _send(visit)
    visit.page.wait_for_url("**/2fa/**")
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    visit.page.locator("#id_code").fill(code)
    visit.page.locator("main form button").first.click()
    visit.page.wait_for_url("**/register/finish/")


def save_without_a_name(visit: Visit) -> None:
    """Change the registration so that nobody is registered."""
    visit.page.locator("#id_name").fill("")
    send_nothing(visit)
