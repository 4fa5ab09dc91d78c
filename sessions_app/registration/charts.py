"""Stacked bars as plain geometry: pages draw them as SVG, with classes for colours and no script.

Lengths are in units of the drawing, whose origin is at the top left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 220.0
LEFT, BOTTOM, TOP = 40.0, 26.0, 8.0
WIDEST_BAR = 48.0
LABEL = 58.0  # so much room a label under the bars needs


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar; ``hue`` is 1 to 8, ``text`` says it in words."""

    x: str
    y: str
    width: str
    height: str
    hue: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label and where it stands."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything a drawing needs."""

    pieces: Sequence[Piece]
    lines: Sequence[Mark]
    labels: Sequence[Mark]
    width: str = "720"
    height: str = "220"
    left: str = "40"


@dataclass(frozen=True, slots=True)
class Series:
    """What is counted in one colour: one number for each bar."""

    name: str
    hue: int
    values: Sequence[int]

    @property
    def total(self) -> int:
        """The sum over all bars."""
        return sum(self.values)


def stacked(labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """Return bars, one for each label, in which the series stand one upon the other."""
    sums = [sum(one.values[i] for one in series) for i in range(len(labels))]
    step, top = scale(max(sums, default=0))
    unit = (HEIGHT - TOP - BOTTOM) / top
    room = (WIDTH - LEFT) / max(len(labels), 1)
    width = min(room * 0.8, WIDEST_BAR)
    floor = HEIGHT - BOTTOM
    pieces = []
    for i, label in enumerate(labels):
        y = floor
        x = LEFT + room * i + (room - width) / 2
        for one in series:
            height = one.values[i] * unit
            if height:
                y -= height
                text = f"{label}, {one.name}: {one.values[i]}"
                pieces.append(Piece(_n(x), _n(y), _n(width), _n(height), one.hue, text))
    lines = [Mark(_n(LEFT - 6), _n(floor - value * unit), str(value)) for value in range(0, top + 1, step)]
    every = max(1, -(-int(LABEL) // max(int(room), 1)))
    marks = [
        Mark(_n(LEFT + room * (i + 0.5)), _n(HEIGHT - 6), label)
        for i, label in enumerate(labels)
        if i % every == 0
    ]
    return Chart(pieces, lines, marks)


def scale(most: int) -> tuple[int, int]:
    """Return step and top of an axis for numbers up to ``most``: steps of 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if most <= step * 4:
                return step, step * max(1, -(-most // step))
        power *= 10


def _n(number: float) -> str:
    """Return a number as SVG reads it, whatever the language of the page."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
