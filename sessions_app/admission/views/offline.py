"""The service worker of the door and of tickets, and how long it may keep a page."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

KEEP_UNTIL = "Plenum-Keep-Until"
WORKER = Path(__file__).resolve().parent.parent / "offline.js"


def kept_until_log_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Allow the service worker to keep this page for as long as the log-in lasts (seconds since 1970, UTC)."""
    response[KEEP_UNTIL] = str(keep_until(request))
    return response


def keep_until(request: HttpRequest) -> int:
    """Return when the log-in ends by itself, in seconds since 1970, UTC."""
    return int(request.session.get_expiry_date().timestamp())


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Answer with the service worker; the pages that ask for it name the scope, one each."""
    response = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response
