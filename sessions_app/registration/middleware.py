"""What every page answers when what it would write is held by others."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sessions_app.registration.errors import Busy

AGAIN_SECONDS = 5


class BusyMiddleware:
    """Answers 503 where a service waited too long for a lock and the page has no better answer, instead of 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass everything on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say that nothing was written, and when to try again."""
        if not isinstance(exception, Busy):
            return None
        answer = render(request, "errors/busy.html", status=503)
        answer["Retry-After"] = str(AGAIN_SECONDS)
        return answer
