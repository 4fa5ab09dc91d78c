"""HLS playlists of a recording and of what is cut out of it; knows no Django, encodes nothing.

RFC 8216. A cut is a window on the recording's clock: its playlists name the fragments that overlap it, by
bytes of the day's files. Each fragment carries the wall time of its first moment, by which players keep
several cameras together; a camera that was stopped and started again goes on behind a discontinuity.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Part:
    """A rendition of one file: its place on the clock and its fragments.

    ``offset_ms`` and ``clock_ppm`` are those of the file; ``lengths`` are seconds of the file, ``sizes``
    bytes, which follow one another behind ``header`` bytes; ``uri`` is its address seen from the playlist.
    """

    offset_ms: float
    clock_ppm: float
    header: int
    lengths: Sequence[float]
    sizes: Sequence[int]
    uri: str = ""

    @property
    def pace(self) -> float:
        """Milliseconds of the clock for a second of the file."""
        return 1000 * (1 + self.clock_ppm / 1e6)


@dataclass(frozen=True, slots=True)
class Span:
    """The fragments of a part that lie in a window: from ``first`` up to ``last`` (not included), and their bytes."""

    part: Part
    first: int
    last: int
    begin: int
    end: int
    seconds: float  # of the file, at which the first one begins


def spans(parts: Sequence[Part], start_ms: float, end_ms: float) -> list[Span]:
    """Return what of the parts lies in the window, in the order of time."""
    found = []
    for part in sorted(parts, key=lambda part: part.offset_ms):
        ends = list(accumulate(part.lengths))
        first = bisect_right(ends, (start_ms - part.offset_ms) / part.pace)
        last = bisect_left(ends, (end_ms - part.offset_ms) / part.pace) + 1
        last = min(last, len(ends))
        if first >= last or part.offset_ms >= end_ms:
            continue
        before = part.header + sum(part.sizes[:first])
        inside = sum(part.sizes[first:last])
        found.append(Span(part, first, last, before, before + inside, ends[first - 1] if first else 0.0))
    return found


def media_playlist(found: Sequence[Span], zero: dt.datetime, start_ms: float) -> str:
    """Return the playlist of one rendition in a window that begins at ``start_ms``; ``zero`` is the clock's, in UTC."""
    longest = max((max(span.part.lengths[span.first : span.last]) for span in found), default=1.0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if found:
        first = found[0]
        late = start_ms - first.part.offset_ms - first.seconds * first.part.pace
        if late > 0:
            lines.append(f"#EXT-X-START:TIME-OFFSET={late / first.part.pace:.3f},PRECISE=YES")
    for number, span in enumerate(found):
        part = span.part
        if number:
            lines.append("#EXT-X-DISCONTINUITY")
        lines.append(f'#EXT-X-MAP:URI="{part.uri}",BYTERANGE="{part.header}@0"')
        at, seconds = span.begin, span.seconds
        for length, size in zip(
            part.lengths[span.first : span.last], part.sizes[span.first : span.last], strict=True
        ):
            moment = zero + dt.timedelta(milliseconds=part.offset_ms + seconds * part.pace)
            lines += (
                f"#EXT-X-PROGRAM-DATE-TIME:{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03d}Z",
                f"#EXTINF:{length:.6f},",
                f"#EXT-X-BYTERANGE:{size}@{at}",
                part.uri,
            )
            at += size
            seconds += length
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of a master playlist; ``bandwidth`` is the peak in bits a second."""

    uri: str
    bandwidth: int
    width: int
    height: int
    codecs: str
    rate: float


@dataclass(frozen=True, slots=True)
class Voice:
    """A sound that viewers may choose; ``uri`` is empty for the one that the pictures have in them."""

    uri: str
    language: str
    name: str


def master_playlist(rungs: Sequence[Rung], voices: Sequence[Voice] = ()) -> str:
    """Return the playlist that offers the rungs and sounds, those to begin with first."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for number, voice in enumerate(voices):
        told = ["TYPE=AUDIO", 'GROUP-ID="sound"', f'NAME="{_quoted(voice.name)}"']
        if voice.language:
            told.append(f'LANGUAGE="{_quoted(voice.language)}"')
        told.append(f"DEFAULT={'NO' if number else 'YES'},AUTOSELECT=YES")
        if voice.uri:
            told.append(f'URI="{voice.uri}"')
        lines.append(f"#EXT-X-MEDIA:{','.join(told)}")
    for rung in rungs:
        told = [f"BANDWIDTH={rung.bandwidth}"]
        if rung.height:
            told.append(f"RESOLUTION={rung.width}x{rung.height}")
            told.append(f"FRAME-RATE={rung.rate:.3f}")
        if rung.codecs:
            told.append(f'CODECS="{rung.codecs}"')
        if voices:
            told.append('AUDIO="sound"')
        lines += [f"#EXT-X-STREAM-INF:{','.join(told)}", rung.uri]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return the text as a quoted string may hold it (RFC 8216, 4.2)."""
    return "".join("'" if c == '"' else c for c in text if c.isprintable())
