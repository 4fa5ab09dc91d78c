"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")
TEXT_SIZES = ("large", "xlarge")


def page(request: HttpRequest) -> dict[str, Any]:
    """Return reader settings from their cookies, and what the demo shows."""
    theme = request.COOKIES.get("theme", "")
    text = request.COOKIES.get("text", "")
    return {
        "reader_theme": theme if theme in THEMES else "",
        "reader_text": text if text in TEXT_SIZES else "",
        "is_demo": settings.DEMO,
        "base_url": settings.BASE_URL,
    }
