"""Decides whether and where a sound lies in another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from media_archive.alignment.coarse import (
    APART,
    CLEAR,
    PIECE,
    STRONG,
    SUSPECT,
    WRONGEST,
    Guess,
    guess,
    is_lively,
)
from media_archive.alignment.envelopes import STEPS
from media_archive.alignment.fine import Moment, moments
from media_archive.alignment.lines import Line, least_squares, theil_sen
from media_archive.alignment.outcomes import Match, Reason
from media_archive.alignment.sources import Sound

LEAST_SHARED = 40.0  # seconds; a jingle at the end of one file and the start of another is shorter
LEAST_OF_SHORT, SHARE_OF_SHORT = 15.0, 0.8  # seconds, and the share of a short file that has to be common
LEAST_SLACK = 5e-6  # of the slope, once the line is known
DIRECT = 5.0  # standard deviations; among the few lags near the line chance stays below
LEAST_LEFT = 10.0  # seconds
RIVAL_WINDOWS = 8
NEAR = 0.004  # seconds from the line within which a moment agrees
BOW = 0.3e-6  # and how much more for each second of the day, as a clock warms up
LEAST_AGREEING, SHARE_AGREEING = 4, 0.5
CLEAR_ECHO, NO_ECHO = 0.8, 15.0  # of the usual height, and at all: an echo is weaker
MOST_ASTRAY = 0.25  # share of sure moments that may lie elsewhere


def align(reference: Sound, other: Sound) -> Match:
    """Return where ``other`` lies on ``reference``'s clock; an offset that is not accepted is a proposal, or None."""
    if not is_lively(reference.envelope) or not is_lively(other.envelope):
        return _refused(Reason.SILENT)
    found = guess(reference.envelope, other.envelope)
    if found is None:
        return _refused(Reason.UNRELATED)
    begin, end = _common(reference.seconds, other.seconds, found.line)
    reason = _doubt(found, end - begin, min(reference.seconds, other.seconds))
    if end - begin < 2 or reason is Reason.UNRELATED:
        return _refused(reason or Reason.TOO_SHORT, found)
    heard = list(
        moments(reference.source, other.source, line=found.line, slack=found.slack, begin=begin, end=end)
    )
    heard = _without_echoes(heard, reference, other, begin, end)
    match = _judge(heard, found, end - begin, reason)
    if match.accepted and _fits_elsewhere(
        reference, other, found, _left_over(heard, begin, end, other.seconds)
    ):
        return replace(match, accepted=False, reason=Reason.CONTRADICTORY)
    return match


def _without_echoes(
    heard: list[Moment], reference: Sound, other: Sound, begin: float, end: float
) -> list[Moment]:
    """Return the moments; where an echo was louder than the direct sound, but that is there too, with the latter.

    A clock that jumped leaves nothing on the line, and so is not mended.
    """
    on_line, line = _agreeing(heard)
    sure = [moment for moment in heard if moment.is_sure]
    if len(on_line) < SHARE_AGREEING * len(heard) or len(on_line) == len(sure):
        return heard
    near = NEAR + BOW * (end - begin)
    again = moments(
        reference.source, other.source, line=line, slack=LEAST_SLACK, begin=begin, end=end, near=near
    )
    return [
        direct if moment.is_sure and moment not in on_line and direct.height > DIRECT else moment
        for moment, direct in zip(heard, again, strict=True)
    ]


def _left_over(
    heard: list[Moment], begin: float, end: float, seconds: float
) -> Iterator[tuple[float, float]]:
    """Yield the stretches of the other, of ten seconds to a piece's length, of which the line explains nothing."""
    on_line, _line = _agreeing(heard)
    known = [begin, *(moment.at for moment in on_line), end]
    usual = 2.5 * (end - begin) / max(1, len(heard) - 1)  # seconds; one window may fail
    gaps = [(first, last) for first, last in pairwise(known) if last - first > usual]
    for first, last in [(0.0, begin), *gaps, (end, seconds)]:
        if LEAST_LEFT <= last - first <= PIECE:
            yield first, last


