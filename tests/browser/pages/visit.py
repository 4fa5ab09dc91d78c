"""One visit: a browser's page, who is signed in there, and what leads to the state to be checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from network.models import Person
from network.services import confirm_email
from tests.factories import PersonFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
BLANK = "/blank/"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class State:
    """A page in one state.

    ``address`` has the world's names in braces. ``role`` is the first part of a log-in's e-mail, ``new`` a
    person of her own, ``factors`` one with an app and a passkey, empty a visitor. ``steps`` lead from the address to the state. ``status`` is what the
    server answers. A state with ``ru`` is looked at in Russian, too: pages by their address, the back
    office by the person's language.
    """

    name: str
    address: str = ""
    role: str = ""
    steps: Callable[[Visit], None] | None = None
    status: int = 200
    ru: bool = False
    settings: dict[str, Any] = field(default_factory=dict)


class Window:
    """The one window in which all states are looked at: a new one for each would cost a second."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.status = 0
        self._heard: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._heard.append(str(error)))
        self.page.on("response", self._answered)

    def begin(self) -> None:
        """Forget who was here and what was kept."""
        if self.page.url.startswith("http"):
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        # On its way out a page may still complain of what it does not get any more. A page of no site would have
        # another process of the browser, and each state cost a third more.
        self.page.goto(BLANK)
        self.page.context.clear_cookies()
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self._heard.clear()

    def complaints(self, status: int) -> list[str]:
        """Return what the page complained of, but for an answer that was meant to be one of failure."""
        return [text for text in self._heard if status < 400 or "status of" not in text]

    def _hear(self, message: ConsoleMessage) -> None:
        # The live server has no sockets.
        if message.type in {"error", "warning"} and "WebSocket" not in message.text:
            self._heard.append(f"{message.text} ({message.location.get('url', '')})")

    def _answered(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.status = response.status


@dataclass
class Visit:
    """What steps work with."""

    page: Page
    places: dict[str, Any]
    person: Person | None = None
    language: str = "en"

    def word(self, text: str) -> str:
        """Return a text of the interface as the page has it."""
        with translation.override(self.language):
            return gettext(text)

    def goto(self, address: str) -> None:
        """Open an address of the site."""
        self.page.goto(address.format(**self.places))

    def press(self, name: str) -> None:
        """Press the button of this name in the content."""
        self.page.get_by_role("main").get_by_role("button", name=self.word(name), exact=True).first.click()

    @property
    def email(self) -> str:
        """Return the address of the person of this visit."""
        return (self.person and self.person.email) or ""

    def code(self) -> str:
        """Return the code of the last letter."""
        found = re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found.group()


def new_person() -> Person:
    """Return a person with a password and a confirmed address."""
    person = PersonFactory(name="Vera Visitor", password=PASSWORD)
    confirm_email(person=person)
    return person


def give_an_app(person: Person) -> None:
    """Let the person have an app and recovery codes."""
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)


def person_with_factors() -> Person:
    """Return a person with an app, a passkey and recovery codes."""
    person = new_person()
    give_an_app(person)
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Phone of Vera", "credential": credential},
    )
    return person


def sign_in(context: BrowserContext, person: Person, origin: str) -> None:
    """Sign the person in, as after a log-in of yesterday: what is sensitive asks again."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": origin}])
