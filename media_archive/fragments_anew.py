"""Fragments whose index is written anew: with fewer samples, at other times, or with nothing but silence; no Django."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from media_archive.fragments import FRAME, SILENCE, NotFragmented, Sample, Track, box, boxes, free


def shifted(samples: Sequence[Sample], by: int) -> list[Sample]:
    """Return the samples so many ticks later."""
    return [replace(one, decoded=one.decoded + by, shown=one.shown + by) for one in samples]


def sound_within(samples: Sequence[Sample], low: int, high: int) -> list[Sample]:
    """Return the frames of sound that begin in a window."""
    return [one for one in samples if low <= one.decoded and one.shown < high]


def pictures_within(samples: Sequence[Sample], low: int, high: int, delay: int) -> tuple[list[Sample], int]:
    """Return the pictures of a window, and how many of them only lead up to it.

    Decoders need those from the last key picture on; they last a tick each, just before the window, so that nobody sees
    them. An edit list alone would do in Chromium, but not in ffmpeg 9, which plays what lies before an edit of a
    fragmented file; and both would tell the length of all that is in it.
    """
    before = [one for one in samples if one.shown <= low]
    first = max((n for n, one in enumerate(samples) if one.is_sync and one.shown <= low), default=0)
    last = max((n for n, one in enumerate(samples) if one.shown < high), default=-1)
    kept = samples[first : last + 1]
    # The picture that is on the screen when the window begins is the first to be shown.
    newest = max((one.shown for one in before), default=low)
    hidden = sum(one.shown < newest for one in kept)
    return _squeezed(kept, low, hidden, delay) if before else list(kept), hidden if before else 0


def _squeezed(kept: Sequence[Sample], low: int, hidden: int, delay: int) -> list[Sample]:
    shown: dict[int, int] = {}
    time = max(0, low - hidden)
    for index in sorted(range(len(kept)), key=lambda n: kept[n].shown):
        time = max(time, kept[index].shown if len(shown) > hidden else low if len(shown) == hidden else time)
        shown[index] = time
        time += 1
    decoded = max(0, low - hidden - delay)
    made: list[Sample] = []
    for index, one in enumerate(kept):
        decoded = max(decoded, one.decoded)
        made.append(replace(one, decoded=decoded, shown=shown[index]))
        decoded += 1
    return [
        replace(one, duration=after.decoded - one.decoded)
        for one, after in zip(made, [*made[1:], None], strict=True)
        if after is not None
    ] + made[-1:]


def rewritten(fragment: bytes, size: int, samples: Mapping[int, Sequence[Sample]], sequence: int) -> bytes:
    """Return the fragment in ``size`` bytes, with these of its samples alone; its sound and pictures lie where they lay.

    Raises NotFragmented where that is not room enough.
    """
    start = next(at - 8 for kind, at, _end in boxes(fragment) if kind == b"moof")
    mdat = next(at - 8 for kind, at, _end in boxes(fragment) if kind == b"mdat")
    body = fragment[mdat:]
    further = size - len(body) - (mdat - start)
    trafs = [
        box(b"traf", _tfhd(number), _tfdt(kept[0].decoded), *_truns(kept, further))
        for number, kept in samples.items()
        if kept
    ]
    moof = box(b"moof", box(b"mfhd", struct.pack(">II", 0, sequence)), *trafs) if trafs else b""
    left = size - len(moof) - len(body)
    if left < 8 and left:
        raise NotFragmented("no room")
    return moof + free(left) + body


def _tfhd(number: int) -> bytes:
    return box(b"tfhd", struct.pack(">II", 0x20000, number))


def _tfdt(time: int) -> bytes:
    return box(b"tfdt", struct.pack(">IQ", 0x1000000, time))


def _truns(samples: Sequence[Sample], further: int) -> Iterator[bytes]:
    """Give a ``trun`` for each row of samples whose bytes follow one another."""
    row: list[Sample] = []
    for one in [*samples, None]:
        if row and (one is None or one.place != row[-1].place + row[-1].size):
            rows = [struct.pack(">IIIi", s.duration, s.size, s.flags, s.shown - s.decoded) for s in row]
            yield box(b"trun", struct.pack(">IIi", 0x1000F01, len(row), row[0].place + further), *rows)
            row = []
        if one is not None:
            row.append(one)


def silent(track: Track, time: int, frames: int, size: int, sequence: int) -> bytes:
    """Return a fragment of so many frames in which nothing is heard, in ``size`` bytes."""
    if frames <= 0:
        return free(size)
    sound = SILENCE[track.channels]
    tfhd = box(b"tfhd", struct.pack(">IIIII", 0x20038, track.number, FRAME, len(sound), 0x2000000))
    head = box(b"mfhd", struct.pack(">II", 0, sequence))
    trun = struct.pack(">IIi", 0x1, frames, 8 + len(head) + 8 + len(tfhd) + 20 + 20 + 8)
    moof = box(b"moof", head, box(b"traf", tfhd, _tfdt(time), box(b"trun", trun)))
    made = moof + box(b"mdat", sound * frames)
    return made + free(size - len(made))


def silent_size(track: Track, frames: int) -> int:
    """Return how many bytes ``silent`` needs at most for so many frames."""
    return 116 + 8 + len(SILENCE[track.channels]) * frames
