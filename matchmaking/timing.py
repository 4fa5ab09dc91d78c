"""Slots of a day by hours and lengths, and which times overlap; plain arithmetic in the event's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LEAST_AHEAD = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when; aware instants."""

    start: dt.datetime
    end: dt.datetime

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share more than a moment."""
        return self.start < other.end and other.start < self.end


def slots_between(
    date: dt.date, opens: dt.time, closes: dt.time, zone: ZoneInfo, *, length: int, pause: int
) -> list[Span]:
    """Return the whole slots of ``length`` minutes, each followed by ``pause`` minutes, that fit; in UTC.

    Steps are real minutes, so that a clock change within the hours loses or gains a slot and never
    makes a short one.
    """
    start = dt.datetime.combine(date, opens, zone).astimezone(dt.UTC)
    end = dt.datetime.combine(date, closes, zone).astimezone(dt.UTC)
    step, spans = dt.timedelta(minutes=length), []
    while start + step <= end:
        spans.append(Span(start, start + step))
        start += step + dt.timedelta(minutes=pause)
    return spans


def letter_due(date: dt.date, at: dt.time, first: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return when the letter of a day is written whose first meeting begins at ``first``; in UTC.

    At ``at`` on the zone's clocks, but an hour before the meeting at the latest. A time that the clocks skip is
    the moment that it would have been; of one that is there twice, the first.
    """
    wanted = dt.datetime.combine(date, at, zone).astimezone(dt.UTC)
    return min(wanted, first - LEAST_AHEAD)


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return the spans by start, without those that run into an earlier one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
