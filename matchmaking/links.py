"""Signed links: in mails, to answer a request without a log-in, and of the hall screen."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from matchmaking.models import Exchange, ExchangeProfile, MeetingRequest

SALT = "matchmaking.answer"
SCREEN_SALT = "matchmaking.screen"


def answer_link(request: MeetingRequest, profile: ExchangeProfile) -> str:
    """Return the path of the page where this participant answers this request; it is good until it is answered."""
    token = signing.dumps([request.pk, profile.pk], salt=SALT, compress=True)
    return reverse("matchmaking:answer", args=(request.exchange.event.slug, token))


def read_answer_token(token: str) -> tuple[int, int] | None:
    """Return the keys of request and participant that the token names, or None for one that is not ours."""
    try:
        request_id, profile_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(request_id), int(profile_id)


def screen_link(exchange: Exchange) -> str:
    """Return the path of the exchange's hall screen; it is good until the screen gets a new one."""
    # Without the time of signing: the same address each time it is looked up.
    token = signing.Signer(salt=SCREEN_SALT).sign_object([exchange.pk, exchange.screen_edition])
    return reverse("matchmaking:screen", args=(exchange.event.slug, token))


def read_screen_token(token: str) -> tuple[int, int] | None:
    """Return the exchange's key and the edition of its screen's address, or None for a token that is not ours."""
    try:
        exchange_id, edition = signing.Signer(salt=SCREEN_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(exchange_id), int(edition)
