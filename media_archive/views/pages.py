"""The archive of an event and the page of a recording."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.text import Truncator
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from media_archive.links import key_for, watch_path
from media_archive.models import Access, Cut
from media_archive.pages.archive import archive_of
from media_archive.pages.filters import Wanted, filters_of, understood, wanted_of
from media_archive.pages.kept import kept_of, with_kept
from media_archive.pages.published import published
from media_archive.pages.results import results_of
from media_archive.pages.search import cuts_of, may_have_more, search
from media_archive.pages.watch import WatchPage, title_of, watch_page
from media_archive.permissions import link_of, may_edit, may_watch
from media_archive.policies import PLAYER_CSP
from media_archive.queries.visible import is_for_everybody
from media_archive.structured_data import video_data
from media_archive.views.sharing import iframe_of
from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.events.queries import get_event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.structured_data import as_script
from sessions_app.programme.views.public import language_of_page, reader_of_event
from sessions_app.registration.entry import registration_entry

MOST_HITS = 60
DESCRIPTION = 200  # characters of what search engines and other sites show


def frame(event: Event) -> dict[str, Any]:
    """Return what all pages of an event's archive share."""
    return {
        "event": event,
        "event_slug": event.slug,
        "event_name": localised(event, "name"),
        "section": "recordings",
        "zone": event.timezone,
    }


def find_cut(request: HttpRequest, event: Event, code: str) -> Cut:
    """Return the cut; raise Http404 for those the viewer may not know of."""
    cut = Cut.objects.select_related("recording__room", "event").filter(event=event, code=code).first()
    if cut is None or not (cut.is_out() or may_edit(request.user, event)):
        raise Http404
    return cut


@require_safe
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the days, cameras and sessions that were recorded, or those that are looked for."""
    event = get_event(slug, request.user)
    reader = reader_of_event(event)
    is_team = may_edit(request.user, event)
    cuts = cuts_of(event, request.user, is_team=is_team)
    wanted = understood(wanted_of(request.GET), cuts, {event.pk: reader}, {event.pk: event})
    hits = search(wanted, cuts, {event.pk: reader}, {event.pk: event}) if wanted else []
    context = {
        **frame(event),
        "is_team": is_team,
        "days": [] if wanted else archive_of(event, reader, request.user, is_team=is_team),
        "wanted": wanted,
        "words": wanted.question,
        "hits": hits[:MOST_HITS],
        "total": len(hits),
        "may_have_more": may_have_more(hits),
        "filters": filters_of(cuts, {event.pk: reader}, {event.pk: event}, wanted),
        "search_url": reverse("media_archive:archive", args=(slug,)),
        "feed": _feed("recordings_rss", slug, wanted),
        "atom": _feed("recordings_atom", slug, wanted),
        "all_recordings": event.is_public and any(is_for_everybody(cut) for cut in cuts),
    }
    response = render(request, "media_archive/archive.html", context)
    patch_vary_headers(response, ["Cookie"])
    return response


@require_safe
@csp_override(PLAYER_CSP)
def watch(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show a recording to those who may watch it, and tell others who may."""
    event = get_event(slug, request.user)
    cut = find_cut(request, event, code)
    reader = reader_of_event(event)
    secret = request.GET.get("key", "")
    is_team = may_edit(request.user, event)
    is_hers = is_team or may_watch(request.user, cut)
    if not is_hers and link_of(cut, secret) is None:
        return _closed(request, event, cut, reader, had_link=bool(secret))
    is_draft = not cut.is_out()
    key = "" if cut.access == Access.PUBLIC and not is_draft else key_for(cut, slug=slug, is_draft=is_draft)
    kept = kept_of(request.GET, secret="" if is_hers else secret)
    page = watch_page(cut, reader, key=key, kept=kept, second=request.GET.get("t", ""))
    context = {
        **frame(event),
        "page": page,
        "kept": with_kept(kept),
        "player": page.player,
        "poster": page.poster,
        "plain_file": page.plain_file,
        "transcript": page.transcript,
        "transcripts": page.transcripts,
        "is_team": is_team,
        "is_draft": is_draft,
        **_shared(cut, reader, page, is_open_to_all=not key),
        "publishes_later": cut.publish_at if cut.publish_at and cut.publish_at > timezone.now() else None,
    }
    response = render(request, "media_archive/watch.html", context)
    if key or secret:
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"  # a link's secret stands in the address
    patch_vary_headers(response, ["Cookie"])
    return response


def _feed(name: str, slug: str, wanted: Wanted) -> str:
    """Return the address of a feed in the page's language, of a person or a topic where one is chosen."""
    chosen = {
        key: wanted.filters[key]
        for key in ("person", "track")
        if key in wanted.filters and key not in wanted.typed
    }
    return f"{reverse(name, args=(slug,))}?{urlencode({'lang': language_of_page(), **chosen})}"


def _shared(cut: Cut, reader: Reader, page: WatchPage, *, is_open_to_all: bool) -> dict[str, Any]:
    """Return what search engines and other sites are told of a recording that everybody may watch."""
    if not is_open_to_all:
        return {}
    one = next(iter(published(cut.event, reader, codes=[cut.code])), None)
    if one is None:
        return {}
    path = watch_path(one.slug, cut.code)
    told: dict[str, Any] = {
        "structured": as_script(video_data(one, page.transcript)),
        "canonical": one.page,
        "description": Truncator(" ".join(one.description.split())).chars(DESCRIPTION),
        "translations": [
            (code, settings.BASE_URL + translate_url(path, code)) for code, _name in settings.LANGUAGES
        ],
    }
    if page.player is not None:
        address = urlencode({"url": one.page, "format": "json"})
        told["oembed"] = f"{settings.BASE_URL}{reverse('oembed')}?{address}"
        told["iframe"] = iframe_of(one.slug, cut.code, one.title.text)
    return told


def _closed(request: HttpRequest, event: Event, cut: Cut, reader: Reader, *, had_link: bool) -> HttpResponse:
    """Say who may watch; a recording for those with a link is not there for others."""
    if cut.access == Access.LINK and not had_link:
        raise Http404
    context = {
        **frame(event),
        "cut": cut,
        "title": title_of(cut, reader),
        "had_link": had_link,
        "categories": list(cut.categories.all()) if cut.access == Access.CATEGORY else [],
        "registration_entry": registration_entry(event, request.user),
    }
    return render(request, "media_archive/closed.html", context, status=403)


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what came of the event."""
    event = get_event(slug, request.user)
    found = results_of(event, reader_of_event(event))
    return render(request, "media_archive/results.html", {**frame(event), "results": found})
