"""The page of one registration: how it stands, and what its owner can do. A signed link opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network.localised import localised
from network.models import Person
from sessions_app.registration.errors import Busy, Closed, NoSeats, OfferGone, WrongState
from sessions_app.registration.forms.registering import KeptFile
from sessions_app.registration.links import file_path, go_on_path, is_signed, signature_of, status_path
from sessions_app.registration.models import Registration
from sessions_app.registration.queries import (
    answers_of,
    may_change_until,
    opening,
    questions_of,
    settings_of,
    turn,
)
from sessions_app.registration.seat_queries import seat_rows
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.services.seats import give_up_seat, sign_up
from sessions_app.registration.services.waiting import accept_offer
from sessions_app.registration.states import ENDED, LIVE, State
from sessions_app.registration.views.rendering import answer_rows, details_rows
from sessions_app.registration.wording_of_states import look_of, message_rows, offer_ran_out, sentence_of

Step = Callable[..., Registration]


def find(slug: str, code: str, signature: str) -> Registration:
    """Return the registration that the signed address names; raise Http404 when it names none."""
    if "\x00" in slug + code:
        raise Http404
    registration = get_object_or_404(
        Registration.objects.select_related("event", "category", "person", "delegation").exclude(
            state=State.DRAFT
        ),
        event__slug=slug,
        code=code,
    )
    if not is_signed(registration, signature):
        raise Http404
    return registration


def actor_of(request: HttpRequest, registration: Registration) -> Person | None:
    """Return who acts: whoever is signed in, else the person whose letter the address stood in."""
    return request.user if isinstance(request.user, Person) else registration.person


@never_cache
@require_safe
def status(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Show how the registration stands."""
    return _page(request, find(slug, code, signature))


def _page(
    request: HttpRequest, registration: Registration, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    event = registration.event
    settings = settings_of(event)
    until = may_change_until(event, settings)
    may_change = registration.state in LIVE and (until is None or timezone.now() < until)
    questions, answers = questions_of(event), answers_of(registration)
    files = {
        file.question.key: KeptFile(name=file.name, address=file_path(file, event))
        for file in registration.files.select_related("question")
    }
    place = turn(registration)
    is_confirmed = registration.state == State.CONFIRMED
    context = {
        **base_context(registration),
        "look": look_of(registration),
        "sentence": sentence_of(registration),
        "can_register_anew": registration.state in ENDED and opening(settings).is_open,
        "days": [day.date for day in event.days.all()] if registration.state in LIVE else [],
        "entry": place[0] if place else None,
        "turn": place[1] if place else 0,
        "details": details_rows(registration),
        "answers": answer_rows(questions, registration, answers, files),
        "may_change": may_change and registration.state != State.INVITED,
        "may_cancel": may_change,
        "change_until": until,
        "messages_sent": message_rows(registration),
        "seat_rows": seat_rows(registration, request.user) if is_confirmed else [],
        "go_on": go_on_path(registration) if registration.state == State.INVITED else "",
        "problem": problem,
    }
    return render(request, "registration/status.html", context, status=status)


def base_context(registration: Registration) -> dict[str, Any]:
    """Return what every page of a registration shows."""
    return {
        "registration": registration,
        "event": registration.event,
        "event_name": localised(registration.event, "name"),
        "zone": registration.event.timezone,
        "status_url": status_path(registration),
        "signature": signature_of(registration),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Ask, then take the offered place; 410 when the offer has run out."""
    registration = find(slug, code, signature)
    if request.method != "POST":
        if offer_ran_out(registration):
            return _gone(request, registration)
        place = turn(registration)
        if registration.state != State.OFFERED or place is None:
            return redirect(status_path(registration))
        if place[0].offer_until is not None and place[0].offer_until <= timezone.now():
            return _gone(request, registration)
        context = {**base_context(registration), "entry": place[0]}
        return render(request, "registration/accept.html", context)
    return _do(request, registration, accept_offer, _("You have accepted: your place is confirmed."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Ask, naming what happens, then give the registration up."""
    registration = find(slug, code, signature)
    if request.method != "POST":
        if registration.state not in LIVE:
            return redirect(status_path(registration))
        is_confirmed = registration.state == State.CONFIRMED
        context = {
            **base_context(registration),
            "keeps_place": registration.places.filter(quota__categories__isnull=False).exists(),
            "choices": registration.places.filter(quota__choice__isnull=False).select_related("quota"),
            "seats": [row for row in seat_rows(registration, request.user) if row.state]
            if is_confirmed
            else [],
        }
        return render(request, "registration/cancel.html", context)
    return _do(request, registration, cancel, _("Your registration is cancelled."))


def _do(request: HttpRequest, registration: Registration, step: Step, done: str) -> HttpResponse:
    """Do a step; say on the registration's page what stood in the way."""
    try:
        step(registration=registration, actor=actor_of(request, registration))
    except OfferGone:
        return _gone(request, registration)
    except Busy:
        problem = _("Many people are busy here at this moment, and nothing has been changed. Try again.")
        response = _page(request, registration, status=503, problem=problem)
        response["Retry-After"] = "5"
        return response
    except Closed:
        problem = _("The time for changes is over, and nothing has been changed. Write to the organiser.")
        return _page(request, registration, status=409, problem=problem)
    except WrongState:
        registration.refresh_from_db()
        problem = _("This is not possible any more: the registration has moved on, as you see here.")
        return _page(request, registration, status=409, problem=problem)
    messages.success(request, done)
    return redirect(status_path(registration))


def _gone(request: HttpRequest, registration: Registration) -> HttpResponse:
    registration.refresh_from_db()
    is_open = opening(settings_of(registration.event)).is_open
    context = {**base_context(registration), "can_register_anew": is_open}
    return render(request, "registration/offer_gone.html", context, status=410)


@never_cache
@require_http_methods(["POST"])
def seat(request: HttpRequest, slug: str, code: str, signature: str, session: str) -> HttpResponse:
    """Sign up for a session with limited seats, or give the seat back."""
    registration = find(slug, code, signature)
    actor = actor_of(request, registration)
    back = status_path(registration) + "#sessions"
    if request.POST.get("back") == "sessions":
        back = reverse("registration:sessions", args=(slug,))
    try:
        if request.POST.get("do") == "out":
            give_up_seat(registration=registration, code=session, actor=actor)
            messages.success(request, _("You have given the seat back."))
        elif sign_up(registration=registration, code=session, actor=actor):
            messages.success(request, _("You have a seat."))
        else:
            messages.success(request, _("All seats are taken: you are on the waiting list."))
    except NoSeats:
        messages.error(request, _("This session takes no sign-ups any more."))
    except WrongState:
        messages.error(
            request, _("Only those whose place at the event is confirmed can sign up for sessions.")
        )
    except Busy:
        problem = _("Many people are busy here at this moment, and nothing has been changed. Try again.")
        response = _page(request, registration, status=503, problem=problem)
        response["Retry-After"] = "5"
        return response
    return redirect(back)
