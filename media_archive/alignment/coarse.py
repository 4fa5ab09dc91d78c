"""Finds about where a sound lies in another, from their envelopes alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from media_archive.alignment.envelopes import STEPS
from media_archive.alignment.lines import Line, theil_sen

Wave = NDArray[np.float32]

PIECE = 600  # seconds; a clock wrong by 300 ppm moves 0.18 s meanwhile, less than a syllable
LEAST_SHARED = 10 * STEPS  # steps; with less in common anything fits
APART = 1 * STEPS  # steps that part two places from one
NOTICEABLE = 8.0  # standard deviations from which on a place is more than chance
STRONG, CLEAR = (
    12.0,
    1.5,
)  # height in standard deviations and against the next place, measured: see docs/alignment.md
RIVALLING = 0.3  # share of the best likeness from which on a strong piece elsewhere contradicts
WRONGEST = 400e-6  # no camera's clock is as wrong
LEAST_LIVELY = 0.01  # mean square of an envelope that has a rhythm


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece fits best: ``lag`` to add to its own time, ``at`` the middle of the shared time; in seconds."""

    at: float
    lag: float
    height: float
    likeness: float
    ratio: float

    @property
    def is_strong(self) -> bool:
        """Tell whether it could be trusted alone."""
        return self.height > STRONG and self.ratio > CLEAR


@dataclass(frozen=True, slots=True)
class Guess:
    """What the pieces say together. The line gives the lag in seconds; its slope is within ``slack``."""

    line: Line
    slack: float
    best: Place
    is_contradicted: bool


def is_lively(envelope: Wave) -> bool:
    """Tell whether there is any rhythm to compare."""
    return len(envelope) >= LEAST_SHARED and float(np.mean(np.square(envelope))) > LEAST_LIVELY


def guess(reference: Wave, other: Wave) -> Guess | None:
    """Return where ``other`` lies in ``reference`` according to their envelopes; None where nothing can be compared."""
    places = _places(reference, other)
    if not places:
        return None
    best = max(places, key=lambda place: min(place.height, STRONG * place.ratio / CLEAR))
    fitting = [place for place in places if place.height > NOTICEABLE and _fits(place, best)] or [best]
    span = max(place.at for place in fitting) - min(place.at for place in fitting)
    if span > PIECE / 4:
        line = theil_sen([place.at for place in fitting], [place.lag for place in fitting])
        line = Line(line.start, float(np.clip(line.slope, -WRONGEST, WRONGEST)))
        slack = min(WRONGEST, max(15e-6, 0.08 / span))
    else:
        line, slack = Line(best.lag, 0.0), WRONGEST
    rivals = (place for place in places if place.is_strong and not _fits(place, best))
    return Guess(
        line=line,
        slack=slack,
        best=best,
        is_contradicted=any(place.likeness > RIVALLING * best.likeness for place in rivals),
    )


def _fits(place: Place, best: Place) -> bool:
    return abs(place.lag - best.lag) <= 0.15 + WRONGEST * abs(place.at - best.at)


def _places(reference: Wave, other: Wave) -> list[Place]:
    """Return the best place of each piece of ``other`` that has a rhythm."""
    count = max(1, round(len(other) / (PIECE * STEPS)))
    bounds = [len(other) * n // count for n in range(count + 1)]
    longest = max(end - begin for begin, end in pairwise(bounds))
    size = fast_length(len(reference) + longest)
    spectrum = np.fft.rfft(reference, size)
    energy = np.concatenate(([0.0], np.cumsum(np.square(reference, dtype=np.float64))))
    places = []
    for begin, end in pairwise(bounds):
        piece = other[begin:end]
        if is_lively(piece):
            place = _best_place(spectrum, energy, piece, size)
            if place is not None:
                start = begin / STEPS
                places.append(
                    Place(place.at + start, place.lag - start, place.height, place.likeness, place.ratio)
                )
    return places


def _best_place(
    spectrum: NDArray[np.complexfloating], energy: NDArray[np.float64], piece: Wave, size: int
) -> Place | None:
    """Return where ``piece`` fits best; ``energy`` is the running sum of the reference's squares."""
    length, count = len(energy) - 1, len(piece)
    product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)
    lags = np.arange(-(count - LEAST_SHARED), length - LEAST_SHARED + 1)
    begin, end = np.maximum(lags, 0), np.minimum(lags + count, length)
    shared = end - begin
    own = np.concatenate(([0.0], np.cumsum(np.square(piece, dtype=np.float64))))
    power = (energy[end] - energy[begin]) * (own[end - lags] - own[begin - lags])
    lively = np.square(LEAST_LIVELY * shared)
    likeness = np.where(power > lively, product[lags] / np.sqrt(np.maximum(power, lively)), 0.0)
    heights = likeness * np.sqrt(shared)
    spread = 1.4826 * float(np.median(np.abs(heights)))
    if spread <= 0:
        return None
    heights /= spread
    top = int(np.argmax(heights))
    if likeness[top] <= 0:
        return None
    return Place(
        at=float((begin[top] + end[top]) / 2 - lags[top]) / STEPS,
        lag=float(lags[top]) / STEPS,
        height=float(heights[top]),
        likeness=float(likeness[top]),
        ratio=_ratio(heights, likeness, top),
    )


def _ratio(heights: NDArray[np.float64], likeness: NDArray[np.float64], top: int) -> float:
    """Return how many times the top is higher than any other place, also by likeness where that is no chance.

    A repeated sound is as like at the next turn, though the shared time is shorter there.
    """
    others = np.ones(len(heights), bool)
    others[max(0, top - APART) : top + APART + 1] = False
    if not others.any():
        return np.inf
    ratio = float(heights[top] / max(np.max(heights[others]), 1e-9))
    noticeable = others & (heights > NOTICEABLE)
    if noticeable.any():
        ratio = min(ratio, float(likeness[top] / np.max(likeness[noticeable])))
    return ratio


def fast_length(least: int) -> int:
    """Return the smallest product of 2, 3 and 5 from ``least`` on, for which the transform is quick."""
    best = 1 << (least - 1).bit_length()
    five = 1
    while five < best:
        three = five
        while three < best:
            length = three * (1 << max(0, -(-least // three) - 1).bit_length())
            best = min(best, length)
            three *= 3
        five *= 5
    return best
