"""Recordings of all events in one place."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from media_archive.pages.filters import filters_of, understood, wanted_of
from media_archive.pages.search import everywhere, may_have_more, search
from sessions_app.events.models import Event
from sessions_app.events.queries import with_frame
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import released_schedules
from sessions_app.programme.views.public import language_of_page

A_PAGE = 24
MOST_EVENTS = 60  # the newest; their programmes are kept decoded


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Show public recordings of all events, the newest first, or those in which words were said."""
    shown = with_frame(Event.objects.filter(is_public=True, cuts__isnull=False).distinct()).order_by("-id")
    events = {event.pk: event for event in shown[:MOST_EVENTS]}
    language = language_of_page()
    readers = {pk: Reader(schedule, language) for pk, schedule in released_schedules(events.values()).items()}
    cuts = everywhere(readers)
    wanted = understood(wanted_of(request.GET), cuts, readers, events)
    hits = sorted(search(wanted, cuts, readers, events), key=lambda hit: hit.row.start, reverse=True)
    page = Paginator(hits, A_PAGE).get_page(request.GET.get("page"))
    asked = wanted.address()
    context = {
        "page_obj": page,
        "query": f"&{asked}" if asked else "",
        "hits": page.object_list,
        "total": len(hits),
        "may_have_more": may_have_more(hits),
        "wanted": wanted,
        "words": wanted.question,
        "filters": filters_of(cuts, readers, events, wanted),
        "search_url": reverse("media_archive:everything"),
    }
    response = render(request, "media_archive/everything.html", {**context, "show_event": True})
    patch_vary_headers(response, ["Cookie"])
    return response
