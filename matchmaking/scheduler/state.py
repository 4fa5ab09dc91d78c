"""A plan in the making: who is where, counted so that one move is judged and made in microseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matchmaking.scheduler.grid import Grid, breaks_by_mask

NOWHERE = -1


class State:
    """Slots of meetings and what follows from them; tables are given out later, only their number counts here.

    Flat lists, read by the search without a call: ``at[person * slots + slot]`` is the meeting there or
    NOWHERE, ``busy[person * days + day]`` the mask of that day, ``load[pool * slots + slot]`` how many are
    there, ``breaks[person]`` hers on all days.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        people, days = len(grid.free), len(grid.days)
        self.slot = [NOWHERE] * len(grid.people)
        self.at = [NOWHERE] * (people * grid.slots)
        self.busy = [0] * (people * days)
        self.breaks = [0] * people
        self.load = [0] * (len(grid.pools.room) * grid.slots)
        self.room = [number for room in grid.pools.room for number in room]
        self.bit = [1 << slot - grid.days[day][0] for slot, day in enumerate(grid.day_of)]
        self.gaps: list[Sequence[int]] = []
        for _first, length in grid.days:
            same = next(
                (n for n, (_f, other) in enumerate(grid.days[: len(self.gaps)]) if other == length), None
            )
            self.gaps.append(breaks_by_mask(length) if same is None else self.gaps[same])

    def free_mask(self, person: int) -> int:
        """Return the slots in which the person could take one more meeting."""
        grid = self.grid
        days = len(grid.days)
        mask = grid.free[person]
        most = grid.a_day[person]
        for day, (first, length) in enumerate(grid.days):
            held = self.busy[person * days + day]
            if most is not None and held.bit_count() >= most:
                mask &= ~(((1 << length) - 1) << first)
            else:
                mask &= ~(held << first)
        return mask

    def open_mask(self, meeting: int) -> int:
        """Return the slots in which every pool of the meeting has a table left."""
        slots = self.grid.slots
        mask = (1 << slots) - 1
        for pool in self.grid.pools.of[meeting]:
            start = pool * slots
            for slot in range(slots):
                if self.load[start + slot] >= self.room[start + slot]:
                    mask &= ~(1 << slot)
        return mask

    def order_mask(self, meeting: int) -> int:
        """Return the slots that lie behind all meetings it follows and before all that follow it."""
        mask = (1 << self.grid.slots) - 1
        for earlier in self.grid.before[meeting]:
            if self.slot[earlier] != NOWHERE:
                mask &= ~((2 << self.slot[earlier]) - 1)
        for later in self.grid.behind[meeting]:
            if self.slot[later] != NOWHERE:
                mask &= (1 << self.slot[later]) - 1
        return mask

    def people_mask(self, meeting: int) -> int:
        """Return the allowed slots in which all its people are free and its order is kept."""
        mask = self.grid.allowed[meeting]
        for person in self.grid.people[meeting]:
            mask &= self.free_mask(person)
        if self.grid.before[meeting] or self.grid.behind[meeting]:
            mask &= self.order_mask(meeting)
        return mask

    def put(self, meeting: int, slot: int) -> None:
        """Place a meeting that is nowhere; the caller has made sure that it fits."""
        grid = self.grid
        self.slot[meeting] = slot
        day, days = grid.day_of[slot], len(grid.days)
        for person in grid.people[meeting]:
            self.at[person * grid.slots + slot] = meeting
            self._turn(person, day, days, self.bit[slot])
        for pool in grid.pools.of[meeting]:
            self.load[pool * grid.slots + slot] += 1

    def take(self, meeting: int) -> int:
        """Take a placed meeting out and return the slot it had."""
        grid = self.grid
        slot = self.slot[meeting]
        self.slot[meeting] = NOWHERE
        day, days = grid.day_of[slot], len(grid.days)
        for person in grid.people[meeting]:
            self.at[person * grid.slots + slot] = NOWHERE
            self._turn(person, day, days, self.bit[slot])
        for pool in grid.pools.of[meeting]:
            self.load[pool * grid.slots + slot] -= 1
        return slot

    def _turn(self, person: int, day: int, days: int, bit: int) -> None:
        index = person * days + day
        mask = self.busy[index]
        gaps = self.gaps[day]
        self.breaks[person] += gaps[mask ^ bit] - gaps[mask]
        self.busy[index] = mask ^ bit

    def lost(self) -> int:
        """Return the priorities of meetings without a place, added up."""
        return sum(
            priority for priority, slot in zip(self.grid.priority, self.slot, strict=True) if slot == NOWHERE
        )

    def unplaced(self) -> list[int]:
        """Return the meetings without a place, the most important first."""
        grid = self.grid
        found = [n for n, slot in enumerate(self.slot) if slot == NOWHERE]
        return sorted(found, key=lambda n: (grid.optional[n], -grid.priority[n], n))

    def restore(self, slots: Iterable[int]) -> None:
        """Go to another plan of the same instance, given as the slot of each meeting."""
        wanted = list(slots)
        changed = [n for n, (a, b) in enumerate(zip(self.slot, wanted, strict=True)) if a != b]
        for n in changed:
            if self.slot[n] != NOWHERE:
                self.take(n)
        for n in changed:
            if wanted[n] != NOWHERE:
                self.put(n, wanted[n])
