"""The rooms-by-time grid of a day: its heads and marks, and the style rules that place its blocks.

Rows in which much is held at once are tall, those with one session lower, and time in which
nothing or only a break is held takes little room. A row still grows where a title needs it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.schedule.layout import Block, Layout
from sessions_app.programme.schedule.model import Room, SessionKind

FEW_ROOMS = 8  # as many columns fit beside each other wherever the grid is shown
SHORT = 4  # rows; a block of so few has no room for tags


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
    """The rooms-by-time grid of a day's rows; ``rules`` places them, for a style element."""

    rooms: tuple[RoomHead, ...]
    columns: int
    many: bool
    ticks: tuple[Tick, ...]
    pauses: tuple[Pause, ...]
    rules: str


def grid_of(layout: Layout, reader: Reader) -> Grid:
    """Return the grid of a day's layout in the reader's words."""
    heads = [RoomHead(name=reader.words(room.name), note=_room_note(room)) for room in layout.rooms]
    if layout.elsewhere:
        heads.append(RoomHead(name=Words(_("Other places")), note=""))
    columns = max(len(heads), 1)
    rules = [f".timetable{{--rooms:{columns}}}", f".timetable__list{{grid-template-rows:{_heights(layout)}}}"]
    rules += [_place(block, layout, columns) for block in layout.blocks if block.session.code.isalnum()]
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


def is_rest(block: Block) -> bool:
    """Tell whether the block is a break."""
    return block.session.kind is SessionKind.BREAK


def _heights(layout: Layout) -> str:
    """Return the heights of all rows, runs of equal ones together; the style sheet knows the names."""
    held = [0] * (layout.rows + 1)
    for block in layout.blocks:
        if not is_rest(block):
            for row in range(block.row, block.row + block.rows):
                held[row] += 1
    names = ["--row-empty" if count == 0 else "--row-one" if count == 1 else "--row" for count in held[1:]]
    runs = [(name, sum(1 for _same in run)) for name, run in itertools.groupby(names)]
    return " ".join(f"repeat({length},var({name}))" for name, length in runs) or "none"


def _place(block: Block, layout: Layout, columns: int) -> str:
    column, more = (f"{block.column + 1}", "") if block.column else ("2/-1", "")
    if is_rest(block) and (free := _free_column(block, layout, columns)):
        column, more = "2/-1", f";--skip:{free - 1}"
    elif block.lanes > 1:
        more = f";--lane:{block.lane - 1};--lanes:{block.lanes}"
    if block.rows <= SHORT:
        more += ";--tags:none"
    return (
        f".s-{block.session.code}{{grid-row:{block.row}/{block.row + block.rows};grid-column:{column}{more}}}"
    )


def _free_column(rest: Block, layout: Layout, columns: int) -> int:
    """Return the first column whose sessions leave a break's words free, 0 where there is none.

    A break that runs beside another one stays in its own room.
    """
    beside = [
        block
        for block in layout.blocks
        if block is not rest and block.row < rest.row + rest.rows and rest.row < block.row + block.rows
    ]
    if any(is_rest(block) or not block.column for block in beside):
        return 0
    taken = {block.column for block in beside}
    return next((column for column in range(1, columns + 1) if column not in taken), 0)


def _room_note(room: Room) -> str:
    notes = []
    if room.capacity:
        notes.append(ngettext("%(count)s seat", "%(count)s seats", room.capacity) % {"count": room.capacity})
    if room.step_free:
        notes.append(_("step-free"))
    return "\n".join(notes)
