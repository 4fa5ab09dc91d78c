"""Times to choose from for two people: every slot by day, with who of them is free then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from matchmaking.free_time import FreeTime, free_tables
from matchmaking.models import ExchangeProfile, Slot

BOTH, ONLY_YOU, ONLY_OTHER, NOBODY, NO_TABLE = "both", "you", "other", "nobody", "no_table"


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot and who of the two is free in it; only one of kind ``both`` can be chosen."""

    slot: Slot
    state: str

    @property
    def is_open(self) -> bool:
        """Whether both and a table are free."""
        return self.state == BOTH


@dataclass(frozen=True, slots=True)
class DayOfChoices:
    """The slots of one day that have not begun."""

    date: dt.date
    rows: list[SlotChoice] = field(default_factory=list)

    @property
    def open(self) -> int:
        """How many of them suit both."""
        return sum(row.is_open for row in self.rows)


def choices_for(
    free: FreeTime, reader: ExchangeProfile, other: ExchangeProfile, *, is_online: bool | None = None
) -> list[DayOfChoices]:
    """Return the slots that have not begun by day; a slot without a free table suits nobody. One query.

    ``is_online`` is told by who takes part on line unless it is given.
    """
    both = free.common(reader, other)
    exchange = reader.exchange
    online = is_online
    if online is None:
        online = bool(exchange.room_link) and (reader.is_remote or other.is_remote)
    tables: dict[int, list[int]] = {}
    if not online:
        step_free = reader.needs_step_free or other.needs_step_free
        tables = free_tables(exchange, both, step_free=step_free)
    days: dict[dt.date, DayOfChoices] = {}
    for slot in free.slots:
        state = _state(slot.pk in free.by_profile[reader.pk], slot.pk in free.by_profile[other.pk])
        if state == BOTH and not online and not tables.get(slot.pk):
            state = NO_TABLE
        days.setdefault(slot.date, DayOfChoices(slot.date)).rows.append(SlotChoice(slot, state))
    return list(days.values())


def _state(reader_free: bool, other_free: bool) -> str:
    if reader_free and other_free:
        return BOTH
    if reader_free:
        return ONLY_YOU
    return ONLY_OTHER if other_free else NOBODY


def open_slots(days: list[DayOfChoices]) -> list[Slot]:
    """Return the slots that can be chosen, by time."""
    return [row.slot for day in days for row in day.rows if row.is_open]
