"""Addresses that go into mails: signed, so that they open for whoever got the mail, on any device."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation

from sessions_app.events.models import Event
from sessions_app.registration.models import Invitation, Registration

_signer = Signer(salt="registration.status")


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
