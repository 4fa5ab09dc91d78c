"""How many meetings a slot can seat when tables differ: Hall's condition as a few counters.

Meetings that ask the same of a table are a kind. A pool is a set of tables that kinds with overlapping
choices share; the meetings of a slot can be seated exactly when no pool holds more meetings of the kinds
that fit only inside it than it has tables then. With equal tables there is one pool: all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaking.scheduler.model import Instance, Meeting

MOST_POOLS = 200
REMOTE = -1
RESERVED = -2


@dataclass(frozen=True, slots=True)
class Pools:
    """Tables are positions in the instance, sets of tables and of slots are bits.

    ``of`` lists the pools in which a meeting counts, none for a remote one and for one whose table is
    ``reserved`` (slot and table given). ``room[pool][slot]`` is how many may be there. ``kinds`` are the
    tables that fit each kind, ``kind_of`` a meeting its kind or REMOTE or RESERVED; ``open`` are the slots
    in which a table is neither away nor reserved.
    """

    of: tuple[tuple[int, ...], ...]
    room: tuple[tuple[int, ...], ...]
    kinds: tuple[int, ...]
    kind_of: tuple[int, ...]
    open: tuple[int, ...]
    reserved: dict[tuple[int, int], int]
    slots: int

    def open_slots(self, meeting: int) -> int:
        """Return the slots in which a fitting table could be had if no other meeting were there."""
        kind = self.kind_of[meeting]
        if kind == REMOTE:
            return (1 << self.slots) - 1
        if kind == RESERVED:
            return sum(1 << slot for (slot, _table), holder in self.reserved.items() if holder == meeting)
        mask = 0
        for table in positions(self.kinds[kind]):
            mask |= self.open[table]
        return mask


def positions(mask: int) -> Iterable[int]:
    """Yield the positions of the set bits, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def fitting_tables(instance: Instance, meeting: Meeting) -> int:
    """Return the tables that have what the meeting needs, and of these the one that was given, if any."""
    return sum(
        1 << n
        for n, table in enumerate(instance.tables)
        if meeting.needs <= table.features and meeting.table in (None, table.key)
    )


def make_pools(instance: Instance) -> Pools:
    """Return the pools of an instance that is not malformed."""
    slots = len(instance.slots)
    fits: dict[tuple[frozenset[str], int | None], int] = {}
    for meeting in instance.meetings:
        if not meeting.remote and (meeting.needs, meeting.table) not in fits:
            fits[meeting.needs, meeting.table] = fitting_tables(instance, meeting)
    present = [
        (1 << slots) - 1 & ~sum(1 << slot for slot in table.unavailable if 0 <= slot < slots)
        for table in instance.tables
    ]
    reserved = _reserve(instance, fits, present)
    holders = set(reserved.values())
    kinds = sorted(set(fits.values()))
    kind_of = tuple(
        REMOTE
        if meeting.remote
        else RESERVED
        if n in holders
        else kinds.index(fits[meeting.needs, meeting.table])
        for n, meeting in enumerate(instance.meetings)
    )
    for slot, table in reserved:
        present[table] &= ~(1 << slot)
    unions, room = _binding(_connected_unions(kinds), kinds, kind_of, present, slots)
    inside = [tuple(n for n, union in enumerate(unions) if kind & ~union == 0) for kind in kinds]
    return Pools(
        of=tuple(inside[kind] if kind >= 0 else () for kind in kind_of),
        room=room,
        kinds=tuple(kinds),
        kind_of=kind_of,
        open=tuple(present),
        reserved=reserved,
        slots=slots,
    )


def _reserve(
    instance: Instance, fits: dict[tuple[frozenset[str], int | None], int], present: Sequence[int]
) -> dict[tuple[int, int], int]:
    reserved: dict[tuple[int, int], int] = {}
    pinned = [
        (meeting.optional, -meeting.priority, n)
        for n, meeting in enumerate(instance.meetings)
        if meeting.slot is not None and meeting.table is not None and not meeting.remote
    ]
    for _optional, _priority, n in sorted(pinned):
        meeting = instance.meetings[n]
        slot = meeting.slot
        for table in positions(fits[meeting.needs, meeting.table]):
            if slot is not None and present[table] >> slot & 1:
                reserved.setdefault((slot, table), n)
    return reserved


def _connected_unions(kinds: Iterable[int]) -> list[int]:
    found = {kind for kind in kinds if kind}
    waiting = sorted(found)
    while waiting and len(found) < MOST_POOLS:
        union = waiting.pop()
        for kind in kinds:
            joined = union | kind
            if kind & union and joined not in found:
                found.add(joined)
                waiting.append(joined)
    return sorted(found, key=lambda union: (-union.bit_count(), union))


def _binding(
    unions: Sequence[int],
    kinds: Sequence[int],
    kind_of: Sequence[int],
    present: Sequence[int],
    slots: int,
) -> tuple[list[int], tuple[tuple[int, ...], ...]]:
    """Return the unions that can ever be too small for their meetings, and their room."""
    meetings = Counter(kind for kind in kind_of if kind >= 0)
    kept, room = [], []
    for union in unions:
        inside = sum(number for kind, number in meetings.items() if kinds[kind] & ~union == 0)
        here = [sum(present[table] >> slot & 1 for table in positions(union)) for slot in range(slots)]
        # Where no table is open at all, the meetings are not allowed anyway.
        if inside > min((number for number in here if number), default=0):
            kept.append(union)
            room.append(tuple(here))
    return kept, tuple(room)
