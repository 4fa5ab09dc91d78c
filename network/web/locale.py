"""Which language an address without one gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware


class PathLocaleMiddleware(LocaleMiddleware):
    """Sends addresses that no view answers to the reader's language, and lets a view's own 404 stand.

    Django's middleware would send it on, too, to a page of the site that is not there either.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Answer a view's own 404 as it is."""
        if response.status_code == 404 and request.resolver_match is not None:
            return response
        return super().process_response(request, response)
