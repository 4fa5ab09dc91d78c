"""The hall screen: which table meets now, for how long yet, and who comes next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaking.models import Exchange, Meeting, Slot, Table
from matchmaking.states import MEETING_LIVE, MeetingState, Phase

MOST_TABLES = 999


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens at a table in a slot; ``names`` is empty where the exchange shows none."""

    is_taken: bool
    names: tuple[str, ...] = ()
    late_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A table with the turn that is on and the one after it."""

    table: Table
    now: Turn | None
    later: Turn | None


@dataclass(frozen=True, slots=True)
class Screen:
    """What the screen shows at ``moment``; without slots ahead it says when the exchange goes on, if it does."""

    moment: dt.datetime
    now: Slot | None
    later: Slot | None
    rows: tuple[Row, ...]
    is_live: bool

    @property
    def until(self) -> dt.datetime | None:
        """When the screen changes by itself: the end of what is on, or the beginning of what comes."""
        if self.now is not None:
            return self.now.end
        return self.later.start if self.later is not None else None


def screen_of(exchange: Exchange, *, moment: dt.datetime, first: int = 1, last: int = MOST_TABLES) -> Screen:
    """Return what a screen for the tables ``first`` to ``last`` shows; three queries."""
    slots = list(Slot.objects.filter(exchange=exchange, end__gt=moment).order_by("start")[:2])
    now = slots[0] if slots and slots[0].start <= moment else None
    later = next((slot for slot in slots if slot.start > moment), None)
    if now is not None and later is not None and later.date != now.date:
        later = None  # tomorrow is no news while somebody meets
    is_live = exchange.phase == Phase.LIVE
    if not is_live:
        return Screen(moment, None, None, (), is_live)
    shown = [slot.pk for slot in (now, later) if slot is not None]
    meetings = Meeting.objects.filter(
        exchange=exchange, slot__in=shown, state__in=sorted(MEETING_LIVE - {MeetingState.NO_SHOW})
    ).select_related("low", "high")
    by_place = {(meeting.slot_id, meeting.table_id): meeting for meeting in meetings}
    tables = Table.objects.filter(exchange=exchange, number__gte=first, number__lte=last).order_by("number")
    return Screen(moment, now, later, tuple(_rows(exchange, tables, now, later, by_place)), is_live)


def _rows(
    exchange: Exchange,
    tables: Iterable[Table],
    now: Slot | None,
    later: Slot | None,
    by_place: dict[tuple[int, int | None], Meeting],
) -> Iterable[Row]:
    def turn(slot: Slot | None, table: Table) -> Turn | None:
        if slot is None:
            return None
        meeting = by_place.get((slot.pk, table.pk))
        if meeting is None:
            return Turn(False)
        names = (meeting.low.name, meeting.high.name) if exchange.screen_names else ()
        return Turn(True, names, meeting.late_minutes)

    for table in tables:
        row = Row(table, turn(now, table), turn(later, table))
        if table.is_active or (row.now and row.now.is_taken):
            yield row
