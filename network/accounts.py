"""How allauth treats our people: our letters, our addresses, the recipient's language."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.account.models import Login
from allauth.account.signals import authentication_step_completed
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.letters import compose, language_for, to_message
from network.models import Person
from network.sealing import seal, unseal

LETTERS = {
    "login_code": "account/login_code",
    "email_confirmation": "account/email_confirmation",
    "email_confirmation_signup": "account/email_confirmation",
    "password_reset_code": "account/password_reset_code",  # nosec B105: a template, no password
    "account_already_exists": "account/account_already_exists",
    "unknown_account": "account/unknown_account",
}
# What is told afterwards when something of the account's safety was changed: subject and sentence.
NOTICES: dict[str, tuple[Promise, Promise]] = {
    "password_changed": (_("Your password was changed"), _("The password of your account was changed.")),
    "password_set": (_("A password was set"), _("Your account has a password now.")),
    "password_reset": (
        _("Your password was changed"),
        _("The password of your account was set anew by a code."),
    ),
    "email_changed": (_("Your e-mail was changed"), _("Your account has another main e-mail address.")),
    "email_confirm": (_("An e-mail was confirmed"), _("An e-mail address of your account was confirmed.")),
    "email_deleted": (_("An e-mail was removed"), _("An e-mail address was removed from your account.")),
    "totp_activated": (_("A second factor was set up"), _("An authenticator app protects your account now.")),
    "totp_deactivated": (
        _("A second factor was removed"),
        _("The authenticator app does not protect your account any more."),
    ),
    "webauthn_added": (_("A passkey was added"), _("A passkey or security key was added to your account.")),
    "webauthn_removed": (
        _("A passkey was removed"),
        _("A passkey or security key was removed from your account."),
    ),
    "recovery_codes_generated": (
        _("New recovery codes"),
        _("New recovery codes were made for your account; the old ones are void."),
    ),
}


SEALED = "sealed:"  # before a secret that is sealed
FACTORS = "second factors"

SILENT = frozenset({"login_code_sent.txt", "email_confirmation_sent.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in and sign-up by e-mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many wrong tries. Ask for a new code, or try again in a few minutes."
        ),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our letters in the recipient's language.

        Addresses in it start with the base URL of the settings, never with the request's Host.
        """
        name = template_prefix.rpartition("/")[2]
        language = language_for(email)
        with translation.override(language):
            values: dict[str, Any] = {
                key: context[key] for key in ("code", "timestamp", "ip", "user_agent") if key in context
            }
            values |= {
                "login_url": settings.BASE_URL + reverse("account_request_login_code"),
                "signup_url": settings.BASE_URL + reverse("account_signup"),
                "account_url": settings.BASE_URL + reverse("account_email"),
            }
            if name in NOTICES:
                values["subject"], values["what"] = (str(text) for text in NOTICES[name])
        letter = compose(LETTERS.get(name, "account/notice"), values, language=language)
        to_message(letter, to=email).send()

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Leave out what the next page says itself: where the code was sent."""
        if (message_template or "").rpartition("/")[2] in SILENT:
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors whose secrets a copy of the database does not tell."""

    def encrypt(self, text: str) -> str:
        """Return the secret sealed, as text."""
        return SEALED + seal(text.encode(), purpose=FACTORS).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; what the platform's key does not open any more becomes one that no code fits.

        Secrets from before they were sealed are returned as they are.
        """
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        opened = unseal(encrypted_text.removeprefix(SEALED).encode(), purpose=FACTORS)
        return opened.decode() if opened is not None else str(generate_totp_secret())


def log_in_by_email(request: HttpRequest, person: Person, *, email: str, then: str) -> HttpResponse:
    """Let somebody in who has just proven by a code that the e-mail is hers.

    Answers with the way to ``then``, or with the question for her second factor where she has one:
    ``request.user`` tells which.
    """
    record_authentication(request, person, method="code", email=email)
    return perform_login(request, Login(user=person, email=email, redirect_url=then))


@receiver(authentication_step_completed)
def know_the_address(request: HttpRequest, user: Person, method: str, **_more: Any) -> None:
    """Let allauth know the e-mail of somebody whom an organiser or an import has entered.

    She proves by the code that it is hers; without a row of its own allauth would ask a second time.
    """
    if method == "code":
        sync_user_email_address(user)
