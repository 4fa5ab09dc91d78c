"""Finds about where a sound lies in another, from their envelopes alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from media_archive.alignment.envelopes import STEPS
from media_archive.alignment.lines import Line, theil_sen

Wave = NDArray[np.float32]

PIECE = 600  # seconds; a clock wrong by 300 ppm moves 0.18 s meanwhile, less than a syllable
LEAST_SHARED = 10 * STEPS  # steps; with less in common anything fits
APART = 1 * STEPS  # steps that part two places from one
NOTICEABLE = 7.0  # standard deviations from which on a place is more than chance
SUSPECT = 4.0  # and from which on it is worth a closer look
STRONG = 8.0  # standard deviations from which on a place is believed; measured: see docs/alignment.md
CLEAR = 1.5  # times that it has to be higher than any other
MOST_RIVALS = 2
WRONGEST = 400e-6  # no camera's clock is as wrong
LEAST_LIVELY = 0.01  # mean square of an envelope that has a rhythm


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece fits: ``lag`` to add to its own time, from ``begin`` to ``end`` both have sound; in seconds.

    ``height`` is in standard deviations of all places, ``ratio`` how many times it is higher than any other.
    """

    begin: float
    end: float
    lag: float
    height: float
    ratio: float = 0.0

    @property
    def at(self) -> float:
        """The middle of the shared time."""
        return (self.begin + self.end) / 2

    def moved(self, seconds: float) -> Place:
        """Return the same place of a piece that begins so many seconds later in its file."""
        return replace(self, begin=self.begin + seconds, end=self.end + seconds, lag=self.lag - seconds)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the pieces say together. The line gives the lag in seconds; its slope is within ``slack``.

    ``rivals`` are other places where pieces may fit, the likeliest first.
    """

    line: Line
    slack: float
    best: Place
    rivals: tuple[Place, ...]


def is_lively(envelope: Wave) -> bool:
    """Tell whether there is any rhythm to compare."""
    return len(envelope) >= LEAST_SHARED and float(np.mean(np.square(envelope))) > LEAST_LIVELY


def guess(reference: Wave, other: Wave) -> Guess | None:
    """Return where ``other`` lies in ``reference`` according to their envelopes; None where nothing can be compared."""
    found = _places(reference, other)
    if not found:
        return None
    places = [place for place, _next in found]
    best = max(places, key=lambda place: min(place.height, STRONG * place.ratio / CLEAR))
    fitting = [place for place in places if place.height > NOTICEABLE and _fits(place, best)] or [best]
    span = max(place.at for place in fitting) - min(place.at for place in fitting)
    if span > PIECE / 4:
        line = theil_sen([place.at for place in fitting], [place.lag for place in fitting])
        line = Line(line.start, float(np.clip(line.slope, -WRONGEST, WRONGEST)))
        slack = min(WRONGEST, max(15e-6, 0.08 / span))
    else:
        line, slack = Line(best.lag, 0.0), WRONGEST
    elsewhere = [place for pair in found for place in pair if not _fits(place, best)]
    rivals = sorted((place for place in elsewhere if place.height > SUSPECT), key=lambda place: -place.height)
    return Guess(line, slack, best, tuple(rivals[:MOST_RIVALS]))


def _fits(place: Place, best: Place) -> bool:
    return abs(place.lag - best.lag) <= 0.15 + WRONGEST * abs(place.at - best.at)


def _places(reference: Wave, other: Wave) -> list[tuple[Place, Place]]:
    """Return the best place and the next best of each piece of ``other`` that has a rhythm."""
    count = max(1, round(len(other) / (PIECE * STEPS)))
    bounds = [len(other) * n // count for n in range(count + 1)]
    longest = max(end - begin for begin, end in pairwise(bounds))
    size = fast_length(len(reference) + longest)
    spectrum = np.fft.rfft(reference, size)
    energy = _running(reference)
    places = []
    for begin, end in pairwise(bounds):
        piece = other[begin:end]
        if is_lively(piece):
            lags, heights, likeness = _heights(spectrum, energy, piece, size)
            if heights.any():
                places.append(_two_best(lags - begin, heights, likeness, (begin, end), len(reference)))
    return places


def _running(envelope: Wave) -> NDArray[np.float64]:
    """Return the running sum of the squares, from 0."""
    return np.concatenate(([0.0], np.cumsum(np.square(envelope, dtype=np.float64))))


def _heights(
    spectrum: NDArray[np.complexfloating], energy: NDArray[np.float64], piece: Wave, size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return lags in steps, how well the piece fits there in standard deviations, and its likeness (-1 to 1)."""
    length, count = len(energy) - 1, len(piece)
    product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)
    lags = np.arange(-(count - LEAST_SHARED), length - LEAST_SHARED + 1)
    begin, end = np.maximum(lags, 0), np.minimum(lags + count, length)
    own = _running(piece)
    power = (energy[end] - energy[begin]) * (own[end - lags] - own[begin - lags])
    lively = np.square(LEAST_LIVELY * (end - begin))
    likeness = np.where(power > lively, product[lags] / np.sqrt(np.maximum(power, lively)), 0.0)
    heights = likeness * np.sqrt(end - begin)
    spread = 1.4826 * float(np.median(np.abs(heights)))
    return lags, heights / spread if spread > 0 else np.zeros_like(heights), likeness


def _two_best(
    lags: NDArray[np.int64],
    heights: NDArray[np.float64],
    likeness: NDArray[np.float64],
    bounds: tuple[int, int],
    length: int,
) -> tuple[Place, Place]:
    """Return the best place and the best one apart from it.

    A repeated sound is as like at the next turn, though the shared time is shorter there: so likeness counts in
    the ratio, where it is more than chance.
    """
    top = int(np.argmax(heights))
    others = np.ones(len(heights), bool)
    others[max(0, top - APART) : top + APART + 1] = False
    after = int(np.argmax(np.where(others, heights, -np.inf)))
    ratio = float(heights[top] / max(heights[after], 1e-9))
    noticeable = others & (heights > NOTICEABLE)
    if noticeable.any():
        ratio = min(ratio, float(likeness[top] / np.max(likeness[noticeable])))
    first, second = (
        Place(
            begin=max(bounds[0], -int(lags[n])) / STEPS,
            end=min(bounds[1], length - int(lags[n])) / STEPS,
            lag=float(lags[n]) / STEPS,
            height=float(heights[n]),
            ratio=ratio if n == top else 1 / max(ratio, 1e-9),
        )
        for n in (top, after)
    )
    return first, second


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
