"""Judges a plan without trusting who made it: shares nothing with the solvers but the data classes."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matchmaking.scheduler.model import Instance, Meeting, Person, Place, Plan, Table


class FaultCode(StrEnum):
    """How a plan breaks a rule."""

    UNKNOWN_MEETING = "unknown_meeting"
    UNKNOWN_SLOT = "unknown_slot"
    UNKNOWN_TABLE = "unknown_table"
    MISSING = "missing"  # not optional and not placed
    PERSON_TWICE = "person_twice"
    TABLE_TWICE = "table_twice"
    PERSON_UNAVAILABLE = "person_unavailable"
    TABLE_UNAVAILABLE = "table_unavailable"
    TABLE_UNFIT = "table_unfit"
    NO_TABLE = "no_table"
    TABLE_FOR_REMOTE = "table_for_remote"
    SLOT_NOT_WISHED = "slot_not_wished"
    MOVED_FROM_FIXED_SLOT = "moved_from_fixed_slot"
    MOVED_FROM_FIXED_TABLE = "moved_from_fixed_table"
    OUT_OF_ORDER = "out_of_order"
    TOO_MANY_A_DAY = "too_many_a_day"
    UNFAIR = "unfair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One broken rule and whom it touches."""

    code: FaultCode
    meetings: tuple[int, ...] = ()
    person: int | None = None
    slot: int | None = None
    table: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All broken rules of a plan and its measures; ``breaks_by_person`` holds people with at least one."""

    faults: tuple[Fault, ...]
    placed: int
    lost: int
    breaks: int
    max_difference: int
    table_changes: int
    breaks_by_person: dict[int, int]

    @property
    def is_valid(self) -> bool:
        """Tell whether no rule is broken."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Facts:
    slots: frozenset[int]
    people: dict[int, Person]
    tables: dict[int, Table]


def verify(instance: Instance, plan: Plan) -> Verdict:
    """Return every rule that the plan breaks and what it costs."""
    facts = _Facts(
        slots=frozenset(slot for day in instance.days for slot in day),
        people={person.key: person for person in instance.people},
        tables={table.key: table for table in instance.tables},
    )
    meetings = {meeting.key: meeting for meeting in instance.meetings}
    known = {key: place for key, place in plan.places.items() if key in meetings}
    faults = [
        Fault(code=FaultCode.UNKNOWN_MEETING, meetings=(key,))
        for key in sorted(plan.places.keys() - known.keys())
    ]
    for key, meeting in meetings.items():
        faults.extend(_faults_of_meeting(facts, meeting, known.get(key)))
    faults.extend(_faults_of_order(meetings, known))
    faults.extend(_clashes(meetings, known))
    faults.extend(_faults_of_days(instance, known, meetings))
    breaks = count_breaks(instance, plan)
    difference = max(breaks.values(), default=0) - min(breaks.values(), default=0)
    if instance.max_break_difference is not None and difference > instance.max_break_difference:
        faults.append(Fault(code=FaultCode.UNFAIR))
    return Verdict(
        faults=tuple(faults),
        placed=len(known),
        lost=sum(meeting.priority for key, meeting in meetings.items() if key not in known),
        breaks=sum(breaks.values()),
        max_difference=difference,
        table_changes=count_table_changes(instance, plan),
        breaks_by_person={person: number for person, number in breaks.items() if number},
    )


def count_breaks(instance: Instance, plan: Plan) -> dict[int, int]:
    """Return each person's breaks: runs of idle slots between her first and last meeting of a day."""
    busy = _slots_of_people(instance, plan)
    found = {}
    for person in instance.people:
        total = 0
        for day in instance.days:
            positions = [n for n, slot in enumerate(day) if slot in busy[person.key]]
            total += sum(1 for a, b in itertools.pairwise(positions) if b - a > 1)
        found[person.key] = total
    return found


def count_table_changes(instance: Instance, plan: Plan) -> int:
    """Return how often people go to another table from one meeting at a table to her next of the day."""
    at: dict[int, dict[int, int]] = defaultdict(dict)
    for meeting in instance.meetings:
        place = plan.places.get(meeting.key)
        if place is not None and place.table is not None:
            for person in meeting.people:
                at[person][place.slot] = place.table
    changes = 0
    for tables in at.values():
        for day in instance.days:
            visited = [tables[slot] for slot in day if slot in tables]
            changes += sum(1 for a, b in itertools.pairwise(visited) if a != b)
    return changes


