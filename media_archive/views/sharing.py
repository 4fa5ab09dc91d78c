"""Recordings on pages of others: the frame with the player, oEmbed, and the list for search engines."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from lxml import etree

from media_archive.feeds import legal
from media_archive.links import embed_url, watch_path
from media_archive.models import Access, Cut
from media_archive.pages.published import Published, published, with_media
from media_archive.pages.watch import watch_page
from media_archive.permissions import may_edit
from media_archive.policies import EMBED_CSP
from media_archive.queries.elsewhere import elsewhere_of, with_film
from media_archive.queries.visible import out, public_cuts
from sessions_app.events.models import Event
from sessions_app.events.queries import get_event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.queries import released_schedules
from sessions_app.programme.views.public import reader_of_event
from sessions_app.registration.services.seats import released_session

WIDTH, HEIGHT = 960, 540
BELOW = 210  # pixels of the title above the picture and all controls below it
PAGE = re.compile(
    r"/(?:(?P<language>[a-z]{2})/)?events/(?P<slug>[\w-]+)/recordings/(?P<code>[0-9A-Z]{6})/(?:embed/)?"
)
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
VIDEO = "http://www.google.com/schemas/sitemap-video/1.1"
AT_MOST = 20_000


def iframe_of(slug: str, code: str, title: str, width: int = WIDTH, height: int = HEIGHT + BELOW) -> str:
    """Return the element with which other pages show the player."""
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" allow="fullscreen; picture-in-picture" loading="lazy"></iframe>',
        embed_url(slug, code), width, height, title,
    )  # fmt: skip


@require_safe
@xframe_options_exempt
@csp_override(EMBED_CSP)
def embed(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Show the player alone; only of what everybody may watch."""
    cut = public_cuts().filter(event__slug=slug, code=code).select_related("recording__room", "event").first()
    if cut is None:
        raise Http404
    page = watch_page(cut, reader_of_event(cut.event), key="")
    context = {
        "page": page,
        "player": page.player,
        "poster": page.poster,
        "plain_file": page.plain_file,
        "watch_url": watch_path(slug, code),
    }
    return render(request, "media_archive/embed.html", context)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer by oEmbed 1.0 how a recording's page is shown on others."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    try:
        asked = urlsplit(request.GET.get("url", ""))
    except ValueError as error:
        raise Http404 from error
    found = PAGE.fullmatch(asked.path)
    if f"{asked.scheme}://{asked.netloc}" != settings.BASE_URL or found is None:
        raise Http404
    language = found["language"] or ""
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        response = JsonResponse(_oembed(found["slug"], found["code"], request))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


def _oembed(slug: str, code: str, request: HttpRequest) -> dict[str, Any]:
    event = get_event(slug, AnonymousUser())
    one = next(iter(published(event, reader_of_event(event), codes=[code])), None)
    if one is None:
        raise Http404
    data = {
        "version": "1.0",
        "type": "link",
        "title": one.title.text,
        "provider_name": "Plenum",
        "provider_url": settings.BASE_URL,
        "cache_age": 300,
    }
    if not one.elsewhere:
        width = min(WIDTH, _most(request, "maxwidth"))
        height = min(round(width * 9 / 16) + BELOW, _most(request, "maxheight"))
        html = iframe_of(slug, code, one.title.text, width, height)
        data |= {"type": "video", "width": width, "height": height, "html": html}
    if one.poster and _most(request, "maxwidth") >= 640 and _most(request, "maxheight") >= 360:
        data |= {"thumbnail_url": one.poster, "thumbnail_width": 640, "thumbnail_height": 360}
    return data


def _most(request: HttpRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return max(1, int(asked)) if re.fullmatch(r"[0-9]{1,5}", asked) else 10_000


@require_safe
def video_sitemap(request: HttpRequest) -> HttpResponse:
    """List the recordings that everybody may watch, with their pictures and players, for search engines."""
    cuts = list(with_media(public_cuts().order_by("-recording__date", "pk"))[:AT_MOST])
    events = Event.objects.in_bulk({cut.event_id for cut in cuts})
    language = settings.LANGUAGE_CODE
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "video": VIDEO})
    with translation.override(language):
        readers = {
            pk: Reader(schedule, language) for pk, schedule in released_schedules(events.values()).items()
        }
        for cut in cuts:
            one = Published(cut, readers[cut.event_id]) if cut.event_id in readers else None
            if one is not None and one.cameras and one.poster:
                root.append(_listed(one))
    body = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


def _listed(one: Published) -> etree._Element:
    url = etree.Element(f"{{{SITEMAP}}}url")
    etree.SubElement(url, f"{{{SITEMAP}}}loc").text = one.page
    video = etree.SubElement(url, f"{{{VIDEO}}}video")
    told = {
        "thumbnail_loc": one.poster,
        "title": legal(one.title.text)[:100],
        "description": legal(one.description)[:2048],
        "content_loc": one.picture.url if one.picture else "",
        "player_loc": embed_url(one.slug, one.cut.code),
        "duration": str(min(28_800, max(1, round(one.picture.seconds if one.picture else one.seconds)))),
        "publication_date": one.published_at.isoformat(timespec="seconds"),
    }
    for name, value in told.items():
        if value:
            etree.SubElement(video, f"{{{VIDEO}}}{name}").text = value
    return url


@require_safe
@never_cache
def of_session(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Answer with the links from a session to its recording and results; a part of its page."""
    event = get_event(slug, request.user)
    session = released_session(event, code)
    if session is None:
        raise Http404
    cuts = Cut.objects.all() if may_edit(request.user, event) else out().exclude(access=Access.LINK)
    found = with_film(cuts.filter(event=event, session__code=code))
    cut = found.select_related("recording").first()
    materials = event.materials.filter(session__code=code, is_published=True).count()
    context = {
        "event": event,
        "cut": cut,
        "elsewhere": elsewhere_of(cut) if cut else "",
        "code": code,
        "licence": session.licence,
        "materials": materials,
    }
    return render(request, "media_archive/of_session.html", context)
