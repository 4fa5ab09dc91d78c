"""Fewer breaks by annealing: chains that begin at one person's change for the better, accepted by temperature.

Only the people at the ends of a chain of meetings of two change their busy slots. So a move is chosen by what
it does for the person at one end, from a table of changes that do her no harm, and judged by the other end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from matchmaking.scheduler.grid import Grid
from matchmaking.scheduler.kempe import LONGEST, breaks_after, find_chain, make_change, slot_change
from matchmaking.scheduler.state import NOWHERE, State

HOT, COLD = 0.3, 0.12  # in breaks; between them 500 people lose most breaks, whatever the size
UNFAIR = 3.0  # what a break above the fairness bound costs beyond the break itself
FOCUSED = 0.8  # share of moves that begin at somebody who has a break
ACROSS = 0.3  # share of moves from one day to another
LOOK_EVERY = 1024
MOST_OPTIONS = 50_000


class Options(NamedTuple):
    """What can be done to one day without harm: meetings to take out, to put in, and to shift within it.

    Each with the change of breaks; shifts that save a break stand in it three times, to be drawn more often.
    """

    out: list[tuple[int, int]]
    into: list[tuple[int, int]]
    shifts: list[tuple[int, int, int]]


class Move(NamedTuple):
    """A person's change of slot, and how many breaks more she has after it."""

    person: int
    source: int
    target: int
    change: int


