"""Who may come in where and when: a pure decision over rules, a category, a gate and a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo


class Mode(StrEnum):
    """How often a rule lets the same ticket in."""

    ONCE = "once"
    DAILY = "daily"
    REENTRY = "reentry"


class Refusal(StrEnum):
    """Why no rule lets a ticket in; the last one that fitted best is told."""

    CATEGORY = "category"
    GATE = "gate"
    DAY = "day"
    TIME = "time"
    SEAT = "seat"


# The nearer a rule came to letting somebody in, the better its refusal explains what is wrong.
NEARNESS = (Refusal.CATEGORY, Refusal.GATE, Refusal.DAY, Refusal.TIME, Refusal.SEAT)


@dataclass(frozen=True)
class Rule:
    """One way in; None and "all" mean any. ``opens`` and ``closes`` are local times of the event's zone.

    ``session`` demands a seat in that session.
    """

    id: int
    categories: frozenset[int] = frozenset()
    gate: int | None = None
    day: dt.date | None = None
    opens: dt.time | None = None
    closes: dt.time | None = None
    session: int | None = None
    mode: Mode = Mode.ONCE
    checks_document: bool = False


@dataclass(frozen=True)
class Pass:
    """A rule lets the ticket in; two passes with one ``scope`` are one entry too many."""

    rule: Rule
    scope: str


# What holds for an event without rules: everybody who is confirmed comes in once, at any gate.
OPEN_RULE = Rule(id=0)


def decide(
    rules: Iterable[Rule],
    *,
    category: int,
    gate: int | None,
    at: dt.datetime,
    zone: ZoneInfo,
    seats: Collection[int] = (),
    nonce: str = "",
) -> Pass | Refusal:
    """Return the first rule that lets the ticket in, or the reason that came nearest to it.

    ``at`` is aware; its day and time are taken in ``zone``. ``seats`` are the sessions in which the
    ticket's owner has a seat.
    """
    local = at.astimezone(zone)
    refusals: list[Refusal] = []
    for rule in list(rules) or [OPEN_RULE]:
        refusal = _refusal(rule, category, gate, local, seats)
        if refusal is None:
            return Pass(rule, _scope(rule, local, nonce))
        refusals.append(refusal)
    return max(refusals, key=NEARNESS.index)


def _refusal(
    rule: Rule, category: int, gate: int | None, local: dt.datetime, seats: Collection[int]
) -> Refusal | None:
    if rule.categories and category not in rule.categories:
        return Refusal.CATEGORY
    if rule.gate is not None and rule.gate != gate:
        return Refusal.GATE
    if rule.day is not None and rule.day != local.date():
        return Refusal.DAY
    if not _is_within(local.time(), rule.opens, rule.closes):
        return Refusal.TIME
    if rule.session is not None and rule.session not in seats:
        return Refusal.SEAT
    return None


def _is_within(time: dt.time, opens: dt.time | None, closes: dt.time | None) -> bool:
    """Tell whether the time lies in the window; one that closes before it opens runs over midnight."""
    if opens is not None and closes is not None and closes <= opens:
        return time >= opens or time < closes
    return (opens is None or time >= opens) and (closes is None or time < closes)


def _scope(rule: Rule, local: dt.datetime, nonce: str) -> str:
    if rule.mode is Mode.REENTRY:
        return f"{rule.id}:{nonce}"
    if rule.mode is Mode.DAILY:
        return f"{rule.id}:{local.date().isoformat()}"
    return f"{rule.id}"
