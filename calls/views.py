"""The page of a call."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from calls.models import Call, Seat
from calls.permissions import may_manage
from calls.queries import PanelRow, get_call, panel_of
from network.localised import localised
from network.web.words import text_and_language


@require_safe
@never_cache
def call_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call with its dates and its panel; 404 while it is not published, but for panel and secretaries."""
    call = get_call(slug, request.user)
    panel = panel_of(call)
    own = next((row for row in panel if row.person_id == request.user.pk), None)
    context = {
        "call": call,
        "title": localised(call, "title"),
        "event": call.event,
        "event_name": localised(call.event, "name") if call.event else {},
        "zone": str(call.zone),
        "state": _state(call, timezone.now()),
        "groups": _groups(panel),
        "own": own,
        "own_seat": own.seat.label if own else "",
        "manages": may_manage(request.user, call),
    }
    return render(request, "calls/call.html", context)


def _state(call: Call, now: dt.datetime) -> dict[str, str]:
    """Return icon, word and kind of what the dates mean now."""
    if now < call.opens:
        return {"kind": "line", "icon": "clock", "text": _("opens later")}
    if call.has_closed(now):
        return {"kind": "line", "icon": "lock", "text": _("closed")}
    return {"kind": "ok", "icon": "check", "text": _("open")}


def _groups(panel: list[PanelRow]) -> list[tuple[str, list[dict[str, str]]]]:
    """Return heading and rows for the person component, seat by seat; empty ones are left out."""
    headings = {Seat.CHAIR: _("Chair"), Seat.MEMBER: _("Members"), Seat.EXPERT: _("Experts")}
    language = (get_language() or "").split("-")[0]
    found: dict[Seat, list[dict[str, str]]] = {}
    for row in panel:
        post, spoken = text_and_language(row.organisation, language)
        found.setdefault(row.seat, []).append(
            {"name": row.name, "post": post, "post_lang": spoken if spoken != language else ""}
        )
    return [(heading, found[seat]) for seat, heading in headings.items() if seat in found]
