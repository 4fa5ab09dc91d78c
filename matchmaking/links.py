"""Signed links in mails, with which a request is answered without a log-in."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from matchmaking.models import ExchangeProfile, MeetingRequest

SALT = "matchmaking.answer"


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