def _slots_of_people(instance: Instance, plan: Plan) -> dict[int, set[int]]:
    busy: dict[int, set[int]] = defaultdict(set)
    for meeting in instance.meetings:
        place = plan.places.get(meeting.key)
        if place is not None:
            for person in meeting.people:
                busy[person].add(place.slot)
    return busy


def _faults_of_meeting(facts: _Facts, meeting: Meeting, place: Place | None) -> Iterator[Fault]:
    key = (meeting.key,)
    if place is None:
        if not meeting.optional:
            yield Fault(code=FaultCode.MISSING, meetings=key)
        return
    slot = place.slot
    if slot not in facts.slots:
        yield Fault(code=FaultCode.UNKNOWN_SLOT, meetings=key, slot=slot)
    if meeting.slot is not None and meeting.slot != slot:
        yield Fault(code=FaultCode.MOVED_FROM_FIXED_SLOT, meetings=key, slot=slot)
    if meeting.slots is not None and slot not in meeting.slots:
        yield Fault(code=FaultCode.SLOT_NOT_WISHED, meetings=key, slot=slot)
    for person in meeting.people:
        if slot in facts.people[person].unavailable:
            yield Fault(code=FaultCode.PERSON_UNAVAILABLE, meetings=key, person=person, slot=slot)
    yield from _faults_of_table(facts, meeting, place)


def _faults_of_table(facts: _Facts, meeting: Meeting, place: Place) -> Iterator[Fault]:
    key = (meeting.key,)
    if meeting.remote or place.table is None:
        if meeting.remote and place.table is not None:
            yield Fault(code=FaultCode.TABLE_FOR_REMOTE, meetings=key, table=place.table)
        if not meeting.remote:
            yield Fault(code=FaultCode.NO_TABLE, meetings=key, slot=place.slot)
        return
    if meeting.table is not None and meeting.table != place.table:
        yield Fault(code=FaultCode.MOVED_FROM_FIXED_TABLE, meetings=key, table=place.table)
    table = facts.tables.get(place.table)
    if table is None:
        yield Fault(code=FaultCode.UNKNOWN_TABLE, meetings=key, table=place.table)
        return
    yield from _faults_of_known_table(meeting, place, table)


def _faults_of_known_table(meeting: Meeting, place: Place, table: Table) -> Iterator[Fault]:
    if place.slot in table.unavailable:
        yield Fault(
            code=FaultCode.TABLE_UNAVAILABLE, meetings=(meeting.key,), slot=place.slot, table=table.key
        )
    if not meeting.needs <= table.features:
        yield Fault(code=FaultCode.TABLE_UNFIT, meetings=(meeting.key,), table=table.key)


def _faults_of_order(meetings: dict[int, Meeting], known: dict[int, Place]) -> Iterator[Fault]:
    for key, place in known.items():
        for earlier in meetings[key].after:
            if earlier in known and known[earlier].slot >= place.slot:
                yield Fault(code=FaultCode.OUT_OF_ORDER, meetings=(earlier, key))


def _clashes(meetings: dict[int, Meeting], known: dict[int, Place]) -> Iterator[Fault]:
    people: dict[tuple[int, int], list[int]] = defaultdict(list)
    tables: dict[tuple[int, int], list[int]] = defaultdict(list)
    for key, place in known.items():
        for person in meetings[key].people:
            people[person, place.slot].append(key)
        if place.table is not None:
            tables[place.table, place.slot].append(key)
    for (person, slot), keys in people.items():
        if len(keys) > 1:
            yield Fault(code=FaultCode.PERSON_TWICE, meetings=tuple(keys), person=person, slot=slot)
    for (table, slot), keys in tables.items():
        if len(keys) > 1:
            yield Fault(code=FaultCode.TABLE_TWICE, meetings=tuple(keys), table=table, slot=slot)


def _faults_of_days(
    instance: Instance, known: dict[int, Place], meetings: dict[int, Meeting]
) -> Iterator[Fault]:
    day_of = {slot: number for number, day in enumerate(instance.days) for slot in day}
    held = Counter(
        (person, day_of.get(place.slot)) for key, place in known.items() for person in meetings[key].people
    )
    for person in instance.people:
        if person.a_day is None:
            continue
        for number in range(len(instance.days)):
            if held[person.key, number] > person.a_day:
                yield Fault(code=FaultCode.TOO_MANY_A_DAY, person=person.key)
