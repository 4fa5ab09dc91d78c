"""A participant's own days: meetings with their tables, sessions beside them, and free time to fill."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matchmaking import queries
from matchmaking.documents import person_sheets
from matchmaking.free_time import free_time
from matchmaking.models import Slot
from matchmaking.pages import suggestions
from matchmaking.pages.day import days_of
from matchmaking.pages.programme import own_sessions
from matchmaking.services.telling import moment_in_words
from matchmaking.states import takes_requests
from matchmaking.views.visit import Visit, frame, language_of_page, page, participant
from network.paper.printing import CannotPrint, print_pdf
from network.paper.texts import file_name
from network.web.pages import pdf_response


@require_safe
@participant()
def mine(visit: Visit) -> HttpResponse:
    """Show all days of the exchange as a timeline."""
    reader, exchange = visit.profile, visit.exchange
    inbox = queries.inbox_of(reader, now=visit.now)
    can_ask = takes_requests(exchange.preset, exchange.phase)
    partners = []
    if can_ask:
        asked = [one.other(reader).pk for one in inbox.live]
        partners = suggestions.suggested(exchange, reader, without=asked).people
    free = free_time(exchange, [reader, *partners], now=visit.now)
    meetings = list(queries.meetings_for(reader))
    days = days_of(
        reader,
        free,
        meetings=meetings,
        now=visit.now,
        sessions=own_sessions(exchange, reader, free, language_of_page()),
        to_answer=inbox.to_answer,
        partners=partners,
    )
    context = {
        "days": days,
        "today": visit.now.astimezone(exchange.event.zone).date(),
        "to_answer_count": len(inbox.to_answer),
        "agreed": [one for one in inbox.agreed if getattr(one, "meeting", None) is None],
        "cancelled": [
            {"meeting": meeting, "other": meeting.other(reader)}
            for meeting in meetings
            if meeting.state == "cancelled"
        ],
        "can_ask": can_ask,
        "has_meetings": any(day.meetings for day in days),
        "live_part": "#mine",
    }
    return page(visit, "mine.html", context, tab="mine")


@require_safe
@participant()
def paper(visit: Visit) -> HttpResponse:
    """Answer with the participant's meetings as PDF, in the language of the page; without meetings with her days."""
    now = moment_in_words(visit.now, visit.exchange.event.zone)
    document = person_sheets(
        visit.exchange,
        [visit.profile],
        foot=_("As of %(time)s; what changed since stands on your page.") % {"time": now},
        language=language_of_page(),
    )
    if not document["sheets"]:
        return redirect("matchmaking:mine", visit.slug)
    try:
        content = print_pdf(document)
    except CannotPrint:
        back = reverse("matchmaking:mine", args=(visit.slug,))
        context = {**frame(visit.exchange), "again": visit.request.path, "back": back}
        response = render(visit.request, "programme/not_printed.html", context, status=503)
        response["Retry-After"] = "10"
        return response
    return pdf_response(content, file_name(_("Meetings"), str(visit.exchange), ending="pdf"))


@require_safe
@participant()
def fill(visit: Visit, slot: int) -> HttpResponse:
    """Show good partners who are free in one slot, the best first."""
    reader, exchange = visit.profile, visit.exchange
    chosen = get_object_or_404(Slot, pk=slot, exchange=exchange)
    if chosen.start <= visit.now or not takes_requests(exchange.preset, exchange.phase):
        raise Http404
    asked = [one.other(reader).pk for one in queries.inbox_of(reader, now=visit.now).live]
    busy = queries.busy_in(chosen)
    best = suggestions.suggested(exchange, reader, without={*asked, *busy})
    free = free_time(exchange, [reader, *best.people], now=visit.now)
    here = [person for person in best.people if chosen.pk in free.by_profile[person.pk]]
    context = {
        "slot": chosen,
        "cards": suggestions.cards(reader, here, best.own, free, best.kept),
        "is_free": chosen.pk in free.by_profile[reader.pk],
        "can_ask": True,
    }
    return page(visit, "fill.html", context, tab="mine")
