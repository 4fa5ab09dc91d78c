"""One person's day in clauses: how many of her slots are used so far, and how many breaks have begun.

Both are counted in unary from slot to slot, like the states of an automaton, so that a solver sees at once
what any choice leaves possible. The goal then is a handful of literals a person ("at least one break", "at
least two"), which makes short cores; a literal for each slot in which a break may lie makes long ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ortools.sat.python import cp_model

Literal = Any  # of CP-SAT: a variable, its negation, or a bool where the instance alone decides


def negated(literal: Literal) -> Literal:
    """Return the opposite."""
    return not literal if isinstance(literal, bool) else literal.negated()


def add_clause(cp: cp_model.CpModel, *literals: Literal) -> None:
    """Ask for one of the literals; what is decided already is left out."""
    if not any(literal is True for literal in literals):
        cp.add_bool_or([literal for literal in literals if literal is not False])


class Count:
    """The used slots of a person whose meetings all lie on one day.

    ``uses`` has a literal for each slot that she may use, ``allowed`` the mask of slots of each of her
    meetings. ``so_far[slot][k]`` says that she has used at least ``k`` slots up to and with ``slot``.
    """

    def __init__(
        self, cp: cp_model.CpModel, slots: int, uses: Mapping[int, Literal], allowed: Sequence[int]
    ) -> None:
        self.cp = cp
        self.slots = slots
        self.uses = uses
        self.number = len(allowed)
        self.so_far: list[list[Literal]] = []
        before: list[Literal] = [True] + [False] * self.number
        for slot in range(slots):
            before = self._row(slot, before, allowed)
            self.so_far.append(before)

    def _row(self, slot: int, before: Sequence[Literal], allowed: Sequence[int]) -> list[Literal]:
        used = self.uses.get(slot, False)
        past = (2 << slot) - 1
        to_come = sum(other > slot for other in self.uses)
        least = max(sum(not mask & ~past for mask in allowed), self.number - to_come)
        most = sum(bool(mask & past) for mask in allowed)
        row: list[Literal] = [True]
        for number in range(1, self.number + 1):
            here: Literal
            if number <= least or before[number] is True:
                here = True
            elif number > most:
                here = False
            else:
                here = before[number] if used is False else self.cp.new_bool_var("")
            row.append(here)
            self._link(here, before[number], before[number - 1], used)
        add_clause(self.cp, negated(before[self.number]), negated(used))
        return row

    def _link(self, here: Literal, there: Literal, one_less: Literal, used: Literal) -> None:
        """Say that a number is reached where it was before, or where one less was and the slot is used."""
        if here is there:
            return
        add_clause(self.cp, negated(there), here)
        add_clause(self.cp, negated(one_less), negated(used), here)
        add_clause(self.cp, negated(here), there, used)
        add_clause(self.cp, negated(here), one_less)

    def most_breaks(self) -> int:
        """Return how many breaks she could have at most."""
        if self.number < 2:
            return 0
        span = max(self.uses) - min(self.uses) + 1 if self.uses else 0
        return max(0, min(self.number - 1, span - self.number))

    def breaks(self, most: int) -> list[Literal]:
        """Return literals for at least 1, 2 … ``most`` breaks; she gets no more than that."""
        most = min(most, self.most_breaks())
        begun: list[Literal] = [True] + [False] * (most + 1)
        for slot in range(1, self.slots):
            begun = self._begun(slot, begun)
        for number in range(1, most + 1):
            add_clause(self.cp, negated(begun[number + 1]), begun[number])
        add_clause(self.cp, negated(begun[most + 1]))
        found = [each for each in begun[1 : most + 1] if each is not False]
        self._keep_together(found[0] if found else False)
        return found

    def _begun(self, slot: int, before: Sequence[Literal]) -> list[Literal]:
        """Count one more break where she met in the slot before, does not in this, and has not done."""
        last = self.uses.get(slot - 1, False)
        if last is False:
            return list(before)
        here, is_done = self.uses.get(slot, False), self.so_far[slot - 1][self.number]
        if is_done is True:
            return list(before)
        begins = self.cp.new_bool_var("")
        add_clause(self.cp, negated(last), here, is_done, begins)
        for needed in (last, negated(here), negated(is_done)):
            add_clause(self.cp, negated(begins), needed)
        row: list[Literal] = [True]
        for number in range(1, len(before)):
            if before[number - 1] is False:
                row.append(False)
                continue
            row.append(self.cp.new_bool_var(""))
            self._link(row[number], before[number], before[number - 1], begins)
        return row

    def _keep_together(self, has_break: Literal) -> None:
        """Say what follows without a break: each slot before is one less, all the way from her first meeting."""
        for slot in range(1, self.slots):
            now, before = self.so_far[slot], self.so_far[slot - 1]
            used = self.uses.get(slot, False)
            add_clause(self.cp, has_break, negated(before[min(1, self.number)]), before[self.number], used)
            for number in range(2, self.number + 1):
                add_clause(self.cp, has_break, negated(now[number]), before[number - 1])
                add_clause(self.cp, has_break, now[number], negated(before[number - 1]))
