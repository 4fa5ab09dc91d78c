"""Who meets whom, counted by groups: a matrix as numbers and as the geometry of a picture; plain data.

Lengths are in units of the drawing, whose origin is at the top left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CELL, EDGE = 40, 64
MOST = 20  # groups drawn each; what is beyond goes together
LEVELS = 5


@dataclass(frozen=True, slots=True)
class Square:
    """A cell: where it is, how dark (0 nothing, LEVELS the most), and what it says."""

    x: int
    y: int
    level: int
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """A number or letter at the edge."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Groups in order, counts by their positions, and the picture of it."""

    names: Sequence[str]
    rows: Sequence[Sequence[int]]
    squares: Sequence[Square]
    labels: Sequence[Label]
    size: int

    @property
    def total(self) -> int:
        """How many there are, each pair once."""
        return sum(self.rows[a][b] for a in range(len(self.names)) for b in range(a, len(self.names)))

    @property
    def lines(self) -> list[tuple[int, str, Sequence[int], int]]:
        """Number, name, counts and sum of each row, for the table beside the picture."""
        return [(n + 1, name, self.rows[n], sum(self.rows[n])) for n, name in enumerate(self.names)]


def matrix_of(pairs: Mapping[tuple[str, str], int], *, others: str) -> Matrix:
    """Return the symmetric matrix of unordered pairs of groups; beyond MOST groups the smallest go to ``others``."""
    sums: Counter[str] = Counter()
    for (one, other), count in pairs.items():
        sums[one] += count
        if other != one:
            sums[other] += count
    names = [name for name, _sum in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]
    if len(names) > MOST:
        names = [*names[: MOST - 1], others]
    position = {name: n for n, name in enumerate(names)}
    rows = [[0] * len(names) for _name in names]
    for (one, other), count in pairs.items():
        a, b = (position.get(name, len(names) - 1) for name in (one, other))
        rows[a][b] += count
        if a != b:
            rows[b][a] += count
    most = max((max(row) for row in rows), default=0)
    squares = [
        Square(
            EDGE + CELL * b, EDGE + CELL * a, _level(count, most), count, f"{names[a]} – {names[b]}: {count}"
        )
        for a, row in enumerate(rows)
        for b, count in enumerate(row)
    ]
    labels = [
        *(Label(EDGE + CELL * n + CELL // 2, EDGE - 12, str(n + 1)) for n in range(len(names))),
        *(Label(EDGE - 16, EDGE + CELL * n + CELL // 2, str(n + 1)) for n in range(len(names))),
    ]
    return Matrix(names, rows, squares, labels, EDGE + CELL * len(names) + 4)


def _level(count: int, most: int) -> int:
    return 0 if not count else max(1, -(-count * LEVELS // most))
