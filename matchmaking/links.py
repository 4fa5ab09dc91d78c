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
    """Return the path of the exchange's hall screen."""
    token = signing.dumps(exchange.pk, salt=SCREEN_SALT, compress=True)
    return reverse("matchmaking:screen", args=(exchange.event.slug, token))


def read_screen_token(token: str) -> int | None:
    """Return the key of the exchange whose hall screen the token opens, or None for one that is not ours."""
    try:
        return int(signing.loads(token, salt=SCREEN_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
