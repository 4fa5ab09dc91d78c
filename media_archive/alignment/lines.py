"""A straight line through points of which some are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Line:
    """``start`` + ``slope`` * x."""

    start: float
    slope: float

    def at(self, x: float) -> float:
        """Return its value."""
        return self.start + self.slope * x


def theil_sen(xs: Sequence[float], ys: Sequence[float]) -> Line:
    """Return the line of the median slope of all pairs (Theil 1950, Sen 1968); it bears 29 % of wrong points.

    One point gives a level line.
    """
    x, y = np.asarray(xs, float), np.asarray(ys, float)
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    usable = np.abs(apart) > 1e-9
    slopes = (y[second] - y[first])[usable] / apart[usable]
    slope = float(np.median(slopes)) if len(slopes) else 0.0
    return Line(float(np.median(y - slope * x)), slope)


def least_squares(xs: Sequence[float], ys: Sequence[float]) -> Line:
    """Return the line with the smallest squares; two or more different ``xs``."""
    x, y = np.asarray(xs, float), np.asarray(ys, float)
    middle = x.mean()
    slope = float(np.dot(x - middle, y) / np.dot(x - middle, x - middle))
    return Line(float(y.mean() - slope * middle), slope)
