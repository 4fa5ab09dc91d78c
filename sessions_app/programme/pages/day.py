"""The programme of one day: a list that becomes a grid of rooms by time where there is room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.programme.pages import filters
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.pages.rows import SessionRow, session_row
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.layout import Block, Layout, lay_out
from sessions_app.programme.schedule.model import Day, Room

FEW_ROOMS = 5  # as many columns fit beside each other wherever the grid is shown

# How many lines fit into a block of so many rows of five minutes at most.
_LINES = (
    (4, ";--title-lines:2;--meta-lines:1;--tags:none"),
    (6, ";--title-lines:3;--meta-lines:1;--tags:none"),
    (9, ";--title-lines:3;--meta-lines:2"),
    (12, ";--title-lines:4;--meta-lines:3"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTab:
    """A day as its number, weekday and theme."""

    url: str
    number: int
    weekday: str
    theme: Words
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomHead:
    """The head of a column."""

    name: Words
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A time written beside the grid; ``css`` is its row."""

    at: dt.datetime
    css: str
    half: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A long time without sessions, drawn as one thin row."""

    start: dt.datetime
    end: dt.datetime
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The rooms-by-time grid of the same rows; ``rules`` places them, for a style element."""

    rooms: tuple[RoomHead, ...]
    columns: int
    many: bool
    ticks: tuple[Tick, ...]
    pauses: tuple[Pause, ...]
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """What the page of a day shows; ``total`` counts sessions before filtering, breaks not among them."""

    date: dt.date
    moment: dt.datetime
    zone: str
    theme: Words
    tabs: tuple[DayTab, ...]
    filters: tuple[filters.Filter, ...]
    chips: tuple[filters.Chip, ...]
    address: str
    own_address: str
    print_address: str
    grid: Grid
    rows: tuple[SessionRow, ...]
    total: int
    shown: int
    version: str
    released_at: dt.datetime | None

    @property
    def filtered(self) -> bool:
        """Whether some sessions are left out."""
        return bool(self.chips)

    @property
    def count_words(self) -> str:
        """How many of the day's sessions are shown."""
        if self.filtered:
            return ngettext(
                "%(shown)s of %(count)s session", "%(shown)s of %(count)s sessions", self.total
            ) % {"shown": self.shown, "count": self.total}
        return ngettext("%(count)s session", "%(count)s sessions", self.total) % {"count": self.total}


def day_page(reader: Reader, date: dt.date, query: Mapping[str, str]) -> DayPage | None:
    """Return the page of a day with the filters of the address, or None when the event has no such day."""
    if date not in reader.dates:
        return None
    held = reader.by_day.get(date, ())
    chosen = filters.chosen_filters(query, held, reader)
    sessions = filters.matching(held, chosen)
    day = _day_with(reader, date)
    layout = lay_out(sessions, reader.schedule.rooms, reader.zone, day)
    address = reader.addresses.named("programme_day", date)
    offered = filters.filters_of(held, reader, chosen)
    rows = tuple(session_row(session, reader) for session in layout.sessions)
    own_address = filters.with_filters(address, chosen)
    return DayPage(
        date=date,
        moment=day.start,
        zone=reader.schedule.zone,
        theme=reader.words(day.title),
        tabs=day_tabs(reader, date),
        filters=offered,
        chips=filters.chips_of(offered, chosen, address),
        address=address,
        own_address=own_address,
        print_address=f"{own_address}{'&' if chosen else '?'}print=1",
        grid=_grid(layout, reader),
        rows=rows,
        total=sum(1 for session in held if session.kind.value != "break"),
        shown=sum(1 for row in rows if not row.rest),
        version=reader.schedule.version,
        released_at=reader.schedule.released_at,
    )


def day_tabs(reader: Reader, current: dt.date | None = None) -> tuple[DayTab, ...]:
    """Return the days of the event, also those that are not adjacent, and nothing between them."""
    themes = {day.date: reader.words(day.title) for day in reader.days}
    return tuple(
        DayTab(
            url=reader.addresses.named("programme_day", date),
            number=date.day,
            weekday=formats.date_format(date, "D"),
            theme=themes.get(date, NOTHING),
            current=date == current,
        )
        for date in reader.dates
    )


def first_day(reader: Reader, now: dt.datetime) -> dt.date | None:
    """Return today's date if the event is held today, else its first day; None without any day."""
    today = zones.local(now, reader.zone).date()
    running = next((day.date for day in reader.days if day.start <= now < day.end), None)
    if running or today in reader.dates:
        return running or today
    return reader.dates[0] if reader.dates else None


def _day_with(reader: Reader, date: dt.date) -> Day:
    """Return the day, wide enough for all that the page of its date shows."""
    held = reader.by_day.get(date, ())
    moments = [moment for session in held for moment in (session.start, session.end) if moment]
    day = next((day for day in reader.days if day.date == date), None)
    if day is None:
        return Day(date=date, start=min(moments), end=max(moments))
    moments += [day.start, day.end]
    return Day(date=date, start=min(moments), end=max(moments), title=day.title)


def _grid(layout: Layout, reader: Reader) -> Grid:
    heads = [RoomHead(name=reader.words(room.name), note=_room_note(room)) for room in layout.rooms]
    if layout.elsewhere:
        heads.append(RoomHead(name=Words(_("Other places")), note=""))
    columns = max(len(heads), 1)
    rules = [f".timetable{{--rooms:{columns};--rows:{max(layout.rows, 1)}}}"]
    rules += [_place(block) for block in layout.blocks if block.session.code.isalnum()]
    rows = {mark.row for mark in layout.marks} | {gap.row for gap in layout.gaps}
    rules += [f".k-{row}{{grid-row:{row}}}" for row in sorted(rows)]
    return Grid(
        rooms=tuple(heads),
        columns=columns,
        many=columns > FEW_ROOMS,
        ticks=tuple(
            Tick(at=mark.instant, css=f"k-{mark.row}", half=not mark.label.endswith(":00"))
            for mark in layout.marks
        ),
        pauses=tuple(Pause(start=gap.start, end=gap.end, css=f"k-{gap.row}") for gap in layout.gaps),
        rules="".join(rules),
    )


def _place(block: Block) -> str:
    columns = f"{block.column + 1}" if block.column else "2/-1"
    rule = f"grid-row:{block.row}/{block.row + block.rows};grid-column:{columns}"
    if block.lanes > 1:
        rule += f";--lane:{block.lane - 1};--lanes:{block.lanes}"
    rule += next((lines for rows, lines in _LINES if block.rows <= rows), "")
    return f".s-{block.session.code}{{{rule}}}"


def _room_note(room: Room) -> str:
    notes = []
    if room.capacity:
        notes.append(ngettext("%(count)s seat", "%(count)s seats", room.capacity) % {"count": room.capacity})
    if room.step_free:
        notes.append(_("step-free"))
    return " · ".join(notes)
