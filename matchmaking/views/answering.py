"""Answering a request from a mail, without a log-in: a link opens a page, a button on it answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matchmaking import queries
from matchmaking.errors import ExchangeError
from matchmaking.forms.asking import DeclineForm
from matchmaking.links import read_answer_token
from matchmaking.models import ExchangeProfile, MeetingRequest
from matchmaking.pages.day import view_of
from matchmaking.refusals import refusal_of
from matchmaking.services import asking
from matchmaking.services.accepting import accept
from matchmaking.states import RequestState
from matchmaking.views.visit import frame
from network.web.throttle import limit_misses


@limit_misses("exchange-answer")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the request that the link names to whom it was sent; only a POST answers it."""
    asked, own = _find(slug, token)
    if request.method == "POST":
        return _answered(request, asked, own)
    return _show(request, asked, own)


def _find(slug: str, token: str) -> tuple[MeetingRequest, ExchangeProfile]:
    keys = read_answer_token(token)
    found = queries.request_with_people(slug, keys[0]) if keys else None
    if found is None or keys is None:
        raise Http404
    sides = {found.sender_id: found.sender, found.recipient_id: found.recipient}
    if keys[1] not in sides:
        raise Http404
    for side in sides.values():
        side.exchange = found.exchange
    return found, sides[keys[1]]


def _answered(request: HttpRequest, asked: MeetingRequest, own: ExchangeProfile) -> HttpResponse:
    service: dict[str, Any] = {"request": asked, "by": own, "actor": own.person}
    form = DeclineForm(request.POST)
    try:
        if request.POST.get("do") == "accept":
            accept(**service)
        elif request.POST.get("do") == "decline" and form.is_valid():
            asking.decline(**service, **form.cleaned_data)
        else:
            return _show(request, asked, own, form=form, status=422)
    except ExchangeError as error:
        refusal = refusal_of(error)
        asked, own = _find_again(asked, own)
        return _show(request, asked, own, refusal=refusal, status=refusal.status)
    asked, own = _find_again(asked, own)
    return _show(request, asked, own, is_answered=True)


def _find_again(asked: MeetingRequest, own: ExchangeProfile) -> tuple[MeetingRequest, ExchangeProfile]:
    found = queries.request_with_people(asked.exchange.event.slug, asked.pk)
    if found is None:
        raise Http404
    for side in (found.sender, found.recipient):
        side.exchange = found.exchange
    return found, found.sender if found.sender_id == own.pk else found.recipient


def _show(
    request: HttpRequest,
    asked: MeetingRequest,
    own: ExchangeProfile,
    *,
    status: int = 200,
    form: DeclineForm | None = None,
    **more: Any,
) -> HttpResponse:
    now = timezone.now()
    meeting = queries.meeting_of_request(asked)
    if meeting is not None:
        meeting.exchange, meeting.low, meeting.high = asked.exchange, asked.low, asked.high
    is_open = asked.state == RequestState.PENDING and asked.expires_at > now
    context = {
        **frame(asked.exchange),
        "asked": asked,
        "own": own,
        "other": asked.other(own),
        "form": form or DeclineForm(),
        "view": view_of(meeting, own, now=now) if meeting else None,
        "can_answer": is_open and asked.turn_id == own.pk,
        "is_late": asked.state == RequestState.PENDING and not is_open,
        "request_url": reverse("matchmaking:request", args=(asked.exchange.event.slug, asked.code)),
        **more,
    }
    response = render(request, "matchmaking/answer.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response
