"""The first plan: meetings one by one where they fit best, and room made by chains where none is left."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.kempe import Chain, find_chain, make_change, table_change
from matchmaking.scheduler.pools import positions
from matchmaking.scheduler.state import NOWHERE, State

BREAK_WEIGHT = 1.0
CROWD_WEIGHT = 0.5


def place_all(state: State, rng: Random, should_stop: Callable[[], bool]) -> None:
    """Place what can be placed, the hardest first, making room by chains of moves where it is needed."""
    waiting = []
    for n, meeting in enumerate(order_of_placing(state.grid, rng)):
        if n % 64 == 0 and should_stop():
            return
        if not place_directly(state, meeting, rng):
            waiting.append(meeting)
    for n, meeting in enumerate(waiting):
        if n % 4 == 0 and should_stop():
            return
        make_room(state, meeting, rng)


def order_of_placing(grid: Grid, rng: Random) -> list[int]:
    """Return meetings, those that must be placed and important ones first, then those with the least choice."""
    demand = [
        len(meetings) / max(free.bit_count(), 1)
        for meetings, free in zip(grid.meetings, grid.free, strict=True)
    ]
    return sorted(
        (n for n in range(len(grid.people)) if grid.allowed[n]),
        key=lambda n: (
            grid.optional[n],
            -grid.priority[n],
            not grid.pinned[n],
            -max(demand[person] for person in grid.people[n])
            + 0.3 * grid.allowed[n].bit_count() / grid.slots,
            rng.random(),
        ),
    )


def place_directly(state: State, meeting: int, rng: Random) -> bool:
    """Place the meeting where it adds the fewest breaks and crowds the tables least; tell whether it fitted."""
    choice = state.people_mask(meeting)
    if choice and state.grid.pools.of[meeting]:
        choice &= state.open_mask(meeting)
    if not choice:
        return False
    state.put(meeting, best_slot(state, meeting, choice, rng))
    return True


def best_slot(state: State, meeting: int, choice: int, rng: Random) -> int:
    """Return the slot of the mask with the least cost: breaks that it adds, and how full its tables are."""
    grid = state.grid
    days, slots = len(grid.days), grid.slots
    pool = grid.pools.of[meeting][0] * slots if grid.pools.of[meeting] else -1
    best, least = NOWHERE, float("inf")
    for slot in positions(choice):
        day = grid.day_of[slot]
        gaps, bit = state.gaps[day], state.bit[slot]
        cost = rng.random() * 0.1
        for person in grid.people[meeting]:
            mask = state.busy[person * days + day]
            cost += BREAK_WEIGHT * (gaps[mask | bit] - gaps[mask])
            if not mask:
                cost += 0.2
        if pool >= 0:
            cost += CROWD_WEIGHT * state.load[pool + slot] / state.room[pool + slot]
        if cost < least:
            best, least = slot, cost
    return best


def make_room(state: State, meeting: int, rng: Random) -> bool:
    """Place the meeting after chains of moves that free one slot for it; tell whether that went."""
    if place_directly(state, meeting, rng):
        return True
    grid = state.grid
    mask = grid.allowed[meeting]
    if not state.open_mask(meeting):
        return False  # all tables of all slots are taken: chains only exchange them
    if grid.has_order:
        mask &= state.order_mask(meeting)
    choice = list(positions(mask))
    rng.shuffle(choice)
    choice.sort(key=lambda slot: len(_blockers(state, meeting, slot)))
    for slot in choice:
        done: list[Chain] = []
        if _clear(state, meeting, slot, done, rng):
            state.put(meeting, slot)
            return True
        for chain in reversed(done):
            make_change(state, chain._replace(source=chain.target, target=chain.source))
    return False


def _blockers(state: State, meeting: int, slot: int) -> set[int]:
    grid = state.grid
    return {state.at[person * grid.slots + slot] for person in grid.people[meeting]} - {NOWHERE}


def _clear(state: State, meeting: int, slot: int, done: list[Chain], rng: Random) -> bool:
    """Move away what stands in the slot's way, noting the chains in ``done``; tell whether the slot is clear."""
    grid = state.grid
    mine = set(grid.people[meeting])
    while blockers := _blockers(state, meeting, slot):
        if len(done) > len(mine) or not _send_away(state, min(blockers), slot, mine, done, rng):
            return False
    if any(not state.free_mask(person) >> slot & 1 for person in mine):
        return False  # her limit of the day
    if grid.pools.of[meeting] and not state.open_mask(meeting) >> slot & 1:
        seated = [n for n in _seated_in(state, slot) if set(grid.pools.of[n]) & set(grid.pools.of[meeting])]
        rng.shuffle(seated)
        for other in seated[:30]:
            if _send_away(state, other, slot, mine, done, rng, fewer=True):
                break
        return bool(state.open_mask(meeting) >> slot & 1)
    return True


def _seated_in(state: State, slot: int) -> list[int]:
    return [n for n, place in enumerate(state.slot) if place == slot and state.grid.pools.of[n]]


def _send_away(
    state: State,
    other: int,
    slot: int,
    mine: set[int],
    done: list[Chain],
    rng: Random,
    *,
    fewer: bool = False,
) -> bool:
    """Move one meeting out of the slot without bringing any of ``mine`` into it; ``fewer``: and free a table."""
    targets = list(positions(state.grid.allowed[other] & ~(1 << slot)))
    rng.shuffle(targets)
    for target in targets:
        chain = find_chain(state, other, target)
        if chain is None or any(person in mine and not leaves for person, leaves in chain.ends):
            continue
        if fewer and not any(more > 0 for more in table_change(state, chain).values()):
            continue
        make_change(state, chain)
        done.append(chain)
        return True
    return False
