"""Why a meeting has no place in a plan, as a code that pages put in words."""

from __future__ import annotations

from matchmaking.scheduler.grid import Grid, possible_slots
from matchmaking.scheduler.model import Lack, Unplaced
from matchmaking.scheduler.pools import positions
from matchmaking.scheduler.state import State


def explain(state: State) -> tuple[Unplaced, ...]:
    """Return, for each meeting without a place, what stands in its way in this plan."""
    return tuple(_explain(state, meeting) for meeting in state.unplaced())


def _explain(state: State, n: int) -> Unplaced:
    grid = state.grid
    meeting = grid.instance.meetings[n]
    people = grid.people[n]
    key = meeting.key
    every = (1 << grid.slots) - 1
    wanted = possible_slots(meeting, [grid.free[person] for person in people], every, grid.slots)
    if not wanted:
        return Unplaced(meeting=key, lack=Lack.NO_COMMON_SLOT, people=meeting.people)
    if not wanted & grid.pools.open_slots(n):
        return Unplaced(meeting=key, lack=Lack.NO_SUITABLE_TABLE, slots=tuple(positions(wanted)))
    if not grid.allowed[n]:
        return Unplaced(meeting=key, lack=Lack.ORDER, slots=tuple(positions(wanted)))
    full = tuple(_key(grid, person) for person in people if not state.free_mask(person) & grid.allowed[n])
    if full:
        return Unplaced(meeting=key, lack=Lack.PERSON_FULL, people=full)
    together = grid.allowed[n]
    for person in people:
        together &= state.free_mask(person)
    if not together:
        return Unplaced(meeting=key, lack=Lack.NEVER_FREE_TOGETHER, people=meeting.people)
    if not together & state.order_mask(n):
        return Unplaced(meeting=key, lack=Lack.ORDER, slots=tuple(positions(together)))
    return Unplaced(meeting=key, lack=Lack.NO_TABLE_FREE, slots=tuple(positions(together)))


def _key(grid: Grid, person: int) -> int:
    return grid.instance.people[person].key
