"""The pocket programme as plain data for paper: an agenda or a day on a sheet that is folded to A6."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from network.paper.texts import line, runs_left
from network.web.words import date_span, day_in_words, zone_in_words
from sessions_app.events.colour import WHITE, LowContrastError, readable_on
from sessions_app.programme import qr
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import SessionRow
from sessions_app.programme.schedule import zones

USUAL_BRAND = "#1f4bb8"
Line = dict[str, Any]


def pocket_document(
    reader: Reader,
    days: Iterable[tuple[dt.date, Sequence[SessionRow]]],
    *,
    heading: str,
    path: str,
    brand: str,
    who: str = "",
    printed_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Return what ``pocket.typ`` prints; ``path`` is the page of this site to which its QR leads.

    ``who`` is the name of the agenda's owner and ``printed_at`` when it is printed; a day has neither.
    """
    schedule = reader.schedule
    title = reader.words(schedule.title)
    first = reader.planned[0].start if reader.planned else None
    venue = reader.words(schedule.venue).text
    facts = [who, venue, _("All times: %(zone)s") % {"zone": zone_in_words(schedule.zone, first)}]
    address = settings.BASE_URL + path
    themes = {day.date: reader.words(day.title) for day in reader.days}
    return {
        "template": "sessions_app/programme/paper/pocket.typ",
        "language": reader.language,
        "title": title.text,
        "rtl": runs_left(title.text),
        "heading": heading,
        "when": line(date_span(reader.dates)),
        "facts": [line(fact) for fact in facts if fact],
        "brand": _readable(brand),
        "qr": str(qr.svg(address, standalone=True)),
        "invite": _("The programme as it stands now:"),
        "address": address.partition("//")[2],
        "notes": _("Notes"),
        "fold": _("Fold the upper half to the back, then the left half."),
        "foot": _foot(reader, printed_at),
        "days": [
            {
                "heading": line(day_in_words(date)),
                "theme": line(str(themes.get(date, ""))),
                "rows": [_row(row, reader) for row in rows],
            }
            for date, rows in days
        ],
    }


def _foot(reader: Reader, printed_at: dt.datetime | None) -> str:
    words = {"number": reader.schedule.version, "when": _moment(reader.schedule.released_at, reader)}
    release = _("Release %(number)s of %(when)s") % words
    if printed_at is None:
        return release
    printed = _("printed %(when)s") % {"when": _moment(printed_at, reader)}
    return f"{release} · {printed}"


def _moment(moment: dt.datetime | None, reader: Reader) -> str:
    return formats.date_format(zones.local(moment, reader.zone), "j E Y, H:i") if moment else ""


def _row(row: SessionRow, reader: Reader) -> dict[str, Any]:
    if row.start is None or row.end is None:
        raise ValueError(f"session {row.code} is not planned")
    where = " · ".join(filter(None, (row.room.text, row.kind, row.language)))
    return {
        "start": f"{zones.local(row.start, reader.zone):%H:%M}",
        "end": f"{zones.local(row.end, reader.zone):%H:%M}",
        "title": line(str(row.title)),
        "rest": row.rest,
        "cancelled": row.cancelled,
        "hue": row.hue,
        "lines": [line(text) for text in (where, row.people) if text],
        "warning": line(_("cancelled") if row.cancelled else row.clash),
    }


def _readable(colour: str) -> str:
    try:
        return readable_on(colour, WHITE)
    except LowContrastError:
        return USUAL_BRAND
