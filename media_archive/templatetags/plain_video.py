"""Where a video without script begins."""

from __future__ import annotations

import re

from django import template

from media_archive.templatetags.player import second

register = template.Library()
_PLACE = re.compile(
    r"(?:(\d{1,3}):)?(\d{1,5}):(\d{1,2})|(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6}(?:\.\d{1,3})?)s?)?",
    re.ASCII,
)


@register.filter
def begun_at(place: str, seconds: float) -> str:
    """Return the fragment of an address that asks for a place (75, 1:15 or 1h2m3s, as the player reads it) in a film of ``seconds``, or nothing.

    Files of cuts begin with the cut, so places in them are those of the page.
    """
    found = _PLACE.fullmatch(place.strip())
    if found is None:
        return ""
    hours, minutes, rest = found.groups()[:3] if found[3] else found.groups()[3:]
    at = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    return f"#t={second(min(at, seconds))}" if at > 0 else ""
