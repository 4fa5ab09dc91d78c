"""What one visit of a participant knows: the exchange, who she is, and when; and what all her pages share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from matchmaking.models import Exchange, ExchangeProfile, ProfileState
from matchmaking.permissions import may_run
from matchmaking.queries import exchange_at, profile_at, profile_of, waiting_for
from matchmaking.states import shows_people
from network.localised import localised
from network.models import Person
from network.web.leisure import at_leisure

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a participant."""

    request: HttpRequest
    exchange: Exchange
    profile: ExchangeProfile
    now: dt.datetime

    @property
    def person(self) -> Person:
        """Who is signed in."""
        user = self.request.user
        if not isinstance(user, Person):
            raise Http404
        return user

    @property
    def slug(self) -> str:
        """The event's address."""
        return self.exchange.event.slug


def find_exchange(request: HttpRequest, slug: str) -> Exchange:
    """Return the event's exchange; raise Http404 while it is being set up and for events one may not know of."""
    exchange = None if "\x00" in slug else exchange_at(slug, request.user)
    if exchange is None or not (shows_people(exchange.phase) or may_run(request.user, exchange.event)):
        raise Http404
    return exchange


def _find(request: HttpRequest, slug: str) -> tuple[Exchange, ExchangeProfile | None]:
    user = request.user
    profile = profile_at(slug, user) if isinstance(user, Person) and "\x00" not in slug else None
    if profile is not None and shows_people(profile.exchange.phase):
        return profile.exchange, profile  # what nearly every visit finds, by one query
    exchange = find_exchange(request, slug)
    return exchange, profile_of(exchange, user)


def participant(*, draft_too: bool = False) -> Callable[[Callable[..., HttpResponse]], View]:
    """Give the view a ``Visit`` in place of the event's address.

    Who takes no part is led to the entrance, who has not filled in her profile to that one, unless
    ``draft_too``.
    """

    def decorate(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        @at_leisure
        @never_cache
        @login_required
        def visited(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
            exchange, profile = _find(request, slug)
            if profile is None or profile.state == ProfileState.LEFT:
                return redirect("matchmaking:entrance", slug=slug)
            if profile.state != ProfileState.SHOWN and not draft_too:
                return redirect("matchmaking:profile", slug=slug)
            visit = Visit(request=request, exchange=exchange, profile=profile, now=timezone.now())
            return view(visit, **more)

        return visited

    return decorate


def page(
    visit: Visit, template: str, context: Mapping[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """Answer with a page of the exchange; ``tab`` names the part of it that is marked as current."""
    values = {**frame(visit.exchange), "profile": visit.profile, "tab": tab, "now": visit.now, **context}
    if "to_answer_count" not in values:
        values["to_answer_count"] = waiting_for(visit.profile, now=visit.now)
    return render(visit.request, f"matchmaking/{template}", values, status=status)


def frame(exchange: Exchange) -> dict[str, Any]:
    """Return what every page of an exchange shows around its own part."""
    event = exchange.event
    return {
        "event": event,
        "event_name": localised(event, "name"),
        "exchange": exchange,
        "zone": event.timezone,
        "section": "exchange",
    }


def language_of_page() -> str:
    """Return the language in which the page is written."""
    return (get_language() or "en").split("-")[0]
