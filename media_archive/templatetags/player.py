"""How recordings tell their times."""

from __future__ import annotations

import unicodedata

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sessions_app.programme.schedule.model import CYRILLIC

register = template.Library()


@register.filter
def clock(seconds: float) -> str:
    """Return seconds as people read them on a player: 75 → ``1:15``, 3675 → ``1:01:15``."""
    whole = max(0, int(seconds + 1e-6))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def second(seconds: float) -> str:
    """Return seconds as they stand in addresses and data attributes, with a point in every language."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


@register.filter
def seconds(ms: float) -> float:
    """Return milliseconds as seconds."""
    return ms / 1000


@register.filter
def foreign(text: str) -> SafeString:
    """Return words whose language is not noted; Cyrillic letters on a page without any are marked as Russian."""
    is_cyrillic = any(unicodedata.name(letter, "").startswith("CYRILLIC") for letter in text)
    return format_html(
        '<span lang="ru">{}</span>' if is_cyrillic and get_language() not in CYRILLIC else "{}", text
    )


@register.filter
def unlocalised(number: float) -> str:
    """Return a number with a point in every language, as SVG and scripts read it."""
    return f"{number:g}" if abs(number) < 100000 else f"{number:.3f}"
