"""Timetable arithmetic: local clocks, zones and durations.

``zoneinfo`` silently accepts a clock time that a change of the clocks skips or
repeats; everything that comes from people or files passes through ``to_utc``.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_DURATION = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?", re.ASCII)
_ALIASES = ("posix/", "right/", "localtime", "posixrules", "Factory")


class UnknownZone(ValueError):
    """No time zone of this IANA name is known."""


class NotADuration(ValueError):
    """The text states no length of time."""


class ClockChange(ValueError):
    """A local time that a change of the clocks makes unclear; ``readings`` are the two instants in UTC, earlier first."""

    def __init__(self, local: dt.datetime, zone: ZoneInfo) -> None:
        super().__init__(f"{local.isoformat(sep=' ')} {zone.key}")
        self.local = local
        self.zone = zone
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1))
        self.readings = (min(first, second), max(first, second))


class NonexistentTime(ClockChange):
    """The clocks were put forward over this local time; the readings lie before and after the gap."""


class AmbiguousTime(ClockChange):
    """The clocks were put back and show this local time twice."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name; raise ``UnknownZone``."""
    if not name.isascii() or name.startswith(_ALIASES):
        raise UnknownZone(name)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(name) from error


def to_utc(local: dt.datetime, tz: ZoneInfo, *, fold: int | None = None) -> dt.datetime:
    """Return the UTC instant of a naive local time.

    Raises ``NonexistentTime`` in a gap and ``AmbiguousTime`` where the clocks show it
    twice, unless ``fold`` (0 first, 1 second) says which of the two is meant.
    """
    first = local.replace(tzinfo=tz, fold=0)
    second = local.replace(tzinfo=tz, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before is not None and after is not None and before != after:
        if before < after:
            raise NonexistentTime(local, tz)
        if fold is None:
            raise AmbiguousTime(local, tz)
    return (second if fold else first).astimezone(dt.UTC)


def local(instant: dt.datetime, tz: ZoneInfo) -> dt.datetime:
    """Return the naive time that the clocks of the zone show at an aware instant."""
    return instant.astimezone(tz).replace(tzinfo=None, fold=0)


def parse_duration(text: str, *, seconds: bool = False) -> dt.timedelta:
    """Return the length that ``HH:MM``, ``DD:HH:MM`` or ``HH:MM:SS`` states; raise ``NotADuration``.

    Three numbers are days, hours and minutes as the schedule formats have it, unless
    ``seconds`` is set or the second one cannot be an hour of a day.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise NotADuration(text)
    first, second = int(match[1]), int(match[2])
    if match[3] is None:
        days, hours, minutes, rest = 0, first, second, 0
    elif seconds or second > 23:
        days, hours, minutes, rest = 0, first, second, int(match[3])
    else:
        days, hours, minutes, rest = first, second, int(match[3]), 0
    if minutes > 59 or rest > 59:
        raise NotADuration(text)
    return dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=rest)


def format_duration(length: dt.timedelta, *, days: bool = True) -> str:
    """Return a length as ``HH:MM``, or ``DD:HH:MM`` from a day on if ``days``; seconds are dropped."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if days and hours > 23:
        return f"{hours // 24:02}:{hours % 24:02}:{minutes:02}"
    return f"{hours:02}:{minutes:02}"


def day_window(
    date: dt.date, opens: dt.time, closes: dt.time, tz: ZoneInfo
) -> tuple[dt.datetime, dt.datetime]:
    """Return the UTC bounds of an event day; ``closes`` at or before ``opens`` is on the next date.

    Where a bound falls into a change of the clocks the wider window is taken.
    """
    until = date if closes > opens else date + dt.timedelta(days=1)
    start = _readings(dt.datetime.combine(date, opens), tz)[0]
    end = _readings(dt.datetime.combine(until, closes), tz)[1]
    return start, end


def offset_in_words(instant: dt.datetime, tz: ZoneInfo) -> str:
    """Return the distance from UTC at an instant, such as "UTC+3", "UTC−3:30" or "UTC"."""
    offset = instant.astimezone(tz).utcoffset() or dt.timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "+" if offset > dt.timedelta() else "−"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def _readings(moment: dt.datetime, tz: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    both = [moment.replace(tzinfo=tz, fold=fold).astimezone(dt.UTC) for fold in (0, 1)]
    return min(both), max(both)
