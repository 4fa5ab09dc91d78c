"""What a sound has to offer to be compared: its length, and samples of any moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from media_archive.alignment.envelopes import envelope_of

Wave = NDArray[np.float32]

RATE = 8000  # samples a second; what is compared lies below 3,600 Hz


class Source(Protocol):
    """A sound that is read piece by piece, so that a day of it need not lie in memory."""

    @property
    def seconds(self) -> float:
        """Its length."""

    def read(self, start: float, seconds: float) -> Wave:
        """Return round(seconds * RATE) mono samples from ``start`` (seconds) on; what lies outside is 0."""


@dataclass(frozen=True, slots=True)
class Samples:
    """A sound that lies in memory, RATE mono samples a second."""

    samples: Wave

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.samples) / RATE

    def read(self, start: float, seconds: float) -> Wave:
        """Return the samples, with 0 outside."""
        first, count = round(start * RATE), round(seconds * RATE)
        wave = np.zeros(count, np.float32)
        begin, end = max(first, 0), min(first + count, len(self.samples))
        if begin < end:
            wave[begin - first : end - first] = self.samples[begin:end]
        return wave


@dataclass(slots=True)
class Sound:
    """A source with its envelope, which is made once and used for every comparison."""

    source: Source
    envelope: Wave = field(init=False)

    def __post_init__(self) -> None:
        self.envelope = envelope_of(self.source.read, self.source.seconds, RATE)

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.source.seconds
