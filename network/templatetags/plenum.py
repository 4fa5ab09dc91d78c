"""Tags and filters of all templates: icons, names, times in words, languages."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.tz import do_timezone
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, ngettext

from network.web import words
from network.web.icons import icon_svg

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon; it always stands beside a word."""
    return icon_svg(name, css)


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name."""
    return words.initials(str(name))


@register.filter
def text_in(texts: Mapping[str, str] | None, language: str = "") -> str:
    """Return the text in a language, by default the reader's, else in any that there is."""
    return words.text_and_language(texts or {}, language or get_language() or "en")[0]


@register.filter
def language_of(texts: Mapping[str, str] | None, language: str = "") -> str:
    """Return the language that ``text_in`` answers in."""
    return words.text_and_language(texts or {}, language or get_language() or "en")[1]


@register.simple_tag
def text(texts: Mapping[str, str] | None) -> SafeString:
    """Write a text of several languages, marked with ``lang`` when it is not in the reader's."""
    reader = get_language() or "en"
    found, code = words.text_and_language(texts or {}, reader)
    if code == reader or not found:
        return format_html("{}", found)
    return format_html('<span lang="{}">{}</span>', code, found)


@register.filter
def language_name(code: str) -> str:
    """Return a language's name in the reader's language, or the code itself."""
    return words.language_name(code)


@register.filter
def local(moment: dt.datetime, zone: str | zoneinfo.ZoneInfo) -> dt.datetime:
    """Return the moment in a zone, marked so that Django's ``date`` does not turn it into UTC again."""
    here: dt.datetime = do_timezone(moment, zone)
    return here


@register.filter
def clock(moment: dt.datetime, zone: str | zoneinfo.ZoneInfo) -> SafeString:
    """Write a moment's time in a zone as ``<time>``, for example 10:00."""
    here = local(moment, zone)
    return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), f"{here:%H:%M}")


@register.simple_tag
def clock_range(
    start: dt.datetime, end: dt.datetime, zone: str | zoneinfo.ZoneInfo, css: str = ""
) -> SafeString:
    """Write a span of time such as 10:00–11:30; ``<local-time>`` can turn it into the reader's own."""
    return format_html(
        '<local-time class="span{}">{}<span class="span__dash">–</span>{}</local-time>',
        f" {css}" if css else "",
        clock(start, zone),
        clock(end, zone),
    )


@register.filter
def zone_words(zone: str | zoneinfo.ZoneInfo, moment: dt.datetime | dt.date | None = None) -> str:
    """Return a zone for reading at a moment: Moscow (UTC+3)."""
    return words.zone_in_words(str(zone), moment)


@register.filter
def date_span(days: Iterable[Any]) -> str:
    """Return dates, or things that have a ``date``, for reading: 25–28 July 2018."""
    return words.date_span([getattr(day, "date", day) for day in days])


@register.filter
def day_words(day: dt.date) -> str:
    """Return a date with its weekday for reading: Wednesday, 25 July 2018."""
    return words.day_in_words(day)


@register.simple_tag
def now_words() -> str:
    """Return "# sessions on now" in each plural form of the language, as JSON for the scripts."""
    numbers = {"one": 1, "few": 2, "many": 5, "other": 2}
    forms = {
        name: ngettext("%(count)s session on now", "%(count)s sessions on now", number) % {"count": "#"}
        for name, number in numbers.items()
    }
    return json.dumps(forms, ensure_ascii=False)


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[dict[str, str]]:
    """Return code, own name and address of this page in each language.

    A view whose addresses differ by more than their prefix gives ``language_addresses``,
    language code to address.
    """
    given = context.get("language_addresses") or {}
    request = context.get("request")
    here = "/"
    if request is not None:
        here = request.path if context.get("page_markers") else request.get_full_path()
    return [
        {
            "code": code,
            "name": str(get_language_info(code)["name_local"]).capitalize(),
            "url": given.get(code) or translate_url(here, code),
        }
        for code, _name in settings.LANGUAGES
    ]
