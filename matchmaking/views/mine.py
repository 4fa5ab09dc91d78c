"""A participant's own pages: her day as a timeline."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from matchmaking.queries import exchange_for, profile_of, timeline_of


@login_required
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the participant's day: meetings with their tables, sessions and free slots."""
    exchange = exchange_for(slug, request.user)
    profile = profile_of(exchange, request.user) if exchange else None
    if exchange is None or profile is None:
        raise Http404
    context = {
        "exchange": exchange,
        "event": exchange.event,
        "profile": profile,
        "days": timeline_of(profile),
    }
    return render(request, "matchmaking/mine.html", context)
