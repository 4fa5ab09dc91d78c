"""Fewer breaks by annealing: chains that begin at a person with a break, accepted by cost and temperature."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from matchmaking.scheduler.kempe import Chain, breaks_after, find_chain, make_change, slot_change
from matchmaking.scheduler.state import State

HOT, COLD = 0.5, 0.12
UNFAIR = 3.0  # what a break above the fairness bound costs beyond the break itself
FOCUSED = 0.8  # share of moves that begin at somebody who has a break
REPORT_EVERY = 2048


class Annealing:
    """One descent from HOT to COLD in a set number of moves; ``best`` is the best plan met, as slots.

    The plan it leads to depends on the seed and the number of moves alone, unless it is stopped.
    """

    def __init__(self, state: State, rng: Random, *, fair: int | None = None) -> None:
        self.state = state
        self.rng = rng
        self.fair = fair
        self.total = sum(state.breaks)
        self.unfair = sum(self._excess(breaks) for breaks in state.breaks)
        self.best_cost = (self.unfair, self.total)
        self.best = list(state.slot)
        self.idle: list[int] = []  # people with breaks, in any order
        self.idle_at: dict[int, int] = {}
        self.movable = [
            person
            for person, meetings in enumerate(state.grid.meetings)
            if any(state.slot[n] >= 0 and state.grid.allowed[n].bit_count() > 1 for n in meetings)
        ]
        self.bits: dict[int, Sequence[int]] = {}
        for person in range(len(state.breaks)):
            self._note(person)

    def run(
        self, moves: int, should_stop: Callable[[], bool], on_best: Callable[[int], None], *, floor: int = 0
    ) -> bool:
        """Make that many moves; stop early at ``floor`` breaks or when asked; tell whether all were made.

        ``on_best`` hears of each new least number of breaks, at most once in REPORT_EVERY moves.
        """
        told = self.best_cost
        cooling = math.log(COLD / HOT) / max(moves, 1)
        temperature = HOT
        for move in range(moves):
            if move % REPORT_EVERY == 0:
                temperature = HOT * math.exp(cooling * move)
                if self.best_cost < told and not self.best_cost[0]:
                    told = self.best_cost
                    on_best(told[1])
                if should_stop():
                    return False
            if self.total <= floor and not self.unfair:
                return True
            self._move(temperature)
        return True

    def _move(self, temperature: float) -> None:
        state, random = self.state, self.rng.random
        grid = state.grid
        if self.idle and random() < FOCUSED:
            person = self.idle[int(random() * len(self.idle))]
        else:
            person = self.movable[int(random() * len(self.movable))]
        meetings = grid.meetings[person]
        meeting = meetings[int(random() * len(meetings))]
        source = state.slot[meeting]
        if source < 0:
            return
        choice = grid.allowed[meeting] & self._near(person)
        if not choice:
            return
        targets = self.bits.get(choice) or self._bits(choice)
        target = targets[int(random() * len(targets))]
        change = slot_change(state, person, source, target, grid.day_of[source], grid.day_of[target])
        most = -temperature * math.log(random() + 1e-300)
        if change - 1 > most:  # the other end gains a break less at best, mostly
            return
        chain = find_chain(state, meeting, target)
        if chain is not None:
            self._judge(chain, most)

    def _near(self, person: int) -> int:
        """Return free slots beside the person's meetings or between them, and those of days without any."""
        state = self.state
        days = state.grid.days
        near = 0
        index = person * len(days)
        for day, (first, length) in enumerate(days):
            mask = state.busy[index + day]
            full = (1 << length) - 1
            near |= ((mask << 1 | mask >> 1) & ~mask & full if mask else full) << first
        return near

    def _bits(self, mask: int) -> Sequence[int]:
        if len(self.bits) > 200_000:
            self.bits.clear()
        found = tuple(n for n in range(mask.bit_length()) if mask >> n & 1)
        self.bits[mask] = found
        return found

    def _judge(self, chain: Chain, most: float) -> None:
        state = self.state
        change, unfair = 0, 0
        for person, leaves in chain.ends:
            more = breaks_after(state, chain, person, leaves)
            change += more
            if self.fair is not None and more:
                before = state.breaks[person]
                unfair += self._excess(before + more) - self._excess(before)
        if change + UNFAIR * unfair > most:
            return
        make_change(state, chain)
        self.total += change
        self.unfair += unfair
        for person, _leaves in chain.ends:
            self._note(person)
        if (self.unfair, self.total) < self.best_cost:
            self.best_cost = (self.unfair, self.total)
            self.best = list(state.slot)

    def _excess(self, breaks: int) -> int:
        return 0 if self.fair is None else max(0, breaks - self.fair)

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
