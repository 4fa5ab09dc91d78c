"""What plans say to the matchmaker: why something has no place, what cannot be, what has changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from matchmaking.models import Exchange, ExchangeProfile, Slot, Table
from matchmaking.proposals import Missing
from matchmaking.snapshot import Where

STAGES: dict[str, Promise] = {
    "": gettext_lazy("reading what is agreed"),
    "placing": gettext_lazy("giving everybody a place"),
    "breaks": gettext_lazy("closing idle gaps"),
    "proof": gettext_lazy("proving that it cannot be better"),
    "tables": gettext_lazy("giving out tables"),
    "repair": gettext_lazy("moving as few as possible"),
}

OUTDATED: dict[str, Promise] = {
    "gone": gettext_lazy("It is not there any more: %(who)s."),
    "ended": gettext_lazy("The meeting was cancelled or marked meanwhile: %(who)s."),
    "moved": gettext_lazy("The meeting was moved meanwhile: %(who)s."),
    "pinned": gettext_lazy("The meeting was pinned meanwhile: %(who)s."),
    "request_ended": gettext_lazy("The request was taken back meanwhile: %(who)s."),
    "booked": gettext_lazy("These two have a place already: %(who)s."),
    "left": gettext_lazy("One of the two has left the exchange: %(who)s."),
    "apart": gettext_lazy("These two are kept apart by now: %(who)s."),
    "begun": gettext_lazy("The planned time has begun or is gone: %(who)s."),
    "busy": gettext_lazy("Not free any more at the planned time: %(who)s."),
    "table_lost": gettext_lazy("The planned table is out of use: %(who)s."),
    "table_taken": gettext_lazy("The planned table is taken at that time: %(who)s."),
}

PROBLEMS: dict[str, Promise] = {
    "no_slots": gettext_lazy("There is no slot left: every one has begun, or the exchange has no hours."),
    "no_tables": gettext_lazy("There is no table in use, and these meet at a table: %(who)s."),
    "no_suitable_table": gettext_lazy("No table has what these need (step-free access): %(who)s."),
    "fixed_in_forbidden_slot": gettext_lazy("Pinned at a time when one of the two is not there: %(who)s."),
    "fixed_at_lost_table": gettext_lazy("Pinned at a table that is out of use: %(who)s."),
    "fixed_together": gettext_lazy("Pinned in the same place at the same time: %(who)s."),
    "no_common_slot": gettext_lazy("Never free together: %(who)s."),
    "more_meetings_than_slots": gettext_lazy("%(who)s: %(need)s meetings agreed, %(have)s free slots."),
    "too_few_tables": gettext_lazy("%(need)s meetings at tables, room for %(have)s."),
    "too_few_tables_in_slot": gettext_lazy("%(need)s meetings can only be at %(when)s, room for %(have)s."),
    "pair_twice": gettext_lazy("Agreed twice by the same two: %(who)s."),
}
UNKNOWN = gettext_lazy("What is agreed and pinned cannot be planned together: %(who)s.")

LACKS: dict[str, Promise] = {
    "no_common_slot": gettext_lazy("The two are never free at the same time."),
    "no_suitable_table": gettext_lazy("No table with step-free access is there when both are free."),
    "person_full": gettext_lazy("No free slot is left for %(who)s."),
    "no_table_free": gettext_lazy("When both are free (%(when)s), every table is taken."),
    "never_free_together": gettext_lazy("Both have free slots left, but none in common."),
    "order": gettext_lazy("It would come before a meeting that it must follow."),
}
SHOWN = 3  # of many in a sentence


def _more(count: int) -> str:
    return ngettext("%(count)d more", "%(count)d more", count) % {"count": count}


@dataclass(frozen=True, slots=True)
class Words:
    """Puts keys of an exchange into words, on the event's clocks; everything is read once, in three queries."""

    exchange: Exchange
    people: Mapping[int, ExchangeProfile] = field(default_factory=dict)
    slots: Mapping[int, Slot] = field(default_factory=dict)
    tables: Mapping[int, Table] = field(default_factory=dict)

    @classmethod
    def of(cls, exchange: Exchange, people: Iterable[int]) -> Words:
        """Return the words for an exchange and these of its participants."""
        return cls(
            exchange,
            ExchangeProfile.objects.filter(exchange=exchange).in_bulk(set(people)),
            {slot.pk: slot for slot in Slot.objects.filter(exchange=exchange)},
            {table.pk: table for table in Table.objects.filter(exchange=exchange)},
        )

    def name(self, key: int) -> str:
        """Return a participant's name."""
        profile = self.people.get(key)
        return profile.name if profile else "?"

    def names(self, keys: Iterable[int]) -> str:
        """Return names in a row."""
        return ", ".join(self.name(key) for key in keys)

    def pairs(self, items: Iterable[Mapping[str, Any]]) -> str:
        """Return the first few pairs in a row."""
        pairs = [f"{self.name(item['low'])} – {self.name(item['high'])}" for item in items]
        shown, more = "; ".join(pairs[:SHOWN]), len(pairs) - SHOWN
        return f"{shown}; {_more(more)}" if more > 0 else shown

    def time(self, key: int) -> str:
        """Return when a slot begins."""
        slot = self.slots.get(key)
        if slot is None:
            return "?"
        start = slot.start.astimezone(self.exchange.event.zone)
        return f"{date_format(start, 'j E')}, {start:%H:%M}"

    def times(self, keys: Iterable[int]) -> str:
        """Return the first few of these slots in a row."""
        ordered = sorted((key for key in keys if key in self.slots), key=lambda key: self.slots[key].start)
        shown, more = "; ".join(self.time(key) for key in ordered[:SHOWN]), len(ordered) - SHOWN
        return f"{shown}; {_more(more)}" if more > 0 else shown

    def place(self, where: Where | None) -> str:
        """Return time and table."""
        if where is None:
            return str(NOWHERE)
        table = self.tables.get(where.table) if where.table is not None else None
        at = _("table %(number)s") % {"number": table} if table else _("on line")
        return f"{self.time(where.slot)}, {at}"

    def lack(self, missing: Missing) -> str:
        """Return why something has no place."""
        known = LACKS.get(missing.lack, NOWHERE)
        return str(known) % {"who": self.names(missing.people), "when": self.times(missing.slots)}

    def problem(self, row: Mapping[str, Any]) -> str:
        """Return what cannot be planned; ``row`` is as a run keeps it."""
        known = PROBLEMS.get(row["code"], UNKNOWN)
        return str(known) % {
            "who": self.names(row["people"]) or self.pairs(row["items"]),
            "when": self.times(row["slots"]),
            "need": row["need"],
            "have": row["have"],
        }


NOWHERE = pgettext_lazy("meeting", "no place")


def outdated_in_words(reason: str, who: str) -> str:
    """Return what stands in the way of publishing a proposal."""
    return str(OUTDATED[reason]) % {"who": who or "?"}
