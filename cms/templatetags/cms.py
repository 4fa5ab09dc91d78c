"""Words and pieces of content templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import Model
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from cms.constellation import constellation_svg
from network.localised import localised
from sessions_app.programme.models import SessionRoleName

register = template.Library()


@register.filter
def first_of(items: Sequence[Any], count: int) -> Sequence[Any]:
    """Return the first ``count`` items."""
    return items[: int(count)]


@register.filter
def in_languages(thing: Model, field: str) -> dict[str, str]:
    """Return a translated field as language code to text."""
    return localised(thing, field)


@register.filter
def role_words(roles: Iterable[str]) -> str:
    """Return roles for reading: "Moderator, speaker"."""
    words = ", ".join(str(SessionRoleName(str(role)).label) for role in roles)
    return words[:1].upper() + words[1:]


@register.filter
def days_in_words(count: int) -> str:
    """Return a number of days for reading: "Four days"."""
    words = ngettext("%(count)s day", "%(count)s days", count) % {"count": apnumber(count)}
    return words[:1].upper() + words[1:]


@register.simple_tag
def plenum_constellation() -> SafeString:
    """Draw the site's own constellation, for where there is no event."""
    return constellation_svg("plenum")


@register.filter
def day_and_clock(moment: dt.datetime) -> str:
    """Return a local moment for reading: 25 July 2018, 10:00."""
    return f"{formats.date_format(moment.date(), 'j E Y')}, {moment:%H:%M}"
