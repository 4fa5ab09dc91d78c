"""Fragmented MP4 as ``media_archive.packaging`` makes it: its header and fragments read, moved and shortened; no Django.

ISO/IEC 14496-12. Times of a track are in its own ticks. What is *shown* of it is its media time less
``delay``, plus what an empty edit puts before it; decoders need the delay, because pictures that lean on later ones
are decoded before they are shown.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOVIE_SCALE = 1000  # a tick of a millisecond lets 32 bits hold 49 days
FRAME = 1024  # samples of an AAC frame, and what encoders put before the first sound
LATEST = 0.2  # seconds; an empty edit longer than that is a picture that set in late, and no encoder's lead
_BIT_RATES = re.compile(rb"(\x04[\x80-\xff]{0,3}[\x00-\x7f]\x40\x15).{11}", re.DOTALL)
_AUDIO_CONFIG = re.compile(rb"\x05[\x80-\xff]{0,3}[\x02-\x7f](.{2})", re.DOTALL)
# Raw AAC-LC frames without a single coefficient, by the number of channels.
SILENCE = {
    1: bytes.fromhex("00c800802380"),
    2: bytes.fromhex("210049900219002380"),
}


class NotFragmented(ValueError):
    """The bytes are no header or fragment as ``media_archive.packaging`` makes them."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track as its header tells of it; ``late`` is its empty edit in seconds, ``defaults`` duration, size and flags."""

    number: int
    is_video: bool
    scale: int
    format: bytes  # the sample description without bit rates, which no decoder reads
    delay: int
    late: float
    channels: int  # of AAC-LC; 0 for all else
    defaults: tuple[int, int, int]

    @property
    def offset(self) -> int:
        """What is to be added to a media time to say when it is shown, in ticks."""
        return round(self.late * self.scale) - self.delay


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture or a frame of sound: when it is decoded and shown, in ticks, and its bytes from the ``moof`` on."""

    decoded: int
    shown: int
    duration: int
    flags: int
    place: int
    size: int

    @property
    def is_sync(self) -> bool:
        """Tell whether it can be decoded by itself."""
        return not self.flags & 0x10000


def boxes(data: bytes | bytearray, at: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Give each box between two places: its kind, where its content begins and where it ends."""
    end = len(data) if end is None else end
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            return
        yield kind, at + 8, at + size
        at += size


def find(
    data: bytes | bytearray, path: str, at: int = 0, end: int | None = None
) -> Iterator[tuple[int, int]]:
    """Give where the content of each box on a path such as ``moov/trak/tkhd`` begins and ends."""
    kind, _slash, rest = path.partition("/")
    for name, start, stop in boxes(data, at, end):
        if name == kind.encode():
            if rest:
                yield from find(data, rest, start, stop)
            else:
                yield start, stop


def box(kind: bytes, *content: bytes) -> bytes:
    """Return a box."""
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def free(size: int) -> bytes:
    """Return so many bytes that mean nothing; none, or at least 8."""
    return box(b"free", bytes(size - 8)) if size else b""


def read_header(data: bytes) -> dict[int, Track]:
    """Return the tracks of a header by number. Raises NotFragmented."""
    try:
        return dict(_tracks(data))
    except (struct.error, StopIteration, IndexError, RuntimeError) as error:
        raise NotFragmented("no header") from error


def _tracks(data: bytes) -> Iterator[tuple[int, Track]]:
    here, _end = next(find(data, "moov/mvhd"))
    (movie_scale,) = struct.unpack_from(">I", data, here + (20 if data[here] else 12))
    defaults = {
        struct.unpack_from(">I", data, at + 4)[0]: struct.unpack_from(">3I", data, at + 12)
        for at, _stop in find(data, "moov/mvex/trex")
    }
    for at, end in find(data, "moov/trak"):
        tkhd, mdhd, hdlr, stsd = (
            next(find(data, path, at, end))
            for path in ("tkhd", "mdia/mdhd", "mdia/hdlr", "mdia/minf/stbl/stsd")
        )
        (number,) = struct.unpack_from(">I", data, tkhd[0] + (20 if data[tkhd[0]] else 12))
        (scale,) = struct.unpack_from(">I", data, mdhd[0] + (20 if data[mdhd[0]] else 12))
        empty, delay = _edits(data, at, end)
        kind = data[hdlr[0] + 8 : hdlr[0] + 12]
        if not scale or not movie_scale or number not in defaults:
            raise NotFragmented("a track without times")
        yield number, Track(
            number, kind == b"vide", scale, kind + _format(data[stsd[0] : stsd[1]]), delay, empty / movie_scale,
            _channels(data[stsd[0] : stsd[1]], scale), defaults[number],
        )  # fmt: skip


