"""The days that a file lists, with bounds and dates mended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.days import whole_day
from sessions_app.programme.schedule.formats.clock import Clock, parsed
from sessions_app.programme.schedule.formats.messages import Findings
from sessions_app.programme.schedule.formats.raw import RawDay


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDay:
    """A day as the file writes it; ``spans`` are the UTC bounds of the sessions under it."""

    index: str
    date: str
    start: str
    end: str
    spans: tuple[tuple[dt.datetime, dt.datetime], ...]
    line: int


def mended_day(listed: ListedDay, clock: Clock, findings: Findings) -> RawDay | None:
    """Return the day with sound bounds, None when it has no date and no sessions either."""
    date = parsed(listed.date)
    start, end = _bound(listed.start, clock, listed), _bound(listed.end, clock, listed)
    first = min((span[0] for span in listed.spans), default=None)
    if date is None and start is None and first is None:
        if listed.date or listed.start or listed.end:
            findings.add("bad_day", listed.line, index=listed.index, value=listed.date or listed.start)
        return None
    if start is None:
        start = first if date is None and first else None
        start = whole_day(date.date() if date else _local_date(start, clock), clock.zone).start
        findings.add("day_without_start", listed.line, index=listed.index, start=_shown(start, clock))
    end = _mended_end(start, end, listed, clock, findings)
    found = _date(start, end, date.date() if date else None, clock)
    if date is not None and found != date.date():
        findings.add(
            "day_date_differs",
            listed.line,
            index=listed.index,
            value=listed.date,
            date=found.isoformat(),
            zone=clock.zone.key,
        )
    return RawDay(date=found, start=start, end=end)


def _bound(text: str, clock: Clock, listed: ListedDay) -> dt.datetime | None:
    moment = parsed(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        return clock.from_local(moment, f"day {listed.index}", listed.line)
    return moment.astimezone(dt.UTC)


def _mended_end(
    start: dt.datetime, end: dt.datetime | None, listed: ListedDay, clock: Clock, findings: Findings
) -> dt.datetime:
    if end is not None and end > start:
        date = _local_date(start, clock)
        late = [
            span[1]
            for span in listed.spans
            if end <= span[0] < start + dt.timedelta(hours=24) and _local_date(span[0], clock) > date
        ]
        if late:
            findings.add("day_extended", listed.line, index=listed.index, end=_shown(max(late), clock))
        return max([end, *late])
    last = max((span[1] for span in listed.spans), default=start)
    mended = max(last, whole_day(_local_date(start, clock), clock.zone).end)
    code = "day_without_end" if end is None else "day_end_before_start"
    findings.add(code, listed.line, index=listed.index, end=_shown(mended, clock))
    return mended


def _date(start: dt.datetime, end: dt.datetime, stated: dt.date | None, clock: Clock) -> dt.date:
    """Return the stated date if the day starts or has its middle on it, else the date of its middle."""
    middle = _local_date(start + (end - start) / 2, clock)
    if stated is not None and stated in (_local_date(start, clock), middle):
        return stated
    return middle


def _local_date(moment: dt.datetime | None, clock: Clock) -> dt.date:
    if moment is None:
        raise ValueError("a day without any moment")
    return zones.local(moment, clock.zone).date()


def _shown(moment: dt.datetime, clock: Clock) -> str:
    return zones.local(moment, clock.zone).strftime("%Y-%m-%d %H:%M")
