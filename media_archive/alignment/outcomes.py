"""What comes out of a comparison, and why one is left to the editor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a match is not accepted; NONE when it is."""

    NONE = ""
    SILENT = "silent"
    UNRELATED = "unrelated"
    AMBIGUOUS = "ambiguous"
    CONTRADICTORY = "contradictory"
    TOO_SHORT = "too_short"
    SCATTERED = "scattered"
    UNSTEADY = "unsteady"
    UNJOINED = "unjoined"
    OVERLAPPING = "overlapping"


IN_WORDS = {
    Reason.NONE: "",
    Reason.SILENT: "There is no sound that could be compared.",
    Reason.UNRELATED: "Nothing in the two sounds belongs together.",
    Reason.AMBIGUOUS: "Several places fit equally well: the sound repeats itself.",
    Reason.CONTRADICTORY: "Parts of the file fit at different places.",
    Reason.TOO_SHORT: "The two sounds share too little time.",
    Reason.SCATTERED: "Too few moments of the common time agree.",
    Reason.UNSTEADY: "The clock jumps or runs too wrong.",
    Reason.UNJOINED: "No accepted match leads to the first file.",
    Reason.OVERLAPPING: "It would lie over another file of the same camera.",
}


@dataclass(frozen=True, slots=True)
class Match:
    """Where a file lies on another's clock, and how sure that is.

    ``confidence`` is the height of the best place in standard deviations of all places, ``ratio`` how many times
    it is higher than the next best, ``shared_ms`` the common time, ``windows`` how many moments of it were compared
    and ``agreeing`` how many of them lie on the line, ``residual_ms`` how far those are from it (median).
    """

    offset_ms: float | None
    clock_ppm: float
    confidence: float
    ratio: float
    accepted: bool
    reason: Reason
    shared_ms: float = 0.0
    windows: int = 0
    agreeing: int = 0
    residual_ms: float = 0.0
