"""The way into an exchange: what it is, when it is, and joining it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matchmaking.errors import ExchangeError
from matchmaking.models import Exchange, ProfileState
from matchmaking.permissions import may_run
from matchmaking.queries import frame_of, may_join, profile_of
from matchmaking.queries.marketplace import is_after
from matchmaking.refusals import refusal_of
from matchmaking.services.joining import join_exchange
from matchmaking.services.joining import leave_exchange as take_out
from matchmaking.states import Phase, takes_profiles
from matchmaking.views.visit import Visit, find_exchange, frame, page, participant
from network.models import Person
from sessions_app.registration.entry import registration_entry


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def entrance(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what the exchange is and when; a POST joins it."""
    exchange = find_exchange(request, slug)
    if request.method == "POST":
        return _join(request, exchange)
    return _show(request, exchange)


def _show(
    request: HttpRequest, exchange: Exchange, *, refusal: object = None, status: int = 200
) -> HttpResponse:
    own = profile_of(exchange, request.user)
    context = {
        **frame(exchange),
        "frame": frame_of(exchange),
        "own": own if own and own.state != ProfileState.LEFT else None,
        "may_join": own is None or own.state == ProfileState.LEFT,
        "is_coming": may_join(exchange, request.user),
        "takes_profiles": takes_profiles(exchange.phase),
        "may_run": may_run(request.user, exchange.event),
        "registration_entry": registration_entry(exchange.event, request.user),
        "leads_to_market": exchange.phase == Phase.OVER or is_after(exchange.event),
        "refusal": refusal,
    }
    return render(request, "matchmaking/entrance.html", context, status=status)


def _join(request: HttpRequest, exchange: Exchange) -> HttpResponse:
    person = request.user
    if not isinstance(person, Person):
        return redirect("matchmaking:entrance", slug=exchange.event.slug)
    try:
        join_exchange(exchange=exchange, person=person, actor=person)
    except ExchangeError as error:
        refusal = refusal_of(error)
        return _show(request, exchange, refusal=refusal, status=refusal.status)
    return redirect("matchmaking:profile", slug=exchange.event.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@participant()
def leave(visit: Visit) -> HttpResponse:
    """Ask whether she wants to leave, naming what happens; a POST does it."""
    if visit.request.method == "POST":
        take_out(profile=visit.profile, actor=visit.person, reason=visit.request.POST.get("reason", "")[:300])
        messages.success(visit.request, _("You have left the exchange. Those you would have met are told."))
        return redirect("matchmaking:entrance", slug=visit.slug)
    return page(visit, "leave.html", {}, tab="profile")
