"""Sign-up for sessions: the page of a registered person, and the fragment on a session's own page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network.localised import localised
from network.models import Person
from sessions_app.registration.queries import live_registration, opening, settings_of
from sessions_app.registration.seat_queries import own_seats, seat_rows, seats_left, seats_of
from sessions_app.registration.services.seats import released_session
from sessions_app.registration.states import State
from sessions_app.registration.views.status import base_context
from sessions_app.registration.views.visit import find_event


@require_safe
@never_cache
@login_required
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """List the sessions with limited seats; whoever comes to the event signs up here."""
    event = find_event(request, slug)
    registration = live_registration(event, request.user)
    context = {"event": event, "event_name": localised(event, "name"), "zone": event.timezone}
    if registration is None:
        return render(
            request, "registration/sessions.html", {**context, "is_open": opening(settings_of(event)).is_open}
        )
    context |= {
        **base_context(registration),
        "seat_rows": seat_rows(registration, request.user),
        "is_confirmed": registration.state == State.CONFIRMED,
    }
    return render(request, "registration/sessions.html", context)


@require_safe
@never_cache
def places(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Answer with how many seats of a session are left, and what the reader has; a part of its page."""
    event = find_event(request, slug)
    session = released_session(event, code)
    if session is None:
        raise Http404
    if session.seats is None or settings_of(event) is None:
        return HttpResponse()  # its page, which is the same for all events, then offers no sign-up
    own = None
    if isinstance(request.user, Person):
        registration = live_registration(event, request.user)
        own = own_seats(registration).get(code) if registration is not None else None
    context = {
        "event": event,
        "code": code,
        "places": seats_left(session, seats_of(event).get(code)),
        "has_seat": own == 0 and own is not None,
        "turn": own or 0,
    }
    return render(request, "registration/session_places.html", context)
