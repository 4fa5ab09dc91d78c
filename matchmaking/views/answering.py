"""Answering a request from a mail, without a log-in: a link opens a page, a button on it answers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from matchmaking.links import read_answer_token
from matchmaking.models import MeetingRequest


def answer(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the request that the link names, to whom it was sent."""
    keys = read_answer_token(token)
    found = (
        MeetingRequest.objects.select_related("exchange__event", "sender", "recipient", "slot")
        .filter(pk=keys[0], exchange__event__slug=slug)
        .first()
        if keys
        else None
    )
    if found is None or keys is None or keys[1] not in {found.sender_id, found.recipient_id}:
        raise Http404
    return render(request, "matchmaking/answer.html", {"request_asked": found, "event": found.exchange.event})
