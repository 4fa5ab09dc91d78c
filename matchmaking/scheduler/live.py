"""Room for one more meeting by moving a single other one: what self-service can still do when all seems full.

Plain data for the few slots and people in question, so that it is cheap enough to be asked while somebody waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A meeting that stands: its people, slot and table, all by keys; ``fits`` are the tables that suit it.

    One that ``keeps_time`` may change its table only.
    """

    key: int
    people: frozenset[int]
    slot: int
    table: int | None
    fits: frozenset[int]
    may_move: bool = True
    keeps_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The meeting that looks for a place; ``fits`` are the tables that suit it, ``remote`` needs none.

    ``slots`` come in the order in which they are liked; those that no move can open may be left out.
    """

    people: frozenset[int]
    slots: tuple[int, ...]
    fits: frozenset[int]
    remote: bool = False


class Move(NamedTuple):
    """Move the meeting ``key`` to ``slot`` and ``table``; then the wanted one has ``place`` and ``place_table``."""

    key: int
    slot: int
    table: int | None
    place: int
    place_table: int | None


def find_moves(
    wanted: Wanted,
    held: Iterable[Held],
    free: Callable[[int], frozenset[int]],
    tables: Mapping[int, frozenset[int]],
) -> Iterable[Move]:
    """Yield the single moves that make room for the wanted meeting, the mildest first.

    ``free`` answers for a person the slots in which she could meet, without those she has meetings in;
    ``tables`` are the free tables of each slot. First come changes of table alone, then changes of time.
    """
    by_slot: dict[int, list[Held]] = {}
    for one in held:
        by_slot.setdefault(one.slot, []).append(one)
    moves: list[Move] = []
    for slot in wanted.slots:
        busy = [one for one in by_slot.get(slot, ()) if one.people & wanted.people]
        mine_free = all(
            slot in free(person) or any(person in one.people for one in busy) for person in wanted.people
        )
        if not mine_free or len(busy) > 1:
            continue
        if busy:
            blocker = busy[0]
            moves.extend(_send_away(wanted, blocker, slot, free, tables))
        elif not wanted.remote:
            yield from _reseat(wanted, by_slot.get(slot, ()), slot, tables)
            for other in by_slot.get(slot, ()):
                if other.table in wanted.fits:
                    moves.extend(_send_away(wanted, other, slot, free, tables))
    yield from moves


def _reseat(
    wanted: Wanted, here: Iterable[Held], slot: int, tables: Mapping[int, frozenset[int]]
) -> Iterable[Move]:
    """Yield changes of table in the slot: one at a table that suits the wanted meeting takes one that does not."""
    left = tables.get(slot, frozenset())
    for other in here:
        if other.may_move and other.table in wanted.fits:
            for table in sorted((left & other.fits) - wanted.fits):
                yield Move(other.key, slot, table, slot, other.table)
                break


def _send_away(
    wanted: Wanted,
    other: Held,
    slot: int,
    free: Callable[[int], frozenset[int]],
    tables: Mapping[int, frozenset[int]],
) -> Iterable[Move]:
    """Yield moves of the other meeting out of the slot that leave the wanted one a table there."""
    if not other.may_move or other.keeps_time:
        return
    left = set(tables.get(slot, frozenset()))
    if other.table is not None:
        left.add(other.table)
    mine = (
        None
        if wanted.remote
        else next(iter(sorted(left & wanted.fits, key=lambda t: t != other.table)), None)
    )
    if mine is None and not wanted.remote:
        return
    common = frozenset.intersection(*(free(person) for person in sorted(other.people)))
    for target in sorted(common - {slot}):
        if other.table is None:
            yield Move(other.key, target, None, slot, mine)
            continue
        there = tables.get(target, frozenset()) & other.fits
        if there:
            yield Move(other.key, target, other.table if other.table in there else min(there), slot, mine)
