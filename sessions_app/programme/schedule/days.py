"""Which day of the event a moment belongs to; a night belongs to the day before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule.model import Day
from sessions_app.programme.schedule.zones import day_window, local

NIGHT_ENDS = dt.time(4)  # what starts earlier belongs to the day before, if that day has sessions


def day_of(moment: dt.datetime, days: Sequence[Day], tz: ZoneInfo) -> Day | None:
    """Return the day whose bounds hold the UTC moment (the later one of two), else that of its local date."""
    holding = [day for day in days if day.start <= moment < day.end]
    if holding:
        return max(holding, key=lambda day: day.start)
    date = local(moment, tz).date()
    return next((day for day in days if day.date == date), None)


def derive_days(spans: Iterable[tuple[dt.datetime, dt.datetime]], tz: ZoneInfo) -> tuple[Day, ...]:
    """Return the days that sessions with these UTC bounds fill, each from a full hour to a full hour."""
    bounds: dict[dt.date, tuple[dt.datetime, dt.datetime]] = {}
    for start, end in sorted(spans):
        clock = local(start, tz)
        date, before = clock.date(), clock.date() - dt.timedelta(days=1)
        if clock.time() < NIGHT_ENDS and before in bounds:
            date = before
        first, last = bounds.get(date, (start, end))
        bounds[date] = (min(first, start), max(last, end))
    return tuple(
        Day(date=date, start=_full_hour(first), end=_full_hour(last, up=True))
        for date, (first, last) in sorted(bounds.items())
    )


def whole_day(date: dt.date, tz: ZoneInfo) -> Day:
    """Return the day from local midnight to local midnight."""
    start, end = day_window(date, dt.time(), dt.time(), tz)
    return Day(date=date, start=start, end=end)


def _full_hour(moment: dt.datetime, *, up: bool = False) -> dt.datetime:
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor + dt.timedelta(hours=1) if up and floor != moment else floor