class Annealing:
    """One descent from HOT to COLD in a set number of moves; ``best`` is the best plan met, as slots.

    Where it leads depends on the seed and the number of moves alone, unless it is stopped. ``fair`` is the
    most breaks a person should have; plans that keep it are better than those with fewer breaks.
    """

    def __init__(self, state: State, rng: Random, *, fair: int | None = None) -> None:
        self.state = state
        self.rng = rng
        self.fair = fair
        self.total = sum(state.breaks)
        self.unfair = sum(self._excess(breaks) for breaks in state.breaks)
        self.best_cost = (self.unfair, self.total)
        self.best = list(state.slot)
        self.partner_sum = [sum(people) for people in state.grid.people]
        self.is_plain = is_plain(state.grid)
        self.options: list[dict[int, Options]] = [{} for _day in state.grid.days]
        self.idle: list[int] = []  # people with breaks, in any order
        self.idle_at: dict[int, int] = {}
        for person in range(len(state.breaks)):
            self._note(person)

    def run(
        self, moves: int, should_stop: Callable[[], bool], on_best: Callable[[int], None], floor: int = 0
    ) -> bool:
        """Make that many moves; stop early at ``floor`` breaks or when asked; tell whether nobody asked.

        ``on_best`` hears of a new least number of breaks, at most once in LOOK_EVERY moves.
        """
        told = self.best_cost
        cooling = math.log(COLD / HOT) / max(moves, 1)
        carry_out = self._along_path if self.is_plain else self._along_chain
        random, log, pick = self.rng.random, math.log, self._pick
        temperature = HOT
        for count in range(moves):
            if count % LOOK_EVERY == 0:
                temperature = HOT * math.exp(cooling * count)
                if self.best_cost < told and not self.best_cost[0]:
                    told = self.best_cost
                    on_best(told[1])
                if should_stop():
                    return False
            if self.total <= floor and not self.unfair:
                break
            move = pick()
            if move is not None:
                carry_out(move, -temperature * log(random() + 1e-300))
        return True

    def _pick(self) -> Move | None:
        """Return a change that does one person no harm, or None when the draw gives none."""
        state, random = self.state, self.rng.random
        grid, idle = state.grid, self.idle
        number = len(grid.days)
        focused = idle and random() < FOCUSED
        person = idle[int(random() * len(idle))] if focused else int(random() * len(grid.free))
        day = int(random() * number)
        mask = state.busy[person * number + day]
        if not mask:
            return None
        first = grid.days[day][0]
        options = self.options[day].get(mask) or self._find_options(day, mask)
        if number > 1 and random() < ACROSS:
            other = (day + 1 + int(random() * (number - 1))) % number
            there = state.busy[person * number + other]
            into = (self.options[other].get(there) or self._find_options(other, there)).into
            if not into or not options.out:
                return None
            out, less = options.out[int(random() * len(options.out))]
            slot, more = into[int(random() * len(into))]
            move = Move(person, first + out, grid.days[other][0] + slot, less + more)
        elif options.shifts:
            out, slot, more = options.shifts[int(random() * len(options.shifts))]
            move = Move(person, first + out, first + slot, more)
        else:
            return None
        return move if grid.free[person] >> move.target & 1 else None

    def _find_options(self, day: int, mask: int) -> Options:
        gaps = self.state.gaps[day]
        now, length = gaps[mask], self.state.grid.days[day][1]
        after = [(slot, gaps[mask ^ 1 << slot] - now) for slot in range(length)]
        shifts = []
        for out in range(length):
            for slot in range(length):
                if mask >> out & 1 and not mask >> slot & 1:
                    change = gaps[mask ^ 1 << out ^ 1 << slot] - now
                    if change <= 0:
                        shifts += [(out, slot, change)] * (3 if change else 1)
        found = Options(
            [(slot, change) for slot, change in after if change <= 0 and mask >> slot & 1],
            [(slot, change) for slot, change in after if change <= 0 and not mask >> slot & 1],
            shifts,
        )
        if len(self.options[day]) >= MOST_OPTIONS:
            self.options[day].clear()
        self.options[day][mask] = found
        return found

    def _along_path(self, move: Move, most: float) -> None:
        """Judge and make a move where all meetings are of two and only count at one pool of tables."""
        state = self.state
        at, allowed, slots = state.at, state.grid.allowed, state.grid.slots
        person, source, target, change = move
        here, there = source, target
        meeting = at[person * slots + here]
        path: list[int] = []
        while True:
            if not allowed[meeting] >> there & 1 or len(path) >= LONGEST:
                return
            path.append(meeting)
            person = self.partner_sum[meeting] - person
            meeting = at[person * slots + there]
            if meeting == NOWHERE:
                break
            here, there = there, here
        one_more = len(path) & 1
        if one_more and state.load and state.load[target] >= state.room[target]:
            return
        day_of = state.grid.day_of
        more = slot_change(state, person, here, there, day_of[here], day_of[there])
        if change + more > most:
            return
        unfair = 0
        if self.fair is not None:
            unfair = self._more_unfair(move.person, change) + self._more_unfair(person, more)
            if change + more + UNFAIR * unfair > most:
                return
        if one_more and state.load:
            state.load[source] -= 1
            state.load[target] += 1
        self._swap(path, source, target)
        self._settle(move.person, source, target, change)
        self._settle(person, here, there, more)
        self._count(change + more, unfair)

    def _swap(self, path: list[int], source: int, target: int) -> None:
        state = self.state
        slot, at, slots, people = state.slot, state.at, state.grid.slots, state.grid.people
        for meeting in path:
            there = target if slot[meeting] == source else source
            slot[meeting] = there
            one, other = people[meeting]
            at[one * slots + there] = meeting
            at[other * slots + there] = meeting

    def _settle(self, person: int, source: int, target: int, change: int) -> None:
        """Note that the person at an end left one slot for another."""
        state = self.state
        grid = state.grid
        index = person * len(grid.days)
        state.at[person * grid.slots + source] = NOWHERE
        state.busy[index + grid.day_of[source]] ^= state.bit[source]
        state.busy[index + grid.day_of[target]] ^= state.bit[target]
        if change:
            state.breaks[person] += change
            self._note(person)

    def _along_chain(self, move: Move, most: float) -> None:
        """Judge and make a move in any instance."""
        state = self.state
        meeting = state.at[move.person * state.grid.slots + move.source]
        chain = find_chain(state, meeting, move.target)
        if chain is None:
            return
        change, unfair = 0, 0
        for person, leaves in chain.ends:
            more = breaks_after(state, chain, person, leaves)
            change += more
            unfair += self._more_unfair(person, more)
        if change + UNFAIR * unfair > most:
            return
        make_change(state, chain)
        for person, _leaves in chain.ends:
            self._note(person)
        self._count(change, unfair)

    def _count(self, change: int, unfair: int) -> None:
        self.total += change
        self.unfair += unfair
        if (self.unfair, self.total) < self.best_cost:
            self.best_cost = (self.unfair, self.total)
            self.best = list(self.state.slot)

    def _excess(self, breaks: int) -> int:
        return 0 if self.fair is None else max(0, breaks - self.fair)

    def _more_unfair(self, person: int, change: int) -> int:
        if self.fair is None or not change:
            return 0
        before = self.state.breaks[person]
        return self._excess(before + change) - self._excess(before)

    def _note(self, person: int) -> None:
        """Keep the list of people with breaks."""
        if self.state.breaks[person]:
            if person not in self.idle_at:
                self.idle_at[person] = len(self.idle)
                self.idle.append(person)
        elif person in self.idle_at:
            place = self.idle_at.pop(person)
            last = self.idle.pop()
            if last != person:
                self.idle[place] = last
                self.idle_at[last] = place


def is_plain(grid: Grid) -> bool:
    """Tell whether every chain is a path of meetings of two at equal tables, without order and limits."""
    movable = {grid.pools.of[n] for n, mask in enumerate(grid.allowed) if mask.bit_count() > 1}
    return (
        all(len(people) == 2 for people in grid.people)
        and movable <= {(0,)} | ({()} if not grid.pools.room else set())
        and not grid.has_order
        and all(most is None for most in grid.a_day)
    )
