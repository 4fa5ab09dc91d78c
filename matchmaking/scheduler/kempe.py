"""Kempe chains: one meeting goes to another slot, and whoever stands in its way changes over too.

The meetings of two slots form a graph in which meetings that share a person are joined. Exchanging the slots
of one connected part of it never puts a person in two meetings. With meetings of two, a part is a path or a
ring, and only the people at a path's ends get other busy slots; everybody else just swaps two meetings.
"""

from __future__ import annotations

from typing import NamedTuple

from matchmaking.scheduler.state import NOWHERE, State

LONGEST = 60


class Chain(NamedTuple):
    """Meetings that exchange ``source`` and ``target``; ``ends`` are people and True where they leave the source."""

    source: int
    target: int
    meetings: list[int]
    ends: list[tuple[int, bool]]


def find_chain(state: State, meeting: int, target: int, longest: int = LONGEST) -> Chain | None:
    """Return the chain that takes the meeting to the target, or None where a rule or a table forbids it."""
    grid = state.grid
    slot, at, slots, people, allowed = state.slot, state.at, grid.slots, grid.people, grid.allowed
    source = slot[meeting]
    moved = [meeting]
    seen = {meeting}
    ends = []
    for each in moved:
        leaves = slot[each] == source
        there = target if leaves else source
        if not allowed[each] >> there & 1:
            return None
        for person in people[each]:
            other = at[person * slots + there]
            if other == NOWHERE:
                ends.append((person, leaves))
            elif other not in seen:
                if len(moved) >= longest:
                    return None
                seen.add(other)
                moved.append(other)
    chain = Chain(source, target, moved, ends)
    if not _tables_suffice(state, chain) or not _days_suffice(state, chain):
        return None
    if grid.has_order and not _keeps_order(state, chain, seen):
        return None
    return chain


def table_change(state: State, chain: Chain) -> dict[int, int]:
    """Return how many more meetings each pool gets in the target (and loses in the source)."""
    more: dict[int, int] = {}
    for each in chain.meetings:
        step = 1 if state.slot[each] == chain.source else -1
        for pool in state.grid.pools.of[each]:
            more[pool] = more.get(pool, 0) + step
    return more


def _tables_suffice(state: State, chain: Chain) -> bool:
    slots, load, room = state.grid.slots, state.load, state.room
    for pool, more in table_change(state, chain).items():
        if more:
            index = pool * slots + (chain.target if more > 0 else chain.source)
            if load[index] + abs(more) > room[index]:
                return False
    return True


def _days_suffice(state: State, chain: Chain) -> bool:
    grid = state.grid
    source, target = grid.day_of[chain.source], grid.day_of[chain.target]
    if source == target:
        return True
    for person, leaves in chain.ends:
        most = grid.a_day[person]
        day = target if leaves else source
        if most is not None and state.busy[person * len(grid.days) + day].bit_count() >= most:
            return False
    return True


def _keeps_order(state: State, chain: Chain, seen: set[int]) -> bool:
    def later_slot(meeting: int) -> int:
        slot = state.slot[meeting]
        if meeting not in seen:
            return slot
        return chain.target if slot == chain.source else chain.source

    for each in chain.meetings:
        here = later_slot(each)
        for earlier in state.grid.before[each]:
            if state.slot[earlier] != NOWHERE and later_slot(earlier) >= here:
                return False
        for later in state.grid.behind[each]:
            if state.slot[later] != NOWHERE and later_slot(later) <= here:
                return False
    return True


def breaks_after(state: State, chain: Chain, person: int, leaves: bool) -> int:
    """Return how many breaks more the person at an end of the chain has after it."""
    grid = state.grid
    source, target = (chain.source, chain.target) if leaves else (chain.target, chain.source)
    return slot_change(state, person, source, target, grid.day_of[source], grid.day_of[target])


def slot_change(state: State, person: int, source: int, target: int, source_day: int, target_day: int) -> int:
    """Return how many breaks more the person has when she meets in the target instead of the source."""
    index = person * len(state.grid.days)
    busy, gaps, bit = state.busy, state.gaps, state.bit
    before = busy[index + source_day]
    if source_day == target_day:
        return gaps[source_day][before ^ bit[source] ^ bit[target]] - gaps[source_day][before]
    other = busy[index + target_day]
    return (
        gaps[source_day][before ^ bit[source]]
        - gaps[source_day][before]
        + gaps[target_day][other ^ bit[target]]
        - gaps[target_day][other]
    )


def make_change(state: State, chain: Chain) -> None:
    """Carry the chain out."""
    grid = state.grid
    slots, days, slot, at = grid.slots, len(grid.days), state.slot, state.at
    source, target = chain.source, chain.target
    for pool, more in table_change(state, chain).items():
        state.load[pool * slots + target] += more
        state.load[pool * slots + source] -= more
    for person, leaves in chain.ends:
        one, other = (source, target) if leaves else (target, source)
        state.breaks[person] += breaks_after(state, chain, person, leaves)
        state.busy[person * days + grid.day_of[one]] ^= state.bit[one]
        state.busy[person * days + grid.day_of[other]] ^= state.bit[other]
        at[person * slots + one] = NOWHERE
    for each in chain.meetings:
        there = target if slot[each] == source else source
        slot[each] = there
        for person in grid.people[each]:
            at[person * slots + there] = each
