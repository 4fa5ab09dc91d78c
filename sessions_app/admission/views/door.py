"""The door of an event: a page that scans, and a form that does the same without a script."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network.models import Person
from sessions_app.admission import wording
from sessions_app.admission.models import Gate, Result
from sessions_app.admission.queries import find_guests, gates_of, get_event_for_door, has_code
from sessions_app.admission.services.redeeming import Answer, Attempt, redeem, undo
from sessions_app.admission.tickets import payload
from sessions_app.admission.views.offline import keep_until, kept_until_log_out
from sessions_app.events.models import Event
from sessions_app.registration.errors import Busy

NONCE = re.compile(r"[\w-]{1,64}", re.ASCII)
LONGEST = 400
BLUE = "#1f4bb8"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the door, or answer for one guest."""
    event = get_event_for_door(slug, request.user)
    gates = list(gates_of(event))
    gate = _gate(gates, request.POST.get("gate") or request.GET.get("gate") or "")
    if request.method != "POST":
        return kept_until_log_out(request, _page(request, event, gates, gate))
    if request.POST.get("do") == "undo":
        return _undone(request, event, gates, gate)
    text = request.POST.get("code", "").replace("\x00", "").strip()[:LONGEST]
    problem = _problem(gates, gate, text)
    if problem:
        return _page(request, event, gates, gate, problem=problem, typed=text, status=422)
    if not _is_code(event, text):
        found = find_guests(event, text)
        return _page(request, event, gates, gate, found=found, typed=text, searched=True)
    return _redeemed(request, event, gates, gate, text)


def _undone(request: HttpRequest, event: Event, gates: list[Gate], gate: Gate | None) -> HttpResponse:
    try:
        undo(event=event, nonce=_nonce(request), by=_steward(request))
    except Busy:
        return _busy(request, event, gates, gate)
    return _page(request, event, gates, gate, told=_("Taken back."))


def _busy(
    request: HttpRequest, event: Event, gates: list[Gate], gate: Gate | None, *, typed: str = ""
) -> HttpResponse:
    problem = _("Many are scanning at this moment, and nothing has been written. Try again.")
    response = _page(request, event, gates, gate, problem=problem, typed=typed, status=503)
    response["Retry-After"] = "3"
    return response


def _redeemed(
    request: HttpRequest, event: Event, gates: list[Gate], gate: Gate | None, text: str
) -> HttpResponse:
    attempt = Attempt(
        code=text,
        nonce=_nonce(request),
        gate=gate,
        at=timezone.now(),
        confirmed=bool(request.POST.get("confirmed")),
    )
    try:
        answer = redeem(event=event, attempt=attempt, by=_steward(request))
    except Busy:
        return _busy(request, event, gates, gate, typed=text)
    return render(request, "admission/door_answer.html", _answer_context(event, gate, text, answer))


def _answer_context(event: Event, gate: Gate | None, text: str, answer: Answer) -> dict[str, Any]:
    said = wording.results()[answer.result]
    return {
        "event": event,
        "gate": gate,
        "code": text,
        "said": said,
        "detail": wording.detail(answer, event),
        "registration": answer.registration,
        "nonce": answer.scan.nonce,
        "next_nonce": uuid.uuid4(),
        "can_undo": answer.result == Result.OK,
        "needs_document": answer.result == Result.CHECK,
        "badge_url": _badge_url(event, gate, answer),
    }


def _badge_url(event: Event, gate: Gate | None, answer: Answer) -> str:
    """Return where the guest's badge is, at a gate that prints them; else nothing."""
    is_in = answer.result in (Result.OK, Result.ALREADY_REDEEMED)
    if gate is None or not gate.badge_size or not is_in or answer.registration is None:
        return ""
    path = reverse("admission:gate_badge", args=(event.slug, answer.registration.code))
    return f"{path}?{urlencode({'gate': gate.slug})}"


def _page(
    request: HttpRequest,
    event: Event,
    gates: list[Gate],
    gate: Gate | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "event": event,
        "gates": gates,
        "gate": gate,
        "nonce": uuid.uuid4(),
        "until": keep_until(request),
        "words": wording.script_words(gates),
        "api": reverse("api:redeem", args=(event.slug,)).removesuffix("redeem"),
        **more,
    }
    return render(request, "admission/door.html", context, status=status)


def _problem(gates: list[Gate], gate: Gate | None, text: str) -> str:
    if gates and gate is None:
        return _("Choose the gate first.")
    return "" if text else _("Enter the characters under the code, or a name.")


def _is_code(event: Event, text: str) -> bool:
    """Tell a code from a name: what is as long as a ticket's code is one, even if it is damaged."""
    try:
        payload.read(text)
    except payload.NotACode:
        return (text.upper().startswith(payload.VERSION) and len(text) > 60) or has_code(event, text)
    return True


def _steward(request: HttpRequest) -> Person:
    """Return who keeps the door; ``login_required`` let nobody else come this far."""
    assert isinstance(request.user, Person)  # noqa: S101  tells the type only
    return request.user


def _gate(gates: list[Gate], slug: str) -> Gate | None:
    return next((gate for gate in gates if gate.slug == slug), None)


def _nonce(request: HttpRequest) -> str:
    """Return the form's nonce, so that a form that is sent twice is one scan; a new one when it has none."""
    given = request.POST.get("nonce", "")
    return given if NONCE.fullmatch(given) else str(uuid.uuid4())


@login_required
@never_cache
@require_safe
def manifest(request: HttpRequest, slug: str) -> JsonResponse:
    """Answer with what makes the door an application that can be put on a phone's start screen."""
    event = get_event_for_door(slug, request.user)
    address = reverse("admission:door", args=(event.slug,))
    icons = [
        ("door-192", "192x192", "any"),
        ("door-512", "512x512", "any"),
        ("door-maskable-512", "512x512", "maskable"),
    ]
    return JsonResponse(
        {
            "id": address,
            "name": _("Door: %(event)s") % {"event": event.name},
            "short_name": _("Door"),
            "start_url": address,
            "scope": address,
            "display": "standalone",
            "lang": request.LANGUAGE_CODE,
            "background_color": "#0e141b",
            "theme_color": BLUE,
            "icons": [
                {
                    "src": static(f"admission/icons/{name}.png"),
                    "sizes": sizes,
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, sizes, purpose in icons
            ],
        },
        content_type="application/manifest+json",
    )
