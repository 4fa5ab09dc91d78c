"""Cells of tables as people and spreadsheet programs write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from sessions_app.programme.schedule import zones

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

FIRST_SERIAL, LAST_SERIAL = 25_569, 110_000  # 1970 to 2201 as spreadsheet programs count days
SERIAL_EPOCH = dt.date(1899, 12, 30)
YES = frozenset(("yes", "y", "true", "1", "x", "+", "✓", "да", "истина", "д"))

_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.hч](\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?\s*([+-]\d{2}:\d{2}|Z)?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d+)?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f]")


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A clock time; ``days`` is 1 for 24:00, ``offset`` is from UTC where the cell states it."""

    time: dt.time
    days: int = 0
    offset: dt.timedelta | None = None


def as_text(cell: Cell) -> str:
    """Return a cell as the text that a person sees."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def as_number(cell: Cell) -> float | None:
    """Return a number, with a decimal comma or point and spaces between the digits; None for no number."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) < 10**12 else None
    text = _SPACES.sub("", as_text(cell))
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def as_whole(cell: Cell) -> int | None:
    """Return a whole number from 0 on, None for anything else."""
    number = as_number(cell)
    return int(number) if number is not None and number >= 0 and number.is_integer() else None


def as_yes(cell: Cell) -> bool:
    """Return whether a cell says yes."""
    return cell if isinstance(cell, bool) else as_text(cell).strip().lower() in YES


def as_date(cell: Cell) -> dt.date | None:
    """Return the date at the beginning of a cell, None when there is none."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = as_text(cell).strip()
    year_first, day_first = _ISO.match(text), _DAY_FIRST.match(text)
    try:
        if year_first:
            return dt.date(int(year_first[1]), int(year_first[2]), int(year_first[3]))
        if day_first:
            return dt.date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
    except ValueError:
        return None
    number = as_number(cell)
    if number is not None and FIRST_SERIAL <= number < LAST_SERIAL:
        return SERIAL_EPOCH + dt.timedelta(days=int(number))
    return None


def as_clock(cell: Cell) -> ClockTime | None:
    """Return the clock time of a cell, behind a date too; None when there is none."""
    if isinstance(cell, dt.datetime):
        return ClockTime(cell.time().replace(microsecond=0))
    if isinstance(cell, dt.time):
        return ClockTime(cell.replace(microsecond=0, tzinfo=None))
    if isinstance(cell, dt.timedelta):
        return _of_fraction(cell / dt.timedelta(days=1))
    if isinstance(cell, float):
        return _of_fraction(cell % 1 if cell > 1 else cell)
    text = as_text(cell).strip()
    number = as_number(text)
    if number is not None and 0 < number < 1 and len(text) > 4:
        return _of_fraction(number)
    dated = _ISO.match(text) or _DAY_FIRST.match(text)
    if dated:
        text = text[dated.end() :].lstrip(" T,")
    match = _CLOCK.fullmatch(text)
    return _of_match(match) if match and (match[2] or match[4]) else None


def as_length(cell: Cell) -> dt.timedelta | None:
    """Return the length of a cell: H:MM, whole minutes or hours with a decimal fraction; None for none."""
    if isinstance(cell, dt.timedelta):
        return cell
    if isinstance(cell, dt.time):
        return dt.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    text = as_text(cell).strip()
    number = as_number(cell)
    if number is not None:
        whole = isinstance(cell, int) or not re.search(r"[.,]", text)
        minutes = number if whole else number * 60
        return dt.timedelta(minutes=round(minutes)) if minutes < 10**6 else None
    try:
        return zones.parse_duration(text, seconds=True)
    except zones.NotADuration:
        return None


def _of_fraction(fraction: float) -> ClockTime | None:
    seconds = round(fraction * 86_400)
    if not 0 <= seconds <= 86_400:
        return None
    days, seconds = divmod(seconds, 86_400)
    return ClockTime((zones.EPOCH + dt.timedelta(seconds=seconds)).time(), days)


def _of_match(match: re.Match[str]) -> ClockTime | None:
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4][0] in "pP" else 0)
    days, hour = (1, 0) if (hour, minute, second) == (24, 0, 0) else (0, hour)
    offset = None
    if match[5]:
        moment = dt.datetime.fromisoformat(f"2000-01-01T00:00{match[5].upper()}")
        offset = moment.utcoffset()
    try:
        return ClockTime(dt.time(hour, minute, second), days, offset)
    except ValueError:
        return None
