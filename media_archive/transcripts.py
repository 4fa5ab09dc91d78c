"""Reads and writes what was said, as WebVTT (W3C) and SRT; knows no Django.

Lines come out as plain text in the order of time; markup is dropped, but a WebVTT voice (``<v Name>``) or a
leading ``NAME:`` becomes the speaker. Overlaps stay: two people may speak at once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LINES = 200_000
LONGEST_LINE = 4000  # characters


class NoTranscript(ValueError):
    """The text is neither WebVTT nor SRT; ``line`` is where it stopped making sense, from 1, or 0."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """Something said, in milliseconds."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""


_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_ARROW = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"^([^\W\d_][\w .'’-]{1,60}):\s+(?=\S)")


def read_transcript(text: str) -> list[Line]:
    """Return the lines of a WebVTT or SRT text. Raises NoTranscript."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines: list[Line] = []
    rows = text.split("\n")
    at = 0
    while at < len(rows):
        found = _ARROW.match(rows[at])
        if found is None:
            if "-->" in rows[at] and not rows[at].startswith("NOTE"):
                raise NoTranscript(at + 1)
            at += 1
            continue
        at += 1
        said = []
        while at < len(rows) and rows[at].strip() and not _ARROW.match(rows[at]):
            said.append(rows[at])
            at += 1
        start, end = _ms(found.groups()[:4]), _ms(found.groups()[4:])
        lines += _lines(start, end, said)
        if len(lines) > MOST_LINES:
            raise NoTranscript(at)
    if not lines:
        raise NoTranscript(0)
    return sorted(lines, key=lambda line: (line.start_ms, line.end_ms))


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = parts
    return (int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)) * 1000 + int(
        (rest or "0").ljust(3, "0")
    )


def _lines(start: int, end: int, said: list[str]) -> Iterable[Line]:
    whole = " ".join(row.strip() for row in said)
    voices = _VOICE.split(whole)
    # Without a voice the split is the whole; with voices: what stands before, then name, words, name, words…
    pairs = [("", voices[0]), *zip(voices[1::2], voices[2::2], strict=True)]
    for name, words in pairs:
        plain = " ".join(html.unescape(_TAG.sub("", words)).split())[:LONGEST_LINE]
        named = _NAMED.match(plain) if not name else None
        if named is not None:
            name, plain = named[1], plain[named.end() :]
        if plain:
            yield Line(start, max(end, start + 1), plain, " ".join(html.unescape(name).split())[:200])


def write_vtt(lines: Iterable[Line], *, start_ms: int = 0, end_ms: int | None = None) -> str:
    """Return WebVTT of what is said in the window, counted from its start."""
    rows = ["WEBVTT", ""]
    for line in lines:
        if line.end_ms <= start_ms or (end_ms is not None and line.start_ms >= end_ms):
            continue
        last = line.end_ms if end_ms is None else min(line.end_ms, end_ms)
        first = max(line.start_ms, start_ms)
        voice = f"<v {_escaped(line.speaker)}>" if line.speaker else ""
        rows += [
            f"{clock(first - start_ms)} --> {clock(last - start_ms)}",
            f"{voice}{_escaped(line.text)}",
            "",
        ]
    return "\n".join(rows)


def write_srt(lines: Iterable[Line], *, start_ms: int = 0) -> str:
    """Return SRT, counted from ``start_ms``."""
    rows = []
    for number, line in enumerate(lines, 1):
        times = " --> ".join(
            clock(max(0, ms - start_ms)).replace(".", ",") for ms in (line.start_ms, line.end_ms)
        )
        said = f"{line.speaker}: {line.text}" if line.speaker else line.text
        rows.append(f"{number}\n{times}\n{said}\n")
    return "\n".join(rows)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(ms: int) -> str:
    """Return milliseconds as ``00:12:30.500``."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
