"""Error pages that help: what happened, what was kept, where to go on."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from network.web.health import is_outage
from network.web.reader import attributes, settings_of

FONTS = [f"vendor/fonts/golos-text-{script}-wght-normal.woff2" for script in ("latin", "cyrillic")]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 for a form that is larger than what is taken."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "errors/413.html", status=413)
    return render(request, "errors/400.html", status=400)


class UnkeepableTextMiddleware:
    """Answers 400 where a text holds a NUL, which PostgreSQL cannot look for or keep, instead of 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass everything on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take the database's own word for it."""
        if isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception):
            return bad_request(request, exception)
        return None


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was not sent from our page, or without cookies."""
    return render(request, "errors/csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with neither database nor context processors: either may be what broke.

    A server of ours that is away is no fault of the code: that is a 503, to be tried again.
    """
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    return _plain(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the site is being worked on."""
    response = _plain(request, 503)
    response["Retry-After"] = "60"
    return response


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    """Return the page of a failure of ours, in the language of the address or of the browser."""
    language = get_language_from_request(request, check_path=True)
    with override(language):
        text = render_to_string(
            "errors/plain.html",
            {
                "status": status,
                "language": language,
                "words": _words(status),
                "reader_attributes": attributes(settings_of(request)),
                "css": _static("cms/plenum.css"),
                "favicon": _static("cms/img/favicon.svg"),
                "fonts": [_static(font) for font in FONTS],
                "path": request.path,
            },
        )
    return HttpResponse(text, status=status)


def _words(status: int) -> dict[str, str]:
    again = {"again": _("Try again"), "home": _("To the start page")}
    if status == 503:
        return {
            "heading": _("Back in a moment"),
            "what": _("Plenum is being worked on."),
            "todo": _("Programmes in your calendar and saved pages go on working. Try again in a minute."),
            **again,
        }
    return {
        "heading": _("Something broke on our side"),
        "what": _("It is not your fault, and it has been written down for those who run the platform."),
        "todo": _("What you sent may not have been kept. Try again in a minute."),
        **again,
    }


def _static(path: str) -> str:
    """Return a static file's address, or the plain one when the list of files is what broke."""
    try:
        return static(path)
    except (ValueError, OSError):
        return f"/static/{path}"
