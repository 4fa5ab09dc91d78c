"""Names of regions and languages in the exchange's templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from network.web.words import language_name
from sessions_app.registration.regions import region_name

register = template.Library()


@register.filter
def region(code: str) -> str:
    """Return a region's name in the reader's language."""
    return region_name(code)


@register.filter
def languages_in_words(codes: Iterable[str]) -> str:
    """Return the names of languages in the reader's language, with commas."""
    return ", ".join(language_name(code) for code in codes)
