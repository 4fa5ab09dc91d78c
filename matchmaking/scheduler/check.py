"""What is wrong with an instance, told before anybody tries to solve it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from matchmaking.scheduler.grid import Grid, make_grid, possible_slots
from matchmaking.scheduler.model import Instance, Meeting, Problem, ProblemCode
from matchmaking.scheduler.pools import REMOTE


def check(instance: Instance) -> tuple[Problem, ...]:
    """Return the contradictions of an instance; when it is malformed, nothing beyond that is looked for."""
    malformed = [*_of_days(instance), *_of_keys(instance), *_of_meetings(instance)]
    if malformed:
        return tuple(malformed)
    cycles = tuple(_cycles(instance))
    if cycles:
        return cycles + tuple(_pairs_twice(instance))
    grid = make_grid(instance)
    return (
        *_hopeless_meetings(instance, grid),
        *_fixed_together(instance, grid),
        *_overfull_people(instance, grid),
        *_overfull_pools(grid),
        *_pairs_twice(instance),
    )


def _of_days(instance: Instance) -> Iterator[Problem]:
    if not instance.slots:
        yield Problem(code=ProblemCode.NO_SLOTS)
    elif instance.slots != tuple(range(len(instance.slots))):
        yield Problem(code=ProblemCode.SLOTS_OUT_OF_ORDER, slots=instance.slots)


def _of_keys(instance: Instance) -> Iterator[Problem]:
    if twice := _twice(person.key for person in instance.people):
        yield Problem(code=ProblemCode.KEY_TWICE, people=twice)
    if twice := _twice(table.key for table in instance.tables):
        yield Problem(code=ProblemCode.KEY_TWICE, tables=twice)
    if twice := _twice(meeting.key for meeting in instance.meetings):
        yield Problem(code=ProblemCode.KEY_TWICE, meetings=twice)
    slots = set(instance.slots)
    for person in instance.people:
        if not person.unavailable <= slots:
            strange = tuple(sorted(person.unavailable - slots))
            yield Problem(code=ProblemCode.UNKNOWN_SLOT, people=(person.key,), slots=strange)
        if person.a_day is not None and person.a_day < 0:
            yield Problem(code=ProblemCode.NEGATIVE_LIMIT, people=(person.key,))
    for table in instance.tables:
        if not table.unavailable <= slots:
            strange = tuple(sorted(table.unavailable - slots))
            yield Problem(code=ProblemCode.UNKNOWN_SLOT, tables=(table.key,), slots=strange)
    if instance.max_break_difference is not None and instance.max_break_difference < 0:
        yield Problem(code=ProblemCode.NEGATIVE_LIMIT)


def _twice(keys: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(key for key, number in Counter(keys).items() if number > 1))


def _of_meetings(instance: Instance) -> Iterator[Problem]:
    people = {person.key for person in instance.people}
    tables = {table.key for table in instance.tables}
    meetings = {meeting.key for meeting in instance.meetings}
    slots = set(instance.slots)
    for meeting in instance.meetings:
        key = (meeting.key,)
        if len(set(meeting.people)) < max(2, len(meeting.people)):
            yield Problem(code=ProblemCode.MEETING_WITH_ONESELF, meetings=key, people=meeting.people[:1])
        if strangers := tuple(sorted(set(meeting.people) - people)):
            yield Problem(code=ProblemCode.UNKNOWN_PERSON, meetings=key, people=strangers)
        if meeting.table is not None and meeting.table not in tables:
            yield Problem(code=ProblemCode.UNKNOWN_TABLE, meetings=key, tables=(meeting.table,))
        named = (meeting.slots or frozenset()) | ({meeting.slot} if meeting.slot is not None else set())
        if strange := tuple(sorted(named - slots)):
            yield Problem(code=ProblemCode.UNKNOWN_SLOT, meetings=key, slots=strange)
        if missing := tuple(sorted(set(meeting.after) - meetings)):
            yield Problem(code=ProblemCode.UNKNOWN_MEETING, meetings=(*key, *missing))
        if meeting.priority < 1:
            yield Problem(code=ProblemCode.PRIORITY_BELOW_ONE, meetings=key)


def _cycles(instance: Instance) -> Iterator[Problem]:
    graph = {meeting.key: meeting.after for meeting in instance.meetings}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield Problem(code=ProblemCode.PRECEDENCE_CYCLE, meetings=tuple(error.args[1][:-1]))


def _hopeless_meetings(instance: Instance, grid: Grid) -> Iterator[Problem]:
    for n, meeting in enumerate(instance.meetings):
        if not meeting.optional and not grid.allowed[n]:
            yield why_hopeless(instance, grid, n)


def why_hopeless(instance: Instance, grid: Grid, n: int) -> Problem:
    """Return why no slot at all is allowed for the meeting at position ``n``."""
    meeting = instance.meetings[n]
    key = (meeting.key,)
    slots = grid.slots
    every = (1 << slots) - 1
    free = [grid.free[person] for person in grid.people[n]]
    seats = _seats(grid, n)
    if meeting.slot is not None and not possible_slots(meeting, free, every, slots):
        absent = tuple(
            key for key, mask in zip(meeting.people, free, strict=True) if not mask >> meeting.slot & 1
        )
        return Problem(
            code=ProblemCode.FIXED_IN_FORBIDDEN_SLOT, meetings=key, people=absent, slots=(meeting.slot,)
        )
    if not possible_slots(meeting, free, every, slots):
        return Problem(code=ProblemCode.NO_COMMON_SLOT, meetings=key, people=meeting.people)
    if not seats:
        if not instance.tables:
            return Problem(code=ProblemCode.NO_TABLES, meetings=key)
        return Problem(code=ProblemCode.NO_SUITABLE_TABLE, meetings=key)
    if not possible_slots(meeting, free, seats, slots):
        if meeting.table is None:
            return Problem(code=ProblemCode.NO_SUITABLE_TABLE, meetings=key)
        return Problem(
            code=ProblemCode.FIXED_AT_LOST_TABLE,
            meetings=key,
            tables=(meeting.table,),
            slots=() if meeting.slot is None else (meeting.slot,),
        )
    if not possible_slots(meeting, free, grid.pools.open_slots(n), slots):
        return Problem(code=ProblemCode.FIXED_TOGETHER, meetings=(*key, *_holders(instance, grid, meeting)))
    related = [instance.meetings[other].key for other in (*grid.before[n], *grid.behind[n])]
    return Problem(code=ProblemCode.NO_ROOM_FOR_ORDER, meetings=(*key, *related))


def _seats(grid: Grid, n: int) -> int:
    """Return the slots in which a table that fits is there, taken or not."""
    meeting = grid.instance.meetings[n]
    mask = 0
    if grid.pools.kind_of[n] == REMOTE:
        return (1 << grid.slots) - 1
    for table in grid.instance.tables:
        if meeting.needs <= table.features and meeting.table in (None, table.key):
            mask |= (1 << grid.slots) - 1 & ~sum(1 << slot for slot in table.unavailable)
    return mask


def _holders(instance: Instance, grid: Grid, meeting: Meeting) -> list[int]:
    return [
        instance.meetings[holder].key
        for (slot, table), holder in grid.pools.reserved.items()
        if slot == meeting.slot and instance.tables[table].key in (meeting.table, instance.tables[table].key)
    ]


def _fixed_together(instance: Instance, grid: Grid) -> Iterator[Problem]:
    held: dict[tuple[int, int], list[int]] = defaultdict(list)
    for meeting in instance.meetings:
        if meeting.slot is not None and not meeting.optional:
            for person in meeting.people:
                held[person, meeting.slot].append(meeting.key)
    for (person, slot), keys in held.items():
        if len(keys) > 1:
            yield Problem(
                code=ProblemCode.FIXED_TOGETHER, meetings=tuple(keys), people=(person,), slots=(slot,)
            )


def _overfull_people(instance: Instance, grid: Grid) -> Iterator[Problem]:
    for n, person in enumerate(instance.people):
        required = [meeting for meeting in grid.meetings[n] if not grid.optional[meeting]]
        usable = 0
        for meeting in required:
            usable |= grid.allowed[meeting]
        have = sum(
            min(person.a_day if person.a_day is not None else grid.slots, (usable & day).bit_count())
            for day in grid.day_masks
        )
        if len(required) > have and all(grid.allowed[meeting] for meeting in required):
            yield Problem(
                code=ProblemCode.MORE_MEETINGS_THAN_SLOTS,
                people=(person.key,),
                meetings=tuple(instance.meetings[meeting].key for meeting in required),
                need=len(required),
                have=have,
            )


def _overfull_pools(grid: Grid) -> Iterator[Problem]:
    for pool, room in enumerate(grid.pools.room):
        inside = [n for n, pools in enumerate(grid.pools.of) if pool in pools and not grid.optional[n]]
        keys = tuple(grid.instance.meetings[n].key for n in inside)
        if len(inside) > sum(room):
            yield Problem(code=ProblemCode.TOO_FEW_TABLES, meetings=keys, need=len(inside), have=sum(room))
            continue
        only_here = Counter(grid.allowed[n] for n in inside if grid.allowed[n].bit_count() == 1)
        for mask, number in only_here.items():
            slot = mask.bit_length() - 1
            if number > room[slot]:
                yield Problem(
                    code=ProblemCode.TOO_FEW_TABLES_IN_SLOT,
                    meetings=tuple(grid.instance.meetings[n].key for n in inside if grid.allowed[n] == mask),
                    slots=(slot,),
                    need=number,
                    have=room[slot],
                )


def _pairs_twice(instance: Instance) -> Iterator[Problem]:
    seen: dict[frozenset[int], list[int]] = defaultdict(list)
    for meeting in instance.meetings:
        seen[frozenset(meeting.people)].append(meeting.key)
    for people, keys in seen.items():
        if len(keys) > 1:
            yield Problem(code=ProblemCode.PAIR_TWICE, meetings=tuple(keys), people=tuple(sorted(people)))
