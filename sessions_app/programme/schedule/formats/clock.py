"""Dates, times and durations as files write them, turned into UTC by the schedule's zone."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.messages import Findings, Refused

LONGEST = dt.timedelta(hours=24)
USUAL = dt.timedelta(minutes=30)  # for sessions whose file says no length

_SPACED_OFFSET = re.compile(r"\s+(?=(?:[+-]\d{2}:?\d{2}|Z)$)", re.ASCII)
_DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_YEARS = range(1970, 2200)


def checked_zone(name: str, findings: Findings, line: int = 0) -> ZoneInfo:
    """Return the zone of an IANA name; refuse the file when it is not known."""
    try:
        return zones.zone(name.strip())
    except zones.UnknownZone:
        findings.add("unknown_zone", line, zone=name)
        raise Refused from None


def parsed(text: str) -> dt.datetime | None:
    """Return the aware or naive moment of an ISO 8601 text to the second, None when it is none."""
    try:
        moment = dt.datetime.fromisoformat(_SPACED_OFFSET.sub("", text.strip()))
    except ValueError:
        return None
    return moment.replace(microsecond=0) if moment.year in _YEARS else None


def fixed_zone(offset: dt.timedelta | None) -> str:
    """Return the IANA name of a whole-hour offset from UTC, else "UTC"."""
    hours, rest = divmod(offset or dt.timedelta(), dt.timedelta(hours=1))
    if rest or not hours or not -12 <= hours <= 14:
        return "UTC"
    return f"Etc/GMT{-hours:+d}"


class Clock:
    """Reads the times of one file and names what is wrong with them."""

    def __init__(self, zone: ZoneInfo, findings: Findings) -> None:
        self.zone = zone
        self._findings = findings

    def from_local(
        self, moment: dt.datetime, title: str, line: int, *, fold: int | None = None
    ) -> dt.datetime | None:
        """Return the UTC instant of a naive local time; a time that does not exist is an error.

        Of a time that exists twice the first is named and taken, or silently the one that
        ``fold`` says, where a format has a rule for it.
        """
        try:
            return zones.to_utc(moment, self.zone, fold=fold)
        except zones.NonexistentTime:
            self._gap(moment, title, line)
        except zones.AmbiguousTime as error:
            self._findings.add("time_twice", line, title=title, value=_shown(moment), zone=self.zone.key)
            return error.readings[0]
        return None

    def start(self, date: str, start: str, title: str, line: int) -> dt.datetime | None:
        """Return the UTC start from a date with time and offset and the clock time beside it."""
        moment = parsed(date)
        clock = _clock_time(start)
        if moment is None:
            self._findings.add("bad_date", line, value=date, title=title)
            return None
        if moment.tzinfo is None:
            if _DATE_ONLY.fullmatch(date.strip()):
                if clock is None:
                    self._findings.add("bad_date", line, value=date, title=title)
                    return None
                moment = dt.datetime.combine(moment.date(), clock)
            self._findings.add("offset_missing", line, title=title, value=_shown(moment), zone=self.zone.key)
            return self.from_local(moment, title, line)
        return self._checked(moment, clock, title, line)

    def length(self, text: str, title: str, line: int, *, seconds: bool = False) -> dt.timedelta | None:
        """Return a duration of more than nothing and at most a day."""
        if not text.strip():
            self._findings.add("end_missing", line, title=title, length=zones.format_duration(USUAL))
            return USUAL
        try:
            length = zones.parse_duration(text, seconds=seconds)
        except zones.NotADuration:
            self._findings.add("bad_duration", line, value=text, title=title)
            return None
        return self.plausible(length, title, line)

    def plausible(self, length: dt.timedelta, title: str, line: int) -> dt.timedelta | None:
        """Return the length mended when it is not positive; more than a day is an error."""
        if length <= dt.timedelta():
            self._findings.add("end_before_start", line, title=title, length=zones.format_duration(USUAL))
            return USUAL
        if length > LONGEST:
            self._findings.add(
                "session_too_long", line, title=title, length=zones.format_duration(length, days=False)
            )
            return None
        return length

    def _checked(
        self, moment: dt.datetime, clock: dt.time | None, title: str, line: int
    ) -> dt.datetime | None:
        """Return the UTC instant of an aware moment, unless it names a clock time that does not exist."""
        instant = moment.astimezone(dt.UTC)
        shown = zones.local(instant, self.zone)
        if clock is not None:
            if (shown.hour, shown.minute) == (clock.hour, clock.minute):
                return instant
            named = dt.datetime.combine(shown.date(), clock)
        else:
            named = moment.replace(tzinfo=None)
        if self._in_gap(named, moment.utcoffset() if clock is None else None):
            self._gap(named, title, line)
            return None
        if clock is not None:
            self._findings.add(
                "start_differs",
                line,
                title=title,
                value=clock.strftime("%H:%M"),
                start=shown.strftime("%H:%M"),
            )
        return instant

    def _in_gap(self, moment: dt.datetime, offset: dt.timedelta | None) -> bool:
        """Whether the local time does not exist; an offset that the zone does not have then says otherwise."""
        try:
            zones.to_utc(moment, self.zone, fold=0)
        except zones.NonexistentTime:
            readings = [moment.replace(tzinfo=self.zone, fold=fold).utcoffset() for fold in (0, 1)]
            return offset is None or (bool(offset) and offset in readings)
        return False

    def _gap(self, moment: dt.datetime, title: str, line: int) -> None:
        self._findings.add("time_in_gap", line, title=title, value=_shown(moment), zone=self.zone.key)


def _clock_time(text: str) -> dt.time | None:
    match = _CLOCK.match(text.strip())
    try:
        return dt.time(int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _shown(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
