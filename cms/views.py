"""Home, events, search, and what machines ask for: sitemap, robots, icon."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.static import serve as serve_file
from wagtail.models import Site
from wagtail.views import serve

from cms import compositions, search, sitemaps
from cms.cover import cover_png
from cms.models import HomePage
from cms.queries import event_cards, front_page, is_on_team
from media_archive.queries.archive import site_menu_names_recordings
from sessions_app.events.queries import get_event
from sessions_app.registration.entry import registration_entry


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page of the reader's language; without one, what the site's own data tell."""
    site = Site.find_for_request(request)
    root = site.root_page.localized.specific if site else None
    if isinstance(root, HomePage) and root.live:
        return serve(request, "")
    return render(request, "cms/home.html", compositions.home_context())


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """List the events that the viewer may know of."""
    return render(
        request,
        "cms/events.html",
        {
            "cards": event_cards(request.user),
            "section": "events",
            "has_recordings": site_menu_names_recordings(),
        },
    )


@require_safe
def event_front(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an event: its editor's composition where there is one, else all parts in their order."""
    event = get_event(slug, request.user)
    page = front_page(event, get_language() or settings.LANGUAGE_CODE)
    if page is not None:
        context = page.get_context(request)
    else:
        context = compositions.event_context(event, request.user)
    context["registration_entry"] = registration_entry(event, request.user)
    context["team_sees"] = not event.is_public and is_on_team(request.user, event)
    return render(request, "cms/event_front.html", context)


@require_safe
def cover(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the square picture by which others show the event: podcast directories, previews of links."""
    event = get_event(slug, AnonymousUser())
    response = HttpResponse(cover_png(event.slug, event.brand_colour), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search pages and released programmes."""
    found = search.find(request.GET.get("q", ""), get_language() or settings.LANGUAGE_CODE)
    return render(request, "cms/search.html", {"found": found})


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the public addresses in all languages for search engines."""
    return render(
        request,
        "sitemap.xml",
        {"urlset": sitemaps.addresses()},
        content_type="application/xml; charset=utf-8",
    )


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines where not to go, and where the sitemap is."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        *(f"Disallow: /{code}/account/" for code, _name in settings.LANGUAGES),
        *(f"Disallow: /{code}/search/" for code, _name in settings.LANGUAGES),
        "Disallow: /me/",
        "",
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
        f"Sitemap: {settings.BASE_URL}/sitemap-videos.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that guess the icon's address to it."""
    return HttpResponsePermanentRedirect(static("cms/img/favicon.svg"))


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a picture that pages show, where no nginx stands in front and does it itself."""
    try:
        return serve_file(request, path, document_root=settings.MEDIA_ROOT / "images")
    except ValueError as error:  # a NUL in the path
        raise Http404 from error
