"""The plan as a board: tables by slots of a day, and who is free beside a meeting."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import Http404
from django.utils import timezone

from matchmaking.free_time import free_tables
from matchmaking.models import (
    Block,
    Exchange,
    ExchangeProfile,
    Meeting,
    Occupation,
    ProfileState,
    Slot,
    Table,
)
from matchmaking.permissions import pair_allowed
from matchmaking.queries import clashes_with_programme
from matchmaking.states import MEETING_LIVE, MeetingState

SUGGESTED = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A table in a slot: the meeting there, if any."""

    slot: Slot
    meeting: Meeting | None
    clash: str  # the name of who speaks in the programme at that time
    is_past: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table with its day."""

    table: Table
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Board:
    """One day: slots, tables in use or with meetings, meetings on line by slot, and how full it is."""

    date: dt.date | None
    dates: list[dt.date]
    slots: list[Slot]
    rows: list[TableRow]
    on_line: list[tuple[Slot, list[Cell]]]
    clashes: int

    @property
    def booked(self) -> int:
        """How many places are taken."""
        return sum(cell.meeting is not None for row in self.rows for cell in row.cells)


def board_of(exchange: Exchange, wanted: str = "", *, now: dt.datetime | None = None) -> Board:
    """Return the wanted day of the exchange, else today, else the next one, else the last; six queries."""
    moment = now or timezone.now()
    slots = list(Slot.objects.filter(exchange=exchange))
    dates = sorted({slot.date for slot in slots})
    date = _chosen(dates, wanted, timezone.localdate(moment, exchange.event.zone))
    shown = [slot for slot in slots if slot.date == date]
    meetings = Meeting.objects.filter(
        exchange=exchange, slot__in=[slot.pk for slot in shown], state__in=sorted(MEETING_LIVE)
    ).select_related("low", "high", "table")
    clashes = {(profile.pk, slot.pk): profile.name for profile, slot in clashes_with_programme(exchange)}
    cells: dict[tuple[int | None, int], list[Cell]] = defaultdict(list)
    by_key = {slot.pk: slot for slot in shown}
    for meeting in meetings:
        slot = by_key[meeting.slot_id]
        clash = next(
            (
                clashes[pair]
                for pair in ((meeting.low_id, slot.pk), (meeting.high_id, slot.pk))
                if pair in clashes
            ),
            "",
        )
        cells[meeting.table_id, slot.pk].append(Cell(slot, meeting, clash, slot.start <= moment))
    tables = [
        table
        for table in Table.objects.filter(exchange=exchange)
        if table.is_active or any((table.pk, slot.pk) in cells for slot in shown)
    ]
    rows = [
        TableRow(
            table,
            [
                next(iter(cells[table.pk, slot.pk]), Cell(slot, None, "", slot.start <= moment))
                for slot in shown
            ],
        )
        for table in tables
    ]
    on_line = [(slot, cells[None, slot.pk]) for slot in shown]
    return Board(
        date, dates, shown, rows, on_line if any(found for _slot, found in on_line) else [], len(clashes)
    )


def _chosen(dates: list[dt.date], wanted: str, today: dt.date) -> dt.date | None:
    named = next((date for date in dates if date.isoformat() == wanted), None)
    ahead = [date for date in dates if date >= today]
    return named or (ahead[0] if ahead else dates[-1] if dates else None)


def meeting_on(exchange: Exchange, code: str) -> Meeting:
    """Return the exchange's meeting with this code, in whatever state; raise Http404 for others."""
    found = (
        Meeting.objects.filter(exchange=exchange, code=code.upper())
        .select_related("low__person", "high__person", "slot", "table", "request")
        .first()
    )
    if found is None:
        raise Http404
    found.exchange = found.slot.exchange = found.low.exchange = found.high.exchange = exchange
    return found


def participant(exchange: Exchange, code: str) -> ExchangeProfile:
    """Return the exchange's participant with this code; raise Http404 for others."""
    found = (
        ExchangeProfile.objects.filter(exchange=exchange, code=code.upper())
        .select_related("person", "cluster", "organisation")
        .first()
    )
    if found is None:
        raise Http404
    found.exchange = exchange
    return found


def free_instead(meeting: Meeting) -> list[tuple[ExchangeProfile, list[ExchangeProfile]]]:
    """Return each of the two with some who are free in the meeting's slot and may meet her; five queries."""
    exchange, slot = meeting.exchange, meeting.slot
    taken = Occupation.objects.filter(slot=slot).values("profile")
    idle = list(
        ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
        .exclude(pk__in=taken)
        .order_by("name")
    )
    kept_apart = set(Block.objects.filter(profile__exchange=exchange).values_list("profile_id", "other_id"))
    met = _met(exchange, [meeting.low_id, meeting.high_id])
    found = []
    for person in (meeting.low, meeting.high):
        if person.pk not in {one.pk for one in idle}:
            continue
        others = [
            other
            for other in idle
            if pair_allowed(exchange.asking, person, other)
            and not {(person.pk, other.pk), (other.pk, person.pk)} & kept_apart
            and (min(person.pk, other.pk), max(person.pk, other.pk)) not in met
        ]
        found.append((person, others[:SUGGESTED]))
    return found


def _met(exchange: Exchange, people: Iterable[int]) -> set[tuple[int, int]]:
    keys = list(people)
    rows = Meeting.objects.filter(exchange=exchange).exclude(state=MeetingState.CANCELLED)
    return {pair for pair in rows.values_list("low_id", "high_id") if pair[0] in keys or pair[1] in keys}


def tables_free(exchange: Exchange, slot: Slot) -> list[Table]:
    """Return the tables in use that are free in the slot; two queries."""
    return list(Table.objects.filter(pk__in=free_tables(exchange, [slot])[slot.pk]))
