"""Reads the parts of a recording from a list that somebody typed, from an agenda, or from WebVTT; knows no Django."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from media_archive.transcripts import NoTranscript, read_transcript

MOST = 500
_ROW = re.compile(r"^\s*(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,]\d+)?\s*[-–—:.)]?\s+(\S.*?)\s*$")


class NoChapters(ValueError):
    """A row is no chapter; ``row`` counts from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


@dataclass(frozen=True, slots=True)
class ChapterRow:
    """A chapter's begin in milliseconds from where the list counts, and its title."""

    at_ms: int
    title: str


def read_chapters(text: str) -> list[ChapterRow]:
    """Return the chapters of rows such as ``00:12:30 Title`` or of a WebVTT text, in the order of time. Raises NoChapters."""
    if text.lstrip("\ufeff \n").startswith("WEBVTT"):
        try:
            return [ChapterRow(line.start_ms, line.text[:200]) for line in read_transcript(text)][:MOST]
        except NoTranscript as error:
            raise NoChapters(error.line or 1) from error
    rows: list[ChapterRow] = []
    for number, row in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not row.strip():
            continue
        found = _ROW.match(row)
        if found is None or len(rows) >= MOST:
            raise NoChapters(number)
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
        rows.append(ChapterRow(seconds * 1000, found[4][:200]))
    if not rows:
        raise NoChapters(1)
    return sorted(rows, key=lambda row: row.at_ms)


_AGENDA_ROW = re.compile(
    r"^\s*(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
    r"(?:\s*[-–—]\s*(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?)?\s*[-–—:.)|]?\s+(?P<title>\S.*?)\s*$"
)
EARLY = dt.timedelta(minutes=15)  # by which an agenda's first row may lie before the recording


def read_agenda(text: str, begin: dt.datetime) -> list[ChapterRow]:
    """Return the chapters of rows such as ``10:15 Title`` or ``10.15–10.40 Title``, in the order of time.

    Times are of the clock on the wall, on the day and in the zone of ``begin``, where the chapters count from; past
    midnight they go on. What lies up to a quarter of an hour before begins with the recording; what lies earlier is
    left out. Raises NoChapters where a row has no time, or no row is left.
    """
    rows: list[ChapterRow] = []
    latest: dt.datetime | None = None
    for number, row in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not row.strip():
            continue
        found = _AGENDA_ROW.match(row)
        if found is None or len(rows) >= MOST:
            raise NoChapters(number)
        moment = begin.replace(
            hour=int(found["hour"]),
            minute=int(found["minute"]),
            second=int(found["second"] or 0),
            microsecond=0,
        )
        if latest is not None and latest - moment > dt.timedelta(hours=12):
            moment += dt.timedelta(days=1)
        latest = moment
        if moment >= begin - EARLY:
            rows.append(
                ChapterRow(
                    max(0, round((moment - begin) / dt.timedelta(milliseconds=1))), found["title"][:200]
                )
            )
    if not rows:
        raise NoChapters(1)
    return sorted(rows, key=lambda row: row.at_ms)


def agenda_in(text: str) -> str:
    """Return the rows of a longer text that begin with a time of the day, a line each; empty when there are none."""
    rows = [re.sub(r"^[\s*•·–—-]+", "", row) for row in text.splitlines()]
    return "\n".join(row for row in rows if _AGENDA_ROW.match(row))
