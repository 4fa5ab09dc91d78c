"""The rooms-by-time grid of one day, as whole numbers that a template turns into classes.

Time runs down in rows of five minutes. Hours in which nothing is held collapse into one
thin row, so that a day with a long gap stays short. A room that is booked twice gets
lanes side by side.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule.days import day_of
from sessions_app.programme.schedule.model import Day, Room, Session
from sessions_app.programme.schedule.zones import local

STEP = dt.timedelta(minutes=5)
LONGEST_GAP = dt.timedelta(minutes=60)
MARK = dt.timedelta(minutes=30)  # distance of the times written beside the grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A session in the grid: rows, columns and lanes count from 1.

    ``column`` is 0 for a session without a room that stretches across all of them, and
    the number of rooms plus one for a session without a room while rooms are in use.
    ``lane`` of ``lanes`` is its place beside others held in the same column then.
    """

    session: Session
    column: int
    row: int
    rows: int
    lane: int = 1
    lanes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A time beside the grid: UTC instant and local clock."""

    row: int
    instant: dt.datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A thin row that stands for a time in which nothing is held (UTC)."""

    row: int
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The grid of a day; ``sessions`` is the same day as a list by start.

    There are as many columns as ``rooms``, and one more for ``elsewhere``. Rows must be
    free to grow: a block of five minutes still holds its title.
    """

    rooms: tuple[Room, ...] = ()
    elsewhere: bool = False
    rows: int = 0
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    start: dt.datetime
    end: dt.datetime
    session: Session


def lay_out(sessions: Iterable[Session], rooms: Sequence[Room], tz: ZoneInfo, day: Day) -> Layout:
    """Return the grid of the planned sessions of the day, rooms in the order given."""
    spans = sorted(
        (
            _Span(session.start, session.end, session)
            for session in sessions
            if session.start and session.end and day_of(session.start, (day,), tz)
        ),
        key=lambda span: (span.start, span.end, span.session.number),
    )
    used = {span.session.room for span in spans}
    shown = tuple(room for room in rooms if room.key in used)
    scale = _Scale(spans)
    columns = {room.key: column for column, room in enumerate(shown, start=1)}
    by_column: dict[int, list[_Span]] = defaultdict(list)
    free = _across([span for span in spans if span.session.room not in columns], spans, columns)
    for span in spans:
        across = 0 if span.session.guid in free else len(shown) + 1
        by_column[columns.get(span.session.room or "", across)].append(span)
    blocks = [block for column, held in by_column.items() for block in _blocks(held, column, scale)]
    blocks.sort(key=lambda block: (block.row, block.column, block.lane))
    return Layout(
        rooms=shown,
        elsewhere=len(shown) + 1 in by_column,
        rows=scale.rows,
        blocks=tuple(blocks),
        marks=scale.marks(tz),
        gaps=scale.gaps,
        sessions=tuple(span.session for span in spans),
    )


def _across(roomless: Sequence[_Span], spans: Sequence[_Span], columns: Mapping[str, int]) -> set[uuid.UUID]:
    """Return the guids of those sessions without a room during which no room is in use."""
    held = [span for span in spans if span.session.room in columns]
    return {
        span.session.guid
        for span in roomless
        if not any(other.start < span.end and span.start < other.end for other in held)
    }


class _Scale:
    """Maps instants to rows, with the long gaps taken out."""

    def __init__(self, spans: Sequence[_Span]) -> None:
        self._stretches: list[tuple[dt.datetime, dt.datetime, int]] = []  # start, end, first row
        gaps: list[Gap] = []
        row = 1
        for start, end in _busy(spans):
            if self._stretches:
                gaps.append(Gap(row=row, start=self._stretches[-1][1], end=start))
                row += 1
            self._stretches.append((start, end, row))
            row += (end - start) // STEP
        self.gaps = tuple(gaps)
        self.rows = row - 1

    def row(self, instant: dt.datetime) -> int:
        """Return the row in which an instant of a busy stretch lies; an end is the row after the last."""
        for start, end, first in self._stretches:
            if instant <= end:
                return first + max((instant - start) // STEP, 0)
        return self.rows + 1

    def marks(self, tz: ZoneInfo) -> tuple[Mark, ...]:
        """Return the full and half hours of the busy stretches and the beginning of each."""
        found = []
        for start, end, first in self._stretches:
            instant = start
            while instant < end:
                clock = local(instant, tz)
                on_mark = clock.minute % (MARK // dt.timedelta(minutes=1)) == 0
                if instant == start or on_mark:
                    row = first + (instant - start) // STEP
                    found.append(Mark(row=row, instant=instant, label=clock.strftime("%H:%M")))
                instant += STEP
        return tuple(found)


def _busy(spans: Sequence[_Span]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the stretches in which something is held, joined where the gap is short, on full steps."""
    stretches: list[tuple[dt.datetime, dt.datetime]] = []
    for span in spans:
        start, end = _floor(span.start), _ceiling(span.end)
        if stretches and start - stretches[-1][1] <= LONGEST_GAP:
            first, last = stretches[-1]
            stretches[-1] = (first, max(last, end))
        else:
            stretches.append((start, end))
    return stretches


def _blocks(spans: Sequence[_Span], column: int, scale: _Scale) -> list[Block]:
    """Return the blocks of one column; those that overlap share its width in lanes."""
    blocks: list[Block] = []
    cluster: list[tuple[_Span, int]] = []
    lane_ends: list[dt.datetime] = []

    def close() -> None:
        for span, lane in cluster:
            row = scale.row(_floor(span.start))
            rows = max(scale.row(_ceiling(span.end)) - row, 1)
            blocks.append(
                Block(
                    session=span.session,
                    column=column,
                    row=row,
                    rows=rows,
                    lane=lane + 1,
                    lanes=len(lane_ends),
                )
            )
        cluster.clear()
        lane_ends.clear()

    for span in spans:
        start, end = _floor(span.start), _ceiling(span.end)
        if lane_ends and start >= max(lane_ends):
            close()
        lane = next((lane for lane, busy in enumerate(lane_ends) if busy <= start), len(lane_ends))
        if lane == len(lane_ends):
            lane_ends.append(end)
        else:
            lane_ends[lane] = end
        cluster.append((span, lane))
    close()
    return blocks


def _floor(instant: dt.datetime) -> dt.datetime:
    return instant - (instant - instant.replace(hour=0, minute=0, second=0, microsecond=0)) % STEP


def _ceiling(instant: dt.datetime) -> dt.datetime:
    floor = _floor(instant)
    return floor if floor == instant else floor + STEP
