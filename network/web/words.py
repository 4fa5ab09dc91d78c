"""Names, dates, zones and languages as people read them."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Mapping, Sequence

from django.utils import formats
from django.utils.translation import get_language_info, gettext_noop
from django.utils.translation import gettext as _

# Cities of zones that stand in programmes here; any other one keeps the last part of its name.
ZONE_CITIES = {
    "Europe/Kaliningrad": gettext_noop("Kaliningrad"),
    "Europe/Moscow": gettext_noop("Moscow"),
    "Europe/Samara": gettext_noop("Samara"),
    "Asia/Yekaterinburg": gettext_noop("Yekaterinburg"),
    "Asia/Omsk": gettext_noop("Omsk"),
    "Asia/Novosibirsk": gettext_noop("Novosibirsk"),
    "Asia/Tomsk": gettext_noop("Tomsk"),
    "Asia/Krasnoyarsk": gettext_noop("Krasnoyarsk"),
    "Asia/Irkutsk": gettext_noop("Irkutsk"),
    "Asia/Yakutsk": gettext_noop("Yakutsk"),
    "Asia/Vladivostok": gettext_noop("Vladivostok"),
    "Asia/Magadan": gettext_noop("Magadan"),
    "Asia/Kamchatka": gettext_noop("Kamchatka"),
    "Europe/Berlin": gettext_noop("Berlin"),
    "Europe/London": gettext_noop("London"),
    "Europe/Paris": gettext_noop("Paris"),
    "Europe/Minsk": gettext_noop("Minsk"),
    "Asia/Almaty": gettext_noop("Almaty"),
}


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, in capitals."""
    parts = [part for part in name.replace("-", " ").split() if part[0].isalpha()]
    chosen = parts if len(parts) < 3 else [parts[0], parts[-1]]
    return "".join(part[0] for part in chosen).upper()


def text_and_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """Return the text in the language, else in the first one that has a text, and its language."""
    for code in (language, *texts):
        if texts.get(code):
            return texts[code], code
    return "", language


def language_name(code: str) -> str:
    """Return a language's name in the reader's language, or the code when it is not known."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def zone_in_words(zone: str, moment: dt.datetime | dt.date | None = None) -> str:
    """Return the zone's city and its distance from UTC at the moment (today when not given)."""
    if not isinstance(moment, dt.datetime):
        day = moment or dt.datetime.now(dt.UTC).date()
        moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
    offset = moment.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or dt.timedelta()
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    distance = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    if zone in {"UTC", "Etc/UTC"}:
        return "UTC"
    city = _(ZONE_CITIES[zone]) if zone in ZONE_CITIES else zone.rpartition("/")[2].replace("_", " ")
    return f"{city} ({distance})"


def day_in_words(day: dt.date) -> str:
    """Return weekday, day, month and year."""
    return formats.date_format(day, "l, j E Y")


def date_span(days: Sequence[dt.date]) -> str:
    """Return dates for reading; runs of adjacent days as 25–28 July 2018, others one by one."""
    runs: list[tuple[dt.date, dt.date]] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    texts = [_run(first, last, following) for (first, last), following in _with_next(runs)]
    return ", ".join(texts)


def _with_next(
    runs: list[tuple[dt.date, dt.date]],
) -> list[tuple[tuple[dt.date, dt.date], dt.date | None]]:
    return [(run, after[0] if after else None) for run, after in itertools.zip_longest(runs, runs[1:])]


def _run(first: dt.date, last: dt.date, following: dt.date | None) -> str:
    """Write one run; the year and the month stand where they change next."""
    end = "j E Y"
    if following and following.year == last.year:
        end = "j" if following.month == last.month else "j E"
    text = formats.date_format(last, end)
    if first == last:
        return text
    if first.year != last.year:
        return f"{formats.date_format(first, 'j E Y')} – {text}"
    if first.month != last.month:
        return f"{formats.date_format(first, 'j E')} – {text}"
    return f"{first.day}–{text}"
