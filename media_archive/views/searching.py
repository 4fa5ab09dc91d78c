"""Recordings of all events in one place."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from media_archive.pages.everywhere import everything_in
from media_archive.pages.filters import filters_of, understood, wanted_of
from media_archive.pages.search import may_have_more
from sessions_app.programme.views.public import language_of_page

A_PAGE = 24


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Show public recordings of all events, the newest first, or those in which words were said, the best first."""
    there = everything_in(language_of_page())
    wanted = understood(wanted_of(request.GET), there.cuts, there.readers, there.events)
    hits = there.search(wanted)
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
        "filters": filters_of(there.cuts, there.readers, there.events, wanted),
        "search_url": reverse("media_archive:everything"),
    }
    response = render(request, "media_archive/everything.html", {**context, "show_event": True})
    patch_vary_headers(response, ["Cookie"])
    return response
