"""A cut as one MP4 file that exists nowhere: a day's fragments behind its header, told to begin at zero; no Django.

ISO/IEC 14496-12: each fragment (``moof``) says in ``tfdt`` when it begins. Those numbers are lowered by the
first fragment's while the bytes pass, and the header's length (``mvhd``) is set to the cut's; no byte is
added or removed, so every range of the file can be told in advance, and nothing is encoded or stored.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

LONGEST_BOX = 4 * 1024 * 1024  # bytes of a moof that are looked at


class NotFragmented(ValueError):
    """The bytes are no fragment as ``media_archive.packaging`` makes them."""


@dataclass(frozen=True)
class CutFile:
    """Fragments of the file at ``path``: the first begins at byte ``begin``; ``sizes`` are their bytes, ``seconds`` their length."""

    path: Path
    header: int
    begin: int
    sizes: Sequence[int]
    seconds: float

    @property
    def size(self) -> int:
        """How many bytes the cut has as a file."""
        return self.header + sum(self.sizes)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(self.sizes))

    def read(self, file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
        """Give bytes ``first`` to ``last`` (included) of the cut, a fragment at a time. Raises NotFragmented."""
        if first < self.header:
            file.seek(0)
            header = with_length(file.read(self.header), self.seconds)
            yield header[first : last + 1]
        zero = self._begins(file)
        at = max(first, self.header) - self.header
        index = bisect_right(self._ends, at)
        while index < len(self.sizes) and self.header + (self._ends[index] - self.sizes[index]) <= last:
            start = self._ends[index] - self.sizes[index]
            file.seek(self.begin + start)
            fragment = moved(file.read(self.sizes[index]), zero)
            yield fragment[max(0, at - start) : last + 1 - self.header - start]
            index += 1

    def _begins(self, file: BinaryIO) -> dict[int, int]:
        file.seek(self.begin)
        return {track: time for track, time, _at in _begins_in(file.read(min(self.sizes[0], LONGEST_BOX)))}


def _boxes(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Give each box between two places: its kind, where its content begins and where it ends."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            return
        yield kind, at + 8, at + size
        at += size


def _begins_in(data: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """Give track, time and the place of the time for each ``tfdt`` of the fragment's ``moof``."""
    for kind, at, end in _boxes(data, 0, len(data)):
        if kind != b"moof":
            continue
        for inner, start, stop in _boxes(data, at, end):
            if inner != b"traf":
                continue
            track = 0
            for name, here, _stop in _boxes(data, start, stop):
                if name == b"tfhd":
                    (track,) = struct.unpack_from(">I", data, here + 4)
                elif name == b"tfdt":
                    if data[here] != 1:
                        raise NotFragmented("times of 32 bits")
                    (time,) = struct.unpack_from(">Q", data, here + 4)
                    yield track, time, here + 4


def moved(fragment: bytes, zero: dict[int, int]) -> bytes:
    """Return the fragment with its times lowered by ``zero``, track to time."""
    found = list(_begins_in(fragment))
    if not found:
        raise NotFragmented("no moof")
    data = bytearray(fragment)
    for track, time, at in found:
        struct.pack_into(">Q", data, at, max(0, time - zero.get(track, 0)))
    for kind, at, _end in list(_boxes(data, 0, len(data))):
        if kind == b"sidx":  # an index of the day's times: of no use here, and wrong
            data[at - 4 : at] = b"free"
    return bytes(data)


def with_length(header: bytes, seconds: float) -> bytes:
    """Return the header with the whole length in its ``mvhd``, and no track that begins late."""
    data = bytearray(header)
    for kind, at, end in _boxes(data, 0, len(data)):
        if kind != b"moov":
            continue
        for inner, here, _stop in _boxes(data, at, end):
            if inner == b"mvhd" and data[here] == 0:
                (scale,) = struct.unpack_from(">I", data, here + 12)
                struct.pack_into(">I", data, here + 16, min(0xFFFFFFFF, round(seconds * scale)))
    return bytes(data)
