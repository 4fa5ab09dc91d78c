"""The hall screen, by an address of its own that needs no log-in: a television has nobody to sign in."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from matchmaking.links import read_screen_token
from matchmaking.models import Exchange
from matchmaking.pages.screen import MOST_TABLES, screen_of
from sessions_app.programme import qr


@require_safe
@never_cache
def screen(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the tables, all or ``from`` … ``to``; a token of another exchange is not found.

    An address that was good once says with its 404 that there is a newer one: a television hangs high.
    """
    key, edition = read_screen_token(token) or (None, 0)
    exchange = Exchange.objects.select_related("event__venue").filter(pk=key).first() if key else None
    if exchange is None or exchange.event.slug != slug:
        raise Http404
    if edition != exchange.screen_edition:
        return _unlisted(render(request, "matchmaking/screen_void.html", status=404))
    first, last = _number(request, "from", 1), _number(request, "to", MOST_TABLES)
    context = {
        "event": exchange.event,
        "exchange": exchange,
        "zone": exchange.event.timezone,
        "screen": screen_of(exchange, moment=timezone.now(), first=first, last=last),
        "first": first,
        "last": last,
        "qr": qr.svg(f"{settings.BASE_URL}/events/{slug}/exchange/mine/"),
    }
    return _unlisted(render(request, "matchmaking/screen.html", context))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else otherwise
