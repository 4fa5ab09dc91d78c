"""Where people clap, by the sound of a recording; knows no Django, and is imported only by workers.

Applause is noise: it has no tones and, as many clap out of step, none of the swells of syllables that speech has three to
eight times a second. It is well above the hall's own noise, and it ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 8000  # samples a second that are expected
FRAME = 160  # samples; 20 ms
HOP = 5  # frames between two looks; 100 ms
LOOK = 30  # frames of one look; 600 ms, in which somebody who speaks pauses between syllables
LOWEST, HIGHEST = 10, 120  # bins of 31.25 Hz: from 310 Hz, below which halls hum, to 3750 Hz
FLAT = 0.2  # geometric by arithmetic mean of a frame's power; 0.56 for white noise, below 0.1 for vowels and music
UNEVEN = 4.0  # dB of spread of the level within a look: 3 for a dozen people who clap, 8 and more for speech
STEADIEST = 0.95  # dB: less, over a whole run, is a hiss or rain and no crowd
ABOVE = 10.0  # dB above the hall's own noise, which is the level that a tenth of the looks stay below
GAP = 5  # looks that may miss within one applause
SHORTEST = 15  # looks; 1.5 s
LONGEST = 300  # looks; what goes on for more than half a minute is rain or a fan

Floats = NDArray[np.float32]


class Listener:
    """Takes a sound piece by piece and tells at its end where it was applause."""

    def __init__(self) -> None:
        self._rest: Floats = np.zeros(0, np.float32)
        self._levels: list[Floats] = []
        self._flatness: list[Floats] = []

    def take(self, samples: Floats) -> None:
        """Hear the next samples, of any number and scale."""
        heard = np.concatenate((self._rest, samples))
        whole = len(heard) // FRAME * FRAME
        self._rest = heard[whole:]
        if not whole:
            return
        frames = heard[:whole].reshape(-1, FRAME) * np.hanning(FRAME).astype(np.float32)
        power = np.abs(np.fft.rfft(frames, 256, axis=1)[:, LOWEST:HIGHEST]).astype(np.float32) ** 2 + 1e-9
        mean = power.mean(axis=1)
        self._levels.append(10 * np.log10(mean))
        self._flatness.append(np.exp(np.log(power).mean(axis=1)) / mean)

    def applause(self) -> list[tuple[int, int]]:
        """Return start and end of each applause, in milliseconds from the first sample."""
        if sum(map(len, self._levels)) < LOOK:
            return []
        levels = np.lib.stride_tricks.sliding_window_view(np.concatenate(self._levels), LOOK)[::HOP]
        flatness = np.lib.stride_tricks.sliding_window_view(np.concatenate(self._flatness), LOOK)[::HOP]
        level = np.median(levels, axis=1)
        spread = np.std(levels, axis=1)
        claps = (
            (np.median(flatness, axis=1) > FLAT)
            & (spread < UNEVEN)
            & (level > np.percentile(level, 10) + ABOVE)
        )
        return [
            _in_ms(first, last)
            for first, last in _runs(claps)
            if SHORTEST <= last - first + LOOK // HOP - 1 <= LONGEST
            and np.median(spread[first:last]) > STEADIEST
        ]


def _runs(claps: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first look and the one after the last of each run, over gaps of up to ``GAP`` looks."""
    found: list[tuple[int, int]] = []
    for look in np.flatnonzero(claps).tolist():
        if found and look - found[-1][1] <= GAP:
            found[-1] = (found[-1][0], look + 1)
        else:
            found.append((look, look + 1))
    return found


def _in_ms(first: int, last: int) -> tuple[int, int]:
    """Return a run's own time: a look is all applause, so that the run reaches from its first frame to its last one."""
    return first * HOP * 20, ((last - 1) * HOP + LOOK) * 20
