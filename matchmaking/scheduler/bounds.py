"""What no plan can do better, shown to organisers before and while a plan is sought.

Slots needed: with meetings of two, a plan is an edge colouring. Between two sides that only meet the other one
it takes as many slots as the busiest person has meetings (König); otherwise perhaps one more (Vizing).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from matchmaking.scheduler.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """``placeable`` is the most meetings that could be placed, ``lost`` the least priority that must be.

    ``slots_needed`` is how many slots all meetings take at least, were everybody free and every slot like the
    best one; ``two_sided`` tells whether people fall into two sides that only meet the other one.
    """

    meetings: int
    placeable: int
    lost: int
    slots_needed: int
    slots_enough: int | None
    two_sided: bool
    busiest: int
    seats: int


def find_bounds(grid: Grid) -> Bounds:
    """Return what follows from counting alone."""
    degrees = [len(meetings) for meetings in grid.meetings]
    busiest = max(degrees, default=0)
    best_slot = max(
        (sum(mask >> slot & 1 for mask in grid.pools.open) for slot in range(grid.slots)), default=0
    )
    seated = sum(bool(pools) for pools in grid.pools.of)
    full = -(-seated // best_slot) if best_slot else 0
    pairs = all(len(people) == 2 for people in grid.people)
    two_sided = pairs and _is_two_sided(grid)
    placeable, lost = most_placeable(grid)
    needed = max(busiest, full)
    return Bounds(
        meetings=len(grid.people),
        placeable=placeable,
        lost=lost,
        slots_needed=needed,
        slots_enough=max(busiest if two_sided else busiest + 1, full) if pairs else None,
        two_sided=two_sided,
        busiest=busiest,
        seats=sum(mask.bit_count() for mask in grid.pools.open) + len(grid.pools.reserved),
    )


def most_placeable(grid: Grid) -> tuple[int, int]:
    """Return the most meetings and the least lost priority that people's slots and tables each would allow."""
    dead = [n for n, mask in enumerate(grid.allowed) if not mask]
    alive = [n for n, mask in enumerate(grid.allowed) if mask]
    lost = sum(grid.priority[n] for n in dead)
    by_seats = _cut_by_seats(grid, alive)
    by_people = _cut_by_people(grid, alive)
    return len(alive) - max(by_seats[0], by_people[0]), lost + max(by_seats[1], by_people[1])


def _cut_by_seats(grid: Grid, alive: list[int]) -> tuple[int, int]:
    most = (0, 0)
    for pool, room in enumerate(grid.pools.room):
        inside = sorted(grid.priority[n] for n in alive if pool in grid.pools.of[n])
        over = max(0, len(inside) - sum(room))
        most = (max(most[0], over), max(most[1], sum(inside[:over])))
    return most


def _cut_by_people(grid: Grid, alive: list[int]) -> tuple[int, int]:
    """Count what each person has too many of; a meeting of k people may be the surplus of all of them."""
    living = set(alive)
    largest = max((len(people) for people in grid.people), default=2)
    number, worth = 0, 0.0
    for person, meetings in enumerate(grid.meetings):
        mine = sorted(grid.priority[n] for n in meetings if n in living)
        most = grid.a_day[person]
        have = sum(
            min((grid.free[person] & day).bit_count(), grid.slots if most is None else most)
            for day in grid.day_masks
        )
        over = max(0, len(mine) - have)
        number += over
        worth += sum(mine[:over])
    return -(-number // largest), -int(-worth // largest)


def _is_two_sided(grid: Grid) -> bool:
    side: dict[int, bool] = {}
    for first in range(len(grid.free)):
        if first in side:
            continue
        side[first] = True
        queue = deque([first])
        while queue:
            person = queue.popleft()
            for meeting in grid.meetings[person]:
                for other in grid.people[meeting]:
                    if other == person:
                        continue
                    if other not in side:
                        side[other] = not side[person]
                        queue.append(other)
                    elif side[other] == side[person]:
                        return False
    return True
