"""Reads the parts of a recording from a list that somebody typed, or from WebVTT; knows no Django."""

from __future__ import annotations

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
