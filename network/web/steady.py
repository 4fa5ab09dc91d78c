"""Answers to questions about an e-mail address take the same time, whether it is known or not."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PAGES = frozenset({"account_signup", "account_request_login_code", "account_reset_password"})


class SteadyTimeMiddleware:
    """Holds back answers of the pages above until ``STEADY_SECONDS`` have passed.

    Making an account takes a few milliseconds longer than finding one; a stop-watch would tell.
    How often one client may ask is limited elsewhere, so that waiting cannot be used against us.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, not before the time has come."""
        started = time.monotonic()
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.url_name in PAGES:
            time.sleep(max(0.0, settings.STEADY_SECONDS - (time.monotonic() - started)))
        return response
