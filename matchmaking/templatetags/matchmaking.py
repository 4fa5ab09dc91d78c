"""Names of regions and languages in the exchange's templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from matchmaking.text_language import language_of_text
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


@register.filter
def spoken_in(text: str, languages: Collection[str] | None) -> str:
    """Return the language that somebody's words are in when it is told and not the reader's, else an empty text."""
    found = language_of_text(text, languages or ())
    return "" if found == (get_language() or "en").split("-")[0] else found


@register.simple_tag
def own_words(text: str, languages: Collection[str] | None) -> SafeString:
    """Write what somebody with these ``languages`` wrote, marked with ``lang`` where it is not in the reader's."""
    lines, code = linebreaksbr(text), spoken_in(text, languages)
    return (
        format_html('<bdi lang="{}">{}</bdi>', code, lines) if code else format_html("<bdi>{}</bdi>", lines)
    )
