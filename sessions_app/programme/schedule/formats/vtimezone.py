"""A time zone as VTIMEZONE: each change of the clocks in a span of years by its own.

``icalendar`` could make one, but dates the change to summer time by the new offset where
RFC 5545 (3.6.5) counts from the old one, which is an hour late.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.calendar_lines import escaped, written


@lru_cache(maxsize=64)
def vtimezone(name: str, first_year: int, last_year: int) -> bytes:
    """Return the lines of the zone, right from the start of the first year to the end of the last."""
    tz = zones.zone(name)
    start = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC) - dt.timedelta(days=1)
    end = dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=1)
    lines = [written("BEGIN", "VTIMEZONE"), written("TZID", name)]
    lines += _observance(start, _offset(start, tz), tz)
    before = start
    while before < end:
        after = before + dt.timedelta(days=7)
        if _offset(after, tz) != _offset(before, tz) or _name(after, tz) != _name(before, tz):
            lines += _observance(_change(before, after, tz), _offset(before, tz), tz)
        before = after
    return b"".join([*lines, written("END", "VTIMEZONE")])


def _change(before: dt.datetime, after: dt.datetime, tz: ZoneInfo) -> dt.datetime:
    """Return the minute in which the clocks change between two instants."""
    old = (_offset(before, tz), _name(before, tz))
    while after - before > dt.timedelta(minutes=1):
        middle = before + dt.timedelta(minutes=int((after - before).total_seconds()) // 120)
        if (_offset(middle, tz), _name(middle, tz)) == old:
            before = middle
        else:
            after = middle
    return after


def _observance(instant: dt.datetime, offset_before: dt.timedelta, tz: ZoneInfo) -> list[bytes]:
    kind = "DAYLIGHT" if instant.astimezone(tz).dst() else "STANDARD"
    onset = (instant + offset_before).replace(tzinfo=None)
    return [
        written("BEGIN", kind),
        written("DTSTART", onset.strftime("%Y%m%dT%H%M%S")),
        written("TZOFFSETFROM", _stated(offset_before)),
        written("TZOFFSETTO", _stated(_offset(instant, tz))),
        written("TZNAME", escaped(_name(instant, tz))),
        written("END", kind),
    ]


def _offset(instant: dt.datetime, tz: ZoneInfo) -> dt.timedelta:
    return instant.astimezone(tz).utcoffset() or dt.timedelta()


def _name(instant: dt.datetime, tz: ZoneInfo) -> str:
    return instant.astimezone(tz).tzname() or tz.key


def _stated(offset: dt.timedelta) -> str:
    sign = "-" if offset < dt.timedelta() else "+"
    hours, rest = divmod(abs(int(offset.total_seconds())), 3600)
    return f"{sign}{hours:02}{rest // 60:02}" + (f"{rest % 60:02}" if rest % 60 else "")
