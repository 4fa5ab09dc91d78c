"""The programme of one day: a list that becomes a grid of rooms by time where there is room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import ngettext

from sessions_app.programme.pages.filters import (
    Chip,
    Filter,
    chips_of,
    chosen_filters,
    filters_of,
    matching,
    with_filters,
)
from sessions_app.programme.pages.grid import Grid, grid_of
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.pages.rows import SessionRow, session_row
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.layout import lay_out
from sessions_app.programme.schedule.model import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTab:
    """A day as its number, weekday and theme."""

    url: str
    number: int
    weekday: str
    theme: Words
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """What the page of a day shows; ``total`` counts sessions before filtering, breaks not among them."""

    date: dt.date
    moment: dt.datetime
    zone: str
    theme: Words
    tabs: tuple[DayTab, ...]
    filters: tuple[Filter, ...]
    chips: tuple[Chip, ...]
    address: str
    own_address: str
    print_address: str
    grid: Grid
    rows: tuple[SessionRow, ...]
    left_out: tuple[SessionRow, ...]  # by filters; a starred session may overlap with one of them
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
    chosen = chosen_filters(query, held, reader)
    sessions = matching(held, chosen)
    day = _day_with(reader, date)
    layout = lay_out(sessions, reader.schedule.rooms, reader.zone, day)
    address = reader.addresses.named("programme_day", date)
    offered = filters_of(held, reader, chosen)
    rows = tuple(session_row(session, reader) for session in layout.sessions)
    own_address = with_filters(address, chosen)
    return DayPage(
        date=date,
        moment=day.start,
        zone=reader.schedule.zone,
        theme=reader.words(day.title),
        tabs=day_tabs(reader, date),
        filters=offered,
        chips=chips_of(offered, chosen, address),
        address=address,
        own_address=own_address,
        print_address=f"{own_address}{'&' if chosen else '?'}print=1",
        grid=grid_of(layout, reader),
        rows=rows,
        left_out=tuple(session_row(session, reader) for session in held if session not in sessions)
        if chosen
        else (),
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
