"""Finds to a fraction of a millisecond where moments of a sound lie in another, when that is known to a syllable.

Generalised cross-correlation with phase transform (Knapp and Carter 1976) over frames of a second. The
frames of a window are summed along every slope that the clocks may have, because a clock wrong by 100 ppm
moves six milliseconds in a minute, and the peak is a quarter of one wide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media_archive.alignment.lines import Line
from media_archive.alignment.sources import RATE, Source

Wave = NDArray[np.float32]

FRAME = 8192  # samples, about a second
HOP = FRAME // 2
REACH = 2000  # samples to both sides: 250 ms
LOWEST, HIGHEST = 150, 3600  # Hz
LONGEST, SHORTEST = 60.0, 8.0  # seconds of a window
MOST, FEWEST = 24, 6  # windows
ASIDE = 0.04  # seconds, ten times what windows may lie from their line
FAINTEST = 1e-7  # of a frame's strongest frequency: below is what codecs and windows leave, not sound
SURE = 7.0  # standard deviations from which on a peak is more than chance


@dataclass(frozen=True, slots=True)
class Moment:
    """A window: its middle ``at`` in the other's time, the ``lag`` to add to it (seconds), and the peak's height."""

    at: float
    lag: float
    height: float

    @property
    def is_sure(self) -> bool:
        """Tell whether its peak is more than chance."""
        return self.height > SURE


def moments(
    reference: Source,
    other: Source,
    *,
    line: Line,
    slack: float,
    begin: float,
    end: float,
    most: int = MOST,
    near: float = REACH / RATE,
) -> Iterator[Moment]:
    """Yield what so many windows at ``most`` between ``begin`` and ``end`` (the other's time, seconds) say.

    ``line`` is the guess, ``near`` how many seconds from it is listened.
    """
    shared = end - begin
    length = min(LONGEST, max(SHORTEST, shared / 6), shared)
    count = max(FEWEST, min(most, int(2 * shared / length) - 1))
    band = _band()
    for n in range(count):
        start = begin + (shared - length) * n / (count - 1)
        lag = round((line.at(start + length / 2) + _aside(n)) * RATE) / RATE
        theirs = other.read(start, length)
        ours = reference.read(start + lag, length)
        if len(theirs) < FRAME:
            continue
        products = _products(ours, theirs, band)
        expected = (line.at(start + length / 2) - lag) * RATE
        shift, height = _peak(products, line.slope, slack, expected, near * RATE)
        middle = (FRAME + HOP * (len(products) - 1)) / 2 / RATE
        yield Moment(start + middle, lag + shift / RATE, height)


def _aside(n: int) -> float:
    """Return by how many seconds to mislead a window, so that what frames do to any sound never lies on one line."""
    return ASIDE * (2 * ((n * 0.618034 + 0.3) % 1) - 1)


def _band() -> NDArray[np.bool_]:
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    return (frequencies >= LOWEST) & (frequencies <= HIGHEST)


def _products(ours: Wave, theirs: Wave, band: NDArray[np.bool_]) -> Wave:
    """Return for each frame how well the two agree at each lag from -REACH to REACH."""
    window = np.hanning(FRAME).astype(np.float32)
    frames = [
        np.lib.stride_tricks.sliding_window_view(wave, FRAME)[::HOP] * window for wave in (ours, theirs)
    ]
    mine, yours = (np.fft.rfft(frame, axis=1) for frame in frames)
    cross = mine * np.conj(yours)
    size = np.abs(cross)
    cross = np.where(band & _audible(mine) & _audible(yours), cross / np.maximum(size, 1e-20), 0)
    product = np.fft.irfft(cross, FRAME, axis=1)
    return np.concatenate((product[:, -REACH:], product[:, : REACH + 1]), axis=1).astype(np.float32)


def _audible(spectra: NDArray[np.complexfloating]) -> NDArray[np.bool_]:
    power = np.square(np.abs(spectra))
    audible: NDArray[np.bool_] = power > np.maximum(FAINTEST * np.max(power, axis=1, keepdims=True), 1e-12)
    return audible


def _peak(products: Wave, slope: float, slack: float, expected: float, near: float) -> tuple[float, float]:
    """Return lag in samples and height in standard deviations of the highest peak along any slope.

    It is sought ``near`` so many samples around the expected lag.
    """
    count, width = products.shape
    seconds = (np.arange(count) - (count - 1) / 2) * HOP / RATE
    longest = max(float(seconds[-1]) * 2, HOP / RATE)
    step = 2 / RATE / longest  # the outermost frames part by two samples
    slopes = slope + np.arange(-int(slack / step) - 1, int(slack / step) + 2) * step
    margin = int(np.ceil(np.max(np.abs(slopes)) * longest / 2 * RATE)) + 1
    first = max(0, round(expected - near) + REACH - margin)
    last = max(first + 1, round(expected + near) + REACH - margin + 1)
    best = (0.0, 0.0)
    for each in slopes:
        shifts = np.round(each * seconds * RATE).astype(int) + margin
        total = np.zeros(width - 2 * margin, np.float32)
        for row, shift in zip(products, shifts, strict=True):
            total += row[shift : shift + len(total)]
        top = first + int(np.argmax(total[first:last]))
        spread = 1.4826 * float(np.median(np.abs(total)))
        height = float(total[top]) / spread if spread > 0 else 0.0
        if height > best[1]:
            best = (top + _between(total, top) + margin - REACH, height)
    return best


def _between(total: Wave, top: int) -> float:
    """Return how far the peak of a parabola through three points lies from the middle one."""
    if not 0 < top < len(total) - 1:
        return 0.0
    left, middle, right = (float(value) for value in total[top - 1 : top + 2])
    bend = left - 2 * middle + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0
