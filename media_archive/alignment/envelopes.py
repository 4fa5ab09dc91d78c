"""The rhythm of a sound: how its loudness departs from that of the seconds around, a hundred times a second."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

STEPS = 100  # a second
BLOCK = 60  # seconds that are read at once
AROUND = 4 * STEPS  # steps whose mean is taken away
QUIETEST = 1e-10  # mean square that counts as silence: -100 dB below full scale
WIDEST = 3.5  # natural logarithm of energy, 15 dB; a slammed door weighs no more


def envelope_of(read: Callable[[float, float], Wave], seconds: float, rate: int) -> Wave:
    """Return the logarithm of the energy above the mean around it, STEPS values a second; ``read`` gives samples.

    All values are 0 where the sound is silent or even.
    """
    step = rate // STEPS
    pieces = []
    for start in range(0, int(seconds) + 1, BLOCK):
        count = min(BLOCK * STEPS, int((seconds - start) * STEPS))
        if count <= 0:
            break
        wave = read(start, count / STEPS)
        rise = np.diff(wave, prepend=wave[:1])  # a hum weighs little, speech much
        energy = np.mean(np.square(rise).reshape(count, step), axis=1)
        pieces.append(np.log(energy + np.float32(QUIETEST)))
    if not pieces:
        return np.zeros(0, np.float32)
    level = np.concatenate(pieces).astype(np.float64)
    return np.clip(level - _local_mean(level), -WIDEST, WIDEST).astype(np.float32)


def _local_mean(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of AROUND steps about each step, of fewer at both ends."""
    total = np.concatenate(([0.0], np.cumsum(level)))
    places = np.arange(len(level))
    first = np.maximum(places - AROUND // 2, 0)
    last = np.minimum(places + AROUND // 2 + 1, len(level))
    mean: NDArray[np.float64] = (total[last] - total[first]) / (last - first)
    return mean
