"""A model of CP-SAT as plain clauses, for a solver that knows nothing else; both then speak of the same plans.

Literals are numbers as in the DIMACS form: variable n of the model is n + 1, its opposite the negative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

HEAVIEST = 8


class NotOfBooleans(ValueError):
    """The model has something that is no clause and no count of literals."""


class Formula:
    """The clauses of a model; ``goal`` are the literals whose number it minimises."""

    def __init__(self, cp: cp_model.CpModel) -> None:
        proto = cp.proto
        self.variables = len(proto.variables)
        if any(list(variable.domain) not in ([0, 1], [0, 0], [1, 1]) for variable in proto.variables):
            raise NotOfBooleans("a variable has more than two values")
        self.clauses: list[list[int]] = []
        for number, variable in enumerate(proto.variables):
            if variable.domain[0] == variable.domain[1]:
                self.clauses.append([number + 1 if variable.domain[0] else -number - 1])
        for constraint in proto.constraints:
            self._add(constraint)
        self.goal = list(_literals(proto.objective.vars))
        if any(coefficient != 1 for coefficient in proto.objective.coeffs) or proto.objective.offset:
            raise NotOfBooleans("the goal is no count of literals")

    def counted(self, literals: Sequence[int], most: int) -> list[int]:
        """Return literals that follow from at least 1, 2 … ``most`` + 1 of ``literals``: a totalizer."""
        if len(literals) < 2:
            return list(literals)
        half = len(literals) // 2
        left, right = self.counted(literals[:half], most), self.counted(literals[half:], most)
        found = [self._new() for _number in range(min(len(left) + len(right), most + 1))]
        for one in range(len(left) + 1):
            for other in range(len(right) + 1):
                number = min(one + other, most + 1)
                if number:
                    given = [-left[one - 1]] * bool(one) + [-right[other - 1]] * bool(other)
                    self.clauses.append([*given, found[number - 1]])
        return found

    def _new(self) -> int:
        self.variables += 1
        return self.variables

    def _add(self, constraint: Any) -> None:
        unless = [-literal for literal in _literals(constraint.enforcement_literal)]
        if constraint.has_bool_or():
            self.clauses.append([*unless, *_literals(constraint.bool_or.literals)])
        elif constraint.has_bool_and():
            self.clauses += [[*unless, literal] for literal in _literals(constraint.bool_and.literals)]
        elif unless:
            raise NotOfBooleans("a count holds on a condition")
        elif constraint.has_exactly_one():
            literals = list(_literals(constraint.exactly_one.literals))
            self.clauses += [literals, *_no_two(literals)]
        elif constraint.has_at_most_one():
            self.clauses += _no_two(list(_literals(constraint.at_most_one.literals)))
        elif constraint.has_linear():
            self._add_count(constraint.linear)
        else:
            raise NotOfBooleans("a constraint is neither a clause nor a count")

    def _add_count(self, linear: Any) -> None:
        literals: list[int] = []
        shift = 0
        for variable, coefficient in zip(_literals(linear.vars), linear.coeffs, strict=True):
            if abs(coefficient) > HEAVIEST:
                raise NotOfBooleans("a count has weights")
            # The same literal stands there twice where it speaks for two people who meet nobody else.
            literals += [variable if coefficient > 0 else -variable] * abs(coefficient)
            shift += max(0, -coefficient)  # -x is (not x) - 1
        if len(linear.domain) != 2:
            raise NotOfBooleans("a count has a gap")
        self._at_most(literals, linear.domain[1] + shift)
        self._at_most([-literal for literal in literals], len(literals) - linear.domain[0] - shift)

    def _at_most(self, literals: Sequence[int], most: int) -> None:
        if most < 0:
            self.clauses.append([])
        elif most < len(literals):
            self.clauses.append([-self.counted(literals, most)[most]])


def _literals(numbers: Iterable[int]) -> Iterator[int]:
    """Yield the literals that CP-SAT numbers n and, for the opposite, -n - 1."""
    return (number + 1 if number >= 0 else number for number in numbers)


def _no_two(literals: Sequence[int]) -> list[list[int]]:
    return [[-one, -other] for one, other in combinations(literals, 2)]
