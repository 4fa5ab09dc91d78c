"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from network.web.reader import attributes, settings_of


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the reader's settings, the page's own address and what the demo shows.

    A view that keeps a page for everybody gives ``page_markers`` and its own values for
    ``reader_attributes``, ``csp_nonce`` and ``csrf_token``; they win over these.
    """
    reader = settings_of(request)
    return {
        "reader": reader,
        "reader_attributes": attributes(reader),
        "is_demo": settings.DEMO,
        "base_url": settings.BASE_URL,
    }
