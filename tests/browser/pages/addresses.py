"""The site's addresses, an empty page, and some that answer as the site does when something fails."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from network.web import errors
from sessions_app.registration.errors import Busy
from tests.browser.pages.visit import BLANK

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAILURES: dict[str, type[Exception]] = {
    "refused": SuspiciousOperation,
    "forbidden": PermissionDenied,
    "too-large": RequestDataTooBig,
    "busy": Busy,
}


def failing(request: HttpRequest, name: str) -> HttpResponse:
    """Fail in the named way; Django's own handling chooses the page."""
    raise FAILURES[name]


def broken(request: HttpRequest) -> HttpResponse:
    """Answer as after an exception, whose trace would only fill the log."""
    return errors.server_error(request)


def away(request: HttpRequest) -> HttpResponse:
    """Answer as during maintenance."""
    return errors.unavailable(request)


def untrusted(request: HttpRequest) -> HttpResponse:
    """Answer a form without its token."""
    return errors.csrf_failure(request)


_patterns: list[Any] = [
    path(BLANK[1:], lambda request: HttpResponse("<!doctype html><title>Blank</title>")),
    path("<str:language>/failing/broken/", lambda request, language: broken(request)),
    path("<str:language>/failing/away/", lambda request, language: away(request)),
    path("<str:language>/failing/untrusted/", lambda request, language: untrusted(request)),
    path("<str:language>/failing/<slug:name>/", lambda request, language, name: failing(request, name)),
]
urlpatterns = [*_patterns, *urlpatterns]
