"""Addresses that go into mails: signed, so that they open for whoever got the mail, on any device."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare

from sessions_app.events.models import Event
from sessions_app.registration.models import AnswerFile, Invitation, Registration

_signer = Signer(salt="registration.status")
_drafts = Signer(salt="registration.draft")


def signature_of(registration: Registration) -> str:
    """Return what proves that somebody may see this registration's page."""
    return _signer.signature(f"{registration.event_id}:{registration.code}")


def is_signed(registration: Registration, signature: str) -> bool:
    """Tell whether the signature belongs to the registration."""
    try:
        _signer.unsign(f"{registration.event_id}:{registration.code}:{signature}")
    except BadSignature:
        return False
    return True


def status_path(registration: Registration) -> str:
    """Return the path of the registration's page, in the active language."""
    return reverse(
        "registration:status",
        args=(registration.event.slug, registration.code, signature_of(registration)),
    )


def status_url(registration: Registration, language: str) -> str:
    """Return the whole address of the registration's page in a language."""
    with translation.override(language):
        return f"{settings.BASE_URL}{status_path(registration)}"


def invitation_url(invitation: Invitation, event: Event, language: str) -> str:
    """Return the whole address of the event's form with the invitation's code in it, in a language."""
    return f"{settings.BASE_URL}/{language}/events/{event.slug}/register/?code={invitation.code}"


def trial_path(event: Event) -> str:
    """Return the path of the event's form as the team tries it, in the active language."""
    language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    return f"/{language}/events/{event.slug}/register/?trial=1"


def _draft_signature(registration: Registration) -> str:
    """Sign the address together with the e-mail: after another one is typed, older letters open nothing."""
    return _drafts.signature(f"{registration.event_id}:{registration.code}:{registration.email}")


def is_signed_for_draft(registration: Registration, signature: str) -> bool:
    """Tell whether the signature lets somebody go on with the form."""
    return constant_time_compare(_draft_signature(registration), signature)


def go_on_path(registration: Registration) -> str:
    """Return the path at which the form goes on, in the active language."""
    return reverse(
        "registration:go_on",
        args=(registration.event.slug, registration.code, _draft_signature(registration)),
    )


def go_on_url(registration: Registration, language: str) -> str:
    """Return the whole address at which the form goes on, in a language."""
    with translation.override(language):
        return f"{settings.BASE_URL}{go_on_path(registration)}"


def file_path(file: AnswerFile, event: Event) -> str:
    """Return the path at which the owner of a file, and the team, read it."""
    return reverse("registration:file", args=(event.slug, file.pk))
