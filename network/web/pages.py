"""Pages and files that are made once for everybody, kept, and given to each reader with her own part.

A page is rendered in an anonymous form with markers where a reader's own part belongs. Markers hold a
bare ``<``, which neither escaped nor cleaned text can contain, so no content can pose as one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from functools import cache as kept_for_ever
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csp import get_nonce
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from network.models import Person
from network.web.reader import CHOICES, attributes, settings_of

KEPT = 3600  # seconds; a page that nobody asked for in an hour is made anew

READER = "<|reader|>"
NONCE = "<|nonce|>"
CSRF = "<|csrf|>"
ACCOUNT = "<|account|>"
PERSONAL = "<|personal|>"  # what a view adds for this reader, e.g. her stars

_SITE = "pages:site"  # a name that changes with what stands around every page, such as the menus

# What a page is made of besides its data; a change of any of it makes new keys and ETags.
_SOURCES = (
    "templates/**/*.html",
    "config/locale/**/*.mo",
    "network/**/*.py",
    "sessions_app/**/*.py",
    "cms/**/*.py",
)

Render = Callable[[dict[str, Any]], str]
Personalise = Callable[[bytes], bytes]


def markers() -> dict[str, Any]:
    """Return the context that makes templates write markers instead of a reader's own part."""
    return {
        "page_markers": {"account": SafeString(ACCOUNT), "personal": SafeString(PERSONAL)},
        "reader_attributes": SafeString(READER),
        "reader": dict.fromkeys(CHOICES, ""),
        "csp_nonce": SafeString(NONCE),
        "csrf_token": SafeString(CSRF),
        "user": AnonymousUser(),
        "messages": (),
    }


def forget_pages() -> None:
    """Have every kept page made anew, as something has changed that all of them show."""
    cache.set(_SITE, uuid.uuid4().hex, None)


def cached_page(
    request: HttpRequest,
    *,
    key: str,
    render: Render,
    etag: str = "",
    personalise: Personalise | None = None,
    personal: str = "",
    keep: bool = True,
) -> HttpResponse:
    """Answer with the page that ``key`` names in full, rendering it with ``render(markers)`` when it is not kept.

    ``personal`` (HTML) replaces the marker of that name and ``personalise`` may change the bytes further;
    ``etag`` names what both depend on. Nothing is rendered for a reader who has the page already.
    With ``keep`` off the page is neither kept nor answered by 304.
    """
    keep = keep and not settings.DEBUG
    key = f"{cache.get(_SITE, '')}:{key}"
    tag = _etag(request, key, etag)
    if keep and _has(request, tag):
        return _not_modified(tag)
    stored = f"page:{code_version()}:{hashlib.sha256(key.encode()).hexdigest()}"
    body: bytes | None = cache.get(stored) if keep else None
    if body is None:
        body = render(markers()).encode()
        if keep:
            cache.set(stored, body, KEPT)
    if personalise is not None:
        body = personalise(body)
    body = body.replace(PERSONAL.encode(), personal.encode())
    response = HttpResponse(_with_own_part(request, body))
    if keep:
        response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def cached_file(
    request: HttpRequest,
    *,
    key: str,
    produce: Callable[[], bytes],
    content_type: str,
    changed_at: dt.datetime | None = None,
    file_name: str = "",
    keep: bool = True,
) -> HttpResponse:
    """Answer with the same bytes for everybody, made by ``produce`` when they are not kept under ``key``."""
    tag = f'"{hashlib.sha256(f"{code_version()}:{key}".encode()).hexdigest()[:32]}"'
    if _has(request, tag) or _unchanged_since(request, changed_at):
        response: HttpResponse = HttpResponseNotModified()
    else:
        stored = f"file:{tag}"
        body: bytes | None = cache.get(stored) if keep else None
        if body is None:
            body = produce()
            if keep:
                cache.set(stored, body, KEPT)
        response = HttpResponse(body, content_type=content_type)
        if file_name:
            response["Content-Disposition"] = f'inline; filename="{file_name}"'
    response["ETag"] = tag
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def pdf_response(content: bytes, name: str, *, is_download: bool = True) -> HttpResponse:
    """Return a PDF, to be kept or to be shown at once; its name may be of any script."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(is_download, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@kept_for_ever
def code_version() -> str:
    """Return a short name of the templates, translations and code that this process runs."""
    digest = hashlib.sha256(settings.BASE_URL.encode())
    base = Path(settings.BASE_DIR)
    files = [path for pattern in _SOURCES for path in sorted(base.glob(pattern))]
    for path in [*files, Path(settings.STATIC_ROOT) / "staticfiles.json"]:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _with_own_part(request: HttpRequest, body: bytes) -> bytes:
    signed_in = request.user.is_authenticated
    parts = {
        READER: attributes(settings_of(request)),
        NONCE: "" if (nonce := get_nonce(request)) is None else str(nonce),  # false until it is read
        # Visitors get no token and so no cookie; what they may post asks for none.
        CSRF: get_token(request) if signed_in else "",
        ACCOUNT: _account(request.user) if signed_in else _sign_in(get_language() or settings.LANGUAGE_CODE),
    }
    for marker, value in parts.items():
        body = body.replace(marker.encode(), value.encode())
    return body


def _account(user: Any) -> str:
    return _account_of(get_language() or settings.LANGUAGE_CODE, user.get_full_name())


@lru_cache(maxsize=512)
def _account_of(_language: str, name: str) -> str:
    """Return the account's corner of the page, which tells nothing but the name."""
    return render_to_string("components/account.html", {"user": Person(name=name)})


@lru_cache(maxsize=8)
def _sign_in(_language: str) -> str:
    return render_to_string("components/account.html", {"user": AnonymousUser()})


def _etag(request: HttpRequest, key: str, extra: str) -> str:
    user = request.user
    # Logging in anew changes the token's secret; a page with the old token must not be used on.
    own = (
        (user.pk, user.get_full_name(), request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")) if user.pk else ()
    )
    parts = (code_version(), key, extra, own, sorted(settings_of(request).items()))
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _has(request: HttpRequest, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    bare = tag.removeprefix("W/")
    return bool(known) and any(item.strip().removeprefix("W/") in (bare, "*") for item in known.split(","))


def _unchanged_since(request: HttpRequest, changed_at: dt.datetime | None) -> bool:
    """Tell whether If-Modified-Since alone answers the request; If-None-Match goes before it."""
    if changed_at is None or "If-None-Match" in request.headers:
        return False
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(changed_at.timestamp()) <= since


def _not_modified(tag: str) -> HttpResponse:
    """Answer 304 without a content policy: a new nonce would not fit the page that the reader keeps."""
    response = HttpResponseNotModified()
    response._csp_config = {}  # type: ignore[attr-defined]
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response