def _edits(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the empty edit's length (in ticks of the movie) and the media time at which the next one begins."""
    for here, _stop in find(data, "edts/elst", at, end):
        (count,) = struct.unpack_from(">I", data, here + 4)
        entry = ">QqI" if data[here] else ">IiI"
        empty = 0
        for index in range(count):
            length, media, _rate = struct.unpack_from(entry, data, here + 8 + index * struct.calcsize(entry))
            if media >= 0:
                return empty, media
            empty += length
        return empty, 0
    return 0, 0


def _format(stsd: bytes) -> bytes:
    told = bytearray(_BIT_RATES.sub(lambda found: found[1] + bytes(11), stsd))
    at = told.find(b"btrt")
    if at >= 0:
        told[at + 4 : at + 16] = bytes(12)
    return bytes(told)


def _channels(stsd: bytes, scale: int) -> int:
    """Return how many channels a track of plain AAC has, in whose ticks a frame has 1024; else 0."""
    found = _AUDIO_CONFIG.search(stsd) if stsd[12:16] == b"mp4a" else None
    if found is None or found[1][0] >> 3 != 2 or struct.unpack_from(">H", stsd, 8 + 32)[0] != scale:
        return 0
    channels = found[1][1] >> 3 & 15
    return channels if channels in SILENCE else 0


def lead_of(tracks: Mapping[int, Track]) -> float:
    """Return the second at which a file shows its source's first moment.

    ffmpeg moves all tracks until no picture is decoded before zero, and tells by empty edits how far.
    """
    for track in tracks.values():
        if track.is_video:
            return track.late if track.late <= LATEST else track.delay / track.scale
    return next((FRAME / track.scale for track in tracks.values()), 0.0)


def with_length(header: bytes, seconds: float, delays: Mapping[int, int]) -> bytes:
    """Return the header, as long as it was, with the whole length, and tracks that begin behind their ``delays`` at zero."""
    data = bytearray(header)
    here, _end = next(find(data, "moov/mvhd"))
    told = _rescale(data, here, 12, None)
    _set(data, here, 16, round(seconds * MOVIE_SCALE))
    for at, _end in find(data, "moov/mvex/mehd"):
        _set(data, at, 4, round(seconds * MOVIE_SCALE))
    for at, end in find(data, "moov/trak"):
        tkhd, _stop = next(find(data, "tkhd", at, end))
        (number,) = struct.unpack_from(">I", data, tkhd + (20 if data[tkhd] else 12))
        _rescale(data, tkhd, 20, told)
        for start, stop in find(data, "edts", at, end):
            elst = box(b"elst", struct.pack(">IIIiI", 0, 1, 0, delays.get(number, 0), 0x10000))
            left = stop - start - len(elst)
            if left == 0 or left >= 8:
                data[start:stop] = elst + free(left)
    return bytes(data)


def _set(data: bytearray, box_at: int, at: int, value: int) -> None:
    """Write a length that has 32 bits in version 0 of its box, where it lies at ``at``, and 64 in version 1."""
    if data[box_at]:
        place = box_at + {16: 24, 20: 28, 4: 4}[at]
        struct.pack_into(">Q", data, place, value)
    else:
        struct.pack_into(">I", data, box_at + at, min(0xFFFFFFFF, value))


def _rescale(data: bytearray, box_at: int, at: int, scale: int | None) -> int:
    """Set the movie's scale (``scale`` None), or bring a track's length from that scale to ours; return the old scale."""
    if scale is None:
        place = box_at + (20 if data[box_at] else at)
        (old,) = struct.unpack_from(">I", data, place)
        struct.pack_into(">I", data, place, MOVIE_SCALE)
        return int(old)
    (length,) = struct.unpack_from(
        ">Q" if data[box_at] else ">I", data, box_at + (28 if data[box_at] else at)
    )
    if scale and length < (0xFFFFFFFFFFFFFFFF if data[box_at] else 0xFFFFFFFF):  # all ones: it is not known
        _set(data, box_at, at, round(length * MOVIE_SCALE / scale))
    return scale


def samples_of(fragment: bytes, tracks: Mapping[int, Track]) -> dict[int, list[Sample]]:
    """Return the samples of a fragment by track, in the order in which they are decoded. Raises NotFragmented."""
    found: dict[int, list[Sample]] = {}
    try:
        for at, stop in find(fragment, "moof/traf"):
            number, samples = _samples(fragment, at, stop, tracks)
            found.setdefault(number, []).extend(samples)
    except (struct.error, StopIteration, KeyError, RuntimeError) as error:
        raise NotFragmented("no moof") from error
    if not found:
        raise NotFragmented("no moof")
    return found


def _samples(data: bytes, at: int, end: int, tracks: Mapping[int, Track]) -> tuple[int, list[Sample]]:
    tfhd, _stop = next(find(data, "tfhd", at, end))
    flags, number = struct.unpack_from(">II", data, tfhd)
    if flags & 0x1 or not flags & 0x20000:
        raise NotFragmented("places that do not count from the moof")
    place = tfhd + 8 + (4 if flags & 0x2 else 0)
    defaults = list(tracks[number].defaults)
    for index, bit in enumerate((0x8, 0x10, 0x20)):
        if flags & bit:
            (defaults[index],) = struct.unpack_from(">I", data, place)
            place += 4
    time = begin_of(data, at, end)
    samples: list[Sample] = []
    for run, _end in find(data, "trun", at, end):
        time = _run(data, run, time, defaults, samples)
    return number, samples


def begin_of(data: bytes | bytearray, at: int, end: int) -> int:
    """Return when a track's part of a fragment begins. Raises NotFragmented."""
    here, _stop = next(find(data, "tfdt", at, end))
    if data[here] != 1:
        raise NotFragmented("times of 32 bits")
    return int(struct.unpack_from(">Q", data, here + 4)[0])


def begins_of(fragment: bytes) -> dict[int, int]:
    """Return track to when its part of a fragment begins, in ticks. Raises NotFragmented."""
    found = {}
    for at, end in find(fragment, "moof/traf"):
        tfhd, _stop = next(find(fragment, "tfhd", at, end))
        (number,) = struct.unpack_from(">I", fragment, tfhd + 4)
        found[number] = begin_of(fragment, at, end)
    if not found:
        raise NotFragmented("no moof")
    return found


def _run(data: bytes, run: int, time: int, defaults: list[int], samples: list[Sample]) -> int:
    told, count = struct.unpack_from(">II", data, run)
    if not told & 0x1:
        raise NotFragmented("samples without a place")
    (place,) = struct.unpack_from(">i", data, run + 8)
    at = run + 12
    first_flags = None
    if told & 0x4:
        (first_flags,) = struct.unpack_from(">I", data, at)
        at += 4
    for index in range(count):
        values = list(defaults)
        for which, bit in enumerate((0x100, 0x200, 0x400)):
            if told & bit:
                (values[which],) = struct.unpack_from(">I", data, at)
                at += 4
        later = 0
        if told & 0x800:
            (later,) = struct.unpack_from(">i", data, at)
            at += 4
        duration, size, flags = values
        flags = first_flags if index == 0 and first_flags is not None else flags
        samples.append(Sample(time, time + later, duration, flags, place, size))
        time += duration
        place += size
    return time


def moved(fragment: bytes, shift: Mapping[int, int], sequence: int) -> bytes:
    """Return the fragment, as long as it was, with its times later by so many ticks of each track. Raises NotFragmented."""
    data = bytearray(fragment)
    for at, _end in find(data, "moof/mfhd"):
        struct.pack_into(">I", data, at + 4, sequence)
    trafs = list(find(data, "moof/traf"))
    if not trafs:
        raise NotFragmented("no moof")
    for at, end in trafs:
        tfhd, _stop = next(find(data, "tfhd", at, end))
        (number,) = struct.unpack_from(">I", data, tfhd + 4)
        here, _stop = next(find(data, "tfdt", at, end))
        struct.pack_into(">Q", data, here + 4, max(0, begin_of(data, at, end) + shift.get(number, 0)))
    for kind, at, _end in list(boxes(data)):
        if kind == b"sidx":  # an index of the day's times: of no use here, and wrong
            data[at - 4 : at] = b"free"
    return bytes(data)
