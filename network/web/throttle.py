"""Slows down whoever tries one address after another."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]


def client_of(request: HttpRequest) -> str:
    """Return the client's network address; of IPv6 the /64, which one client has to itself.

    X-Forwarded-For counts only behind a proxy of ours (``BEHIND_PROXY``).
    """
    address = get_client_ip(request) or ""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)


def are_too_many(request: HttpRequest, name: str, *, limit: int = 20) -> bool:
    """Tell whether the client has guessed wrong ``limit`` times lately, by ``note``."""
    return bool(cache.get(_key(request, name), 0) >= limit)


def note(request: HttpRequest, name: str, *, seconds: int = 600) -> None:
    """Count a wrong guess of the client; it is forgotten after the time."""
    _count(_key(request, name), seconds)


def _key(request: HttpRequest, name: str) -> str:
    return f"misses:{name}:{client_of(request)}"


def limit_misses(name: str, *, limit: int = 20, seconds: int = 600) -> Callable[[View], View]:
    """Answer 429 to a client that has met ``limit`` addresses without anything behind them within the time.

    Only misses count, so that programs which read a calendar every minute are left alone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = _key(request, name)
            if are_too_many(request, name, limit=limit):
                return HttpResponse(
                    _("Too many wrong addresses. Try again later.") + "\n",
                    status=429,
                    content_type="text/plain; charset=utf-8",
                    headers={"Retry-After": str(seconds)},
                )
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                _count(key, seconds)
                raise
            if response.status_code == 404:
                _count(key, seconds)
            return response

        return limited

    return decorate


def _count(key: str, seconds: int) -> None:
    cache.add(key, 0, seconds)
    try:
        cache.incr(key)
    except ValueError:
        cache.set(key, 1, seconds)