def _fits_elsewhere(
    reference: Sound, other: Sound, found: Guess, left_over: Iterator[tuple[float, float]]
) -> bool:
    """Tell whether a stretch fits at another place as truly: by its waves, not by its rhythm alone."""
    rivals = list(found.rivals)
    for first, last in left_over:
        again = guess(reference.envelope, other.envelope[round(first * STEPS) : round(last * STEPS)])
        if again is not None and again.best.height > SUSPECT:
            rivals.append(again.best.moved(first))
    for rival in rivals:
        line = Line(rival.lag - found.line.slope * rival.at, found.line.slope)
        if abs(rival.lag - found.line.at(rival.at)) < APART / STEPS:
            continue
        compared = moments(
            reference.source, other.source,
            line=line, slack=found.slack, begin=rival.begin, end=rival.end, most=RIVAL_WINDOWS,
        )  # fmt: skip
        heard = list(compared)
        if len(_agreeing(heard)[0]) >= max(LEAST_AGREEING, SHARE_AGREEING * len(heard)):
            return True
    return False


def _agreeing(heard: list[Moment]) -> tuple[list[Moment], Line]:
    """Return the sure moments that lie on one line, and the line."""
    sure = [moment for moment in heard if moment.is_sure]
    if len(sure) < LEAST_AGREEING:
        return [], Line(0.0, 0.0)
    line = theil_sen([moment.at for moment in sure], [moment.lag for moment in sure])
    near = NEAR + BOW * (sure[-1].at - sure[0].at)
    on_line = [moment for moment in sure if abs(moment.lag - line.at(moment.at)) <= near]
    if len(on_line) >= LEAST_AGREEING:
        line = least_squares([moment.at for moment in on_line], [moment.lag for moment in on_line])
    return on_line, line


def _common(reference: float, other: float, line: Line) -> tuple[float, float]:
    """Return from when to when (the other's seconds) both have sound."""
    rate = 1 + line.slope
    return max(0.0, -line.start / rate), min(other, (reference - line.start) / rate)


def _doubt(found: Guess, shared: float, shorter: float) -> Reason:
    """Return what speaks against the guess as such."""
    if found.best.height <= STRONG:
        return Reason.UNRELATED
    if found.best.ratio <= CLEAR:
        return Reason.AMBIGUOUS
    if shared < LEAST_SHARED and not (shared >= LEAST_OF_SHORT and shared >= SHARE_OF_SHORT * shorter):
        return Reason.TOO_SHORT
    return Reason.NONE


def _jumps(sure: list[Moment], on_line: list[Moment]) -> bool:
    """Tell whether the moments off the line show a clock that jumped, and not some strong echo.

    Echoes are weak and stand alone; a clock that jumped never comes back to the line.
    """
    is_off = [moment not in on_line for moment in sure]
    if sum(is_off) > MOST_ASTRAY * len(sure):
        return True
    usual = float(np.median([moment.height for moment in on_line]))
    strong = min(CLEAR_ECHO * usual, NO_ECHO)
    ends = (0, 1), (-1, -2)
    return any(is_off[last] and (is_off[next_] or sure[last].height > strong) for last, next_ in ends)


def _refused(reason: Reason, found: Guess | None = None) -> Match:
    if found is None:
        return Match(None, 0.0, 0.0, 0.0, accepted=False, reason=reason)
    proposal = None if reason is Reason.UNRELATED else found.line.start * 1000
    return Match(proposal, 0.0, found.best.height, found.best.ratio, accepted=False, reason=reason)


def _judge(heard: list[Moment], found: Guess, shared: float, doubt: Reason) -> Match:
    """Draw the line through the moments and tell whether it can be trusted."""
    sure = [moment for moment in heard if moment.is_sure]
    on_line, line = _agreeing(heard)
    if not on_line:
        return _refused(doubt or Reason.SCATTERED, found)
    reason = doubt
    if not reason and len(on_line) < max(LEAST_AGREEING, SHARE_AGREEING * len(heard)):
        reason = Reason.SCATTERED
    if not reason and (_jumps(sure, on_line) or abs(line.slope) > WRONGEST):
        reason = Reason.UNSTEADY
    residuals = [abs(moment.lag - line.at(moment.at)) for moment in on_line]
    return Match(
        offset_ms=line.start * 1000,
        clock_ppm=line.slope * 1e6,
        confidence=found.best.height,
        ratio=found.best.ratio,
        accepted=not reason,
        reason=reason,
        shared_ms=shared * 1000,
        windows=len(heard),
        agreeing=len(on_line),
        residual_ms=float(np.median(residuals)) * 1000 if residuals else 0.0,
    )
