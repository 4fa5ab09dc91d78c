"""An instance as numbers: people, meetings and slots by position, sets of slots as bits of an int."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaking.scheduler.model import Instance, Meeting, Person
from matchmaking.scheduler.pools import Pools, make_pools

LONGEST_TABLED_DAY = 22


@dataclass(frozen=True, slots=True)
class Grid:
    """All that a solver asks again and again; bit ``s`` of a mask stands for slot ``s``.

    ``allowed`` of a meeting is where its people, wishes, tables and order could ever leave it; ``pinned`` ones
    have one slot that was given. ``before`` and ``behind`` are the meetings that come earlier and later.
    """

    instance: Instance
    slots: int
    days: tuple[tuple[int, int], ...]  # first slot and length
    day_of: tuple[int, ...]
    people: tuple[tuple[int, ...], ...]  # of a meeting
    meetings: tuple[tuple[int, ...], ...]  # of a person
    allowed: tuple[int, ...]
    free: tuple[int, ...]  # of a person
    pinned: tuple[bool, ...]
    optional: tuple[bool, ...]
    priority: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    behind: tuple[tuple[int, ...], ...]
    a_day: tuple[int | None, ...]
    pools: Pools

    @property
    def has_order(self) -> bool:
        """Tell whether any meeting must follow another."""
        return any(self.before)

    @property
    def day_masks(self) -> tuple[int, ...]:
        """The bits of each day."""
        return tuple(((1 << length) - 1) << first for first, length in self.days)


def make_grid(instance: Instance) -> Grid:
    """Return the numbers of an instance that is not malformed."""
    person_at = {person.key: n for n, person in enumerate(instance.people)}
    meeting_at = {meeting.key: n for n, meeting in enumerate(instance.meetings)}
    slots = len(instance.slots)
    pools = make_pools(instance)
    free = tuple(free_slots(person, slots) for person in instance.people)
    people = tuple(tuple(person_at[key] for key in meeting.people) for meeting in instance.meetings)
    of_person: list[list[int]] = [[] for _person in instance.people]
    behind: list[list[int]] = [[] for _meeting in instance.meetings]
    before: list[tuple[int, ...]] = []
    for n, meeting in enumerate(instance.meetings):
        for person in people[n]:
            of_person[person].append(n)
        before.append(tuple(sorted({meeting_at[key] for key in meeting.after})))
        for earlier in before[n]:
            behind[earlier].append(n)
    day_of = tuple(number for number, day in enumerate(instance.days) for _slot in day)
    allowed = [
        possible_slots(meeting, [free[person] for person in people[n]], pools.open_slots(n), slots)
        for n, meeting in enumerate(instance.meetings)
    ]
    required = [not meeting.optional for meeting in instance.meetings]
    narrow_by_order(allowed, before, behind, required)
    return Grid(
        instance=instance,
        slots=slots,
        days=tuple((day[0], len(day)) for day in instance.days if day),
        day_of=day_of,
        people=people,
        meetings=tuple(map(tuple, of_person)),
        allowed=tuple(allowed),
        free=free,
        pinned=tuple(meeting.slot is not None for meeting in instance.meetings),
        optional=tuple(meeting.optional for meeting in instance.meetings),
        priority=tuple(meeting.priority for meeting in instance.meetings),
        before=tuple(before),
        behind=tuple(map(tuple, behind)),
        a_day=tuple(person.a_day for person in instance.people),
        pools=pools,
    )


def free_slots(person: Person, slots: int) -> int:
    """Return the slots in which the person can meet."""
    mask = (1 << slots) - 1
    for slot in person.unavailable:
        mask &= ~(1 << slot)
    return mask


def possible_slots(meeting: Meeting, free: Sequence[int], open_slots: int, slots: int) -> int:
    """Return where the meeting may be, its order left aside."""
    mask = open_slots & (1 << slots) - 1
    for each in free:
        mask &= each
    if meeting.slots is not None:
        mask &= sum(1 << slot for slot in meeting.slots)
    if meeting.slot is not None:
        mask &= 1 << meeting.slot
    return mask


def narrow_by_order(
    allowed: list[int],
    before: Sequence[Sequence[int]],
    behind: Sequence[Sequence[int]],
    required: Sequence[bool],
) -> None:
    """Take out of ``allowed`` what the order of meetings forbids; only those that must be placed press others."""
    waiting = [n for n in range(len(allowed)) if before[n] or behind[n]]
    while waiting:
        n = waiting.pop()
        if not required[n] or not allowed[n]:
            continue
        first = allowed[n] & -allowed[n]
        last = 1 << allowed[n].bit_length() - 1
        for later in behind[n]:
            if allowed[later] & ((first << 1) - 1):
                allowed[later] &= ~((first << 1) - 1)
                waiting.append(later)
        for earlier in before[n]:
            if allowed[earlier] & ~(last - 1):
                allowed[earlier] &= last - 1
                waiting.append(earlier)


def breaks_by_mask(length: int) -> Sequence[int]:
    """Return, for a day of that length, the breaks of each mask of slots in which somebody meets.

    Runs of set bits less one. The table of n + 1 slots is that of n twice: the new highest bit starts a
    run where the bit below it is clear.
    """
    if length > LONGEST_TABLED_DAY:
        return LongDay()
    runs = b"\0"
    for bit in range(length):
        one_more = bytes(min(number + 1, 255) for number in range(256))
        if bit == 0:
            runs += b"\1"
            continue
        half = len(runs) // 2
        runs += runs[:half].translate(one_more) + runs[half:]
    return runs.translate(bytes(max(number - 1, 0) for number in range(256)))


class LongDay(Sequence[int]):
    """The same for days too long for a table, computed on each call."""

    def __getitem__(self, mask: int) -> int:  # type: ignore[override]  # a mask is no slice
        return max((mask & ~(mask << 1)).bit_count() - 1, 0)

    def __len__(self) -> int:
        raise TypeError("as many as there are masks")
