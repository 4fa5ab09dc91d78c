"""The pocket programme as PDF: an agenda or a day on a sheet that is folded to A6."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from network.paper.printing import CannotPrint, print_pdf
from network.web.pages import cached_file
from network.web.words import day_in_words
from sessions_app.events.models import Event
from sessions_app.events.queries import get_event
from sessions_app.programme.pages.agenda import agenda_page
from sessions_app.programme.pages.day import day_page
from sessions_app.programme.pages.pocket import pocket_document
from sessions_app.programme.queries import starred_codes
from sessions_app.programme.views.public import find_event, language_of_page, or_404, reader_of
from sessions_app.programme.views.stars import codes_in_address

PDF = "application/pdf"


@require_safe
def day_pocket(request: HttpRequest, slug: str, date: dt.date) -> HttpResponse:
    """Answer with one day for the pocket; the same for everybody until the next release."""
    found = find_event(request, slug)
    if not found.stamp.release:
        raise Http404
    reader = reader_of(request, slug)
    page = or_404(day_page(reader, date, {}))
    document = pocket_document(
        reader,
        [(date, page.rows)],
        heading=day_in_words(date),
        path=f"/events/{slug}/programme/{date}/",
        brand=get_event(slug, request.user).brand_colour,
    )
    try:
        return cached_file(
            request,
            key=f"{found.stamp.key}:pocket:{language_of_page()}:{date}",
            produce=lambda: print_pdf(document),
            content_type=PDF,
            changed_at=found.stamp.released_at,
            file_name=f"{slug}-{date}.pdf",
        )
    except CannotPrint:
        return _busy(request, reverse("programme_day", args=(slug, date)), slug)


@require_safe
def agenda_pocket(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the starred sessions for the pocket: a person's own, or those that the address names."""
    found = find_event(request, slug)
    if not found.stamp.release:
        raise Http404
    own = request.user.is_authenticated and "s" not in request.GET
    codes = starred_codes(request.user, Event(pk=found.stamp.event_id)) if own else codes_in_address(request)
    reader = reader_of(request, slug)
    page = agenda_page(reader, codes)
    if not page.days:
        return redirect("programme_agenda", slug=slug)
    document = pocket_document(
        reader,
        [(day.date, day.rows) for day in page.days],
        heading=_("My agenda"),
        path=f"/events/{slug}/programme/",
        brand=get_event(slug, request.user).brand_colour,
        who=request.user.get_full_name() if own else "",
        printed_at=timezone.now(),
    )
    try:
        response = HttpResponse(print_pdf(document), content_type=PDF)
    except CannotPrint:
        return _busy(request, reverse("programme_agenda", args=(slug,)), slug)
    response["Content-Disposition"] = f'inline; filename="{slug}-agenda.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _busy(request: HttpRequest, back: str, slug: str) -> HttpResponse:
    context: dict[str, Any] = {
        "back": back,
        "event": get_event(slug, request.user),
        "again": request.get_full_path(),
    }
    response = render(request, "programme/not_printed.html", context, status=503)
    response["Retry-After"] = "10"
    return response
