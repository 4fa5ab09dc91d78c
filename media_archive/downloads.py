"""A cut as one MP4 file that exists nowhere: fragments of a camera's files behind one header; no Django.

The times in the fragments are moved while the bytes pass, so that zero is the cut's first moment and each file of a
camera that was stopped and started again lies at its place. Of the outermost fragments only what lies within the cut is
left in the index; where nothing was filmed the picture stands and frames of silence are put in, without which Chromium
plays the next part's sound at once, early by the whole gap. Nothing is encoded or stored, and all sizes follow from what is known of the files, so every range can be told in advance.

Within a file of a camera times are left as they are: whose clock runs wrong by 30 millionths is a tenth of a second
late after an hour, but its picture and sound stay together in players that only count the sound's samples.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

from media_archive import fragments, fragments_anew
from media_archive.fragments import FRAME, NotFragmented, Sample, Track

ROOM = 2048  # bytes by which the index of a second may grow when it is written anew
LEAST = 0.02  # seconds; what is shorter is neither cut off nor filled
MOST_FRAMES = 2048  # of silence in one fragment

__all__ = ["Film", "NotFragmented", "Stretch", "joined"]


@dataclass(frozen=True)
class Stretch:
    """What a file gives to a cut: fragments of ``sizes`` bytes and ``lengths`` seconds from byte ``begin`` on.

    ``seconds`` is when the first of them begins in the file; shown is what lies between ``first`` and ``last``
    (seconds of the file), and ``at`` is the second of the cut at which that begins.
    """

    path: Path
    header: int
    begin: int
    sizes: Sequence[int]
    lengths: Sequence[float]
    seconds: float
    first: float
    last: float
    at: float
    version: int = 0  # another once the file is made anew

    @property
    def end(self) -> float:
        """The second of the cut at which it ends."""
        return self.at + self.last - self.first

    @cached_property
    def starts(self) -> list[int]:
        """How many bytes lie before each fragment."""
        return list(accumulate(self.sizes, initial=0))

    @property
    def tracks(self) -> dict[int, Track]:
        """What its header tells. Raises NotFragmented and OSError."""
        return _header(self.path, self.header, self.version)[1]


@lru_cache(maxsize=512)
def _header(path: Path, size: int, _version: int) -> tuple[bytes, dict[int, Track]]:
    with path.open("rb") as file:
        data = file.read(size)
    return data, fragments.read_header(data)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of the file: a fragment of a stretch, or (``index`` −1) ``frames`` of silence before it."""

    stretch: int
    index: int
    size: int
    frames: int = 0


@dataclass(frozen=True)
class Film:
    """A cut as one file, of stretches in the order of time; ``silent`` is the track that is silent between them, if any."""

    stretches: tuple[Stretch, ...]
    silent: Track | None = field(default=None, compare=False)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.stretches[-1].end

    @property
    def filmed(self) -> float:
        """How many seconds of it were filmed."""
        return sum(one.last - one.first for one in self.stretches)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._ends[-1]

    @property
    def tag(self) -> str:
        """What is another once any byte of it is."""
        told = (f"{one.version}.{round(1000 * one.at)}.{round(1000 * one.first)}.{round(1000 * one.last)}" for one in self.stretches)  # fmt: skip
        return "-".join(["2", *told])

    @cached_property
    def pieces(self) -> list[_Piece]:
        """What follows its header."""
        found: list[_Piece] = []
        before = 0.0
        for number, one in enumerate(self.stretches):
            if self.silent is not None and one.at - before > LEAST:
                left = math.ceil((one.at - before) * self.silent.scale / FRAME) + 16
                while left > 0:
                    frames = min(left, MOST_FRAMES)
                    found.append(_Piece(number, -1, fragments_anew.silent_size(self.silent, frames), frames))
                    left -= frames
            before = one.end
            for index, size in enumerate(one.sizes):
                found.append(_Piece(number, index, size + self.room(one, index)))
        return found

    def room(self, one: Stretch, index: int) -> int:
        """Return by how many bytes a fragment grows, of which not all lies within the cut."""
        begins_late = index == 0 and one.first - one.seconds > LEAST
        ends_early = index == len(one.sizes) - 1 and one.seconds + sum(one.lengths) - one.last > LEAST
        return ROOM * math.ceil(one.lengths[index]) if begins_late or ends_early else 0

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate((piece.size for piece in self.pieces), initial=self.stretches[0].header))

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Give bytes ``first`` to ``last`` (included) of the cut, a fragment at a time. Raises NotFragmented and OSError."""
        reader = _Reader(self)
        header = self.stretches[0].header
        if first < header:
            yield reader.header()[first : last + 1]
        index = max(0, bisect_right(self._ends, first) - 1)
        while index < len(self.pieces) and self._ends[index] <= last:
            start = self._ends[index]
            yield reader.piece(index)[max(0, first - start) : last + 1 - start]
            index += 1


class _Reader:
    """Reads the files of one cut."""

    def __init__(self, cut: Film) -> None:
        self.cut = cut
        first = cut.stretches[0]
        self.delays = {number: track.delay if track.is_video else 0 for number, track in first.tracks.items()}
        # Pictures that only lead up to the first one get a tick each before zero.
        for number, hidden in self._hidden(0).items():
            self.delays[number] += hidden

    def header(self) -> bytes:
        first = self.cut.stretches[0]
        data, _tracks = _header(first.path, first.header, first.version)
        return fragments.with_length(data, self.cut.seconds, self.delays)

    def piece(self, index: int) -> bytes:
        piece = self.cut.pieces[index]
        if piece.index < 0:
            return self._silence(index, piece)
        one = self.cut.stretches[piece.stretch]
        data = self._load(one, piece.index)
        grown = piece.size - len(data)
        if grown:
            try:
                kept, _hidden = self._kept(piece.stretch, piece.index, data)
                return fragments_anew.rewritten(data, piece.size, kept, index + 1)
            except NotFragmented:  # too many samples to write their index anew: all of them are given
                pass
        return fragments.moved(data, self._shift(one), index + 1) + fragments.free(grown)

    def _load(self, one: Stretch, index: int) -> bytes:
        with one.path.open("rb") as file:
            file.seek(one.begin + one.starts[index])
            data = file.read(one.sizes[index])
        if len(data) != one.sizes[index]:
            raise NotFragmented("the file is shorter than it was")
        return data

    def _shift(self, one: Stretch) -> dict[int, int]:
        """Return by how many ticks each track's media times are to be moved."""
        seconds = one.at - one.first - fragments.lead_of(one.tracks)
        return {
            number: track.offset + round(seconds * track.scale) + self.delays.get(number, 0)
            for number, track in one.tracks.items()
        }

    def _hidden(self, stretch: int) -> dict[int, int]:
        one = self.cut.stretches[stretch]
        if not self.cut.room(one, 0):
            return {}
        _kept, hidden = self._kept(stretch, 0, self._load(one, 0))
        return hidden

    def _kept(self, stretch: int, index: int, data: bytes) -> tuple[dict[int, list[Sample]], dict[int, int]]:
        """Return what of a fragment lies within the cut, at its new times, and how many pictures lead up to it."""
        one = self.cut.stretches[stretch]
        shift = self._shift(one)
        kept: dict[int, list[Sample]] = {}
        hidden: dict[int, int] = {}
        for number, samples in fragments.samples_of(data, one.tracks).items():
            track = one.tracks[number]
            delay = self.delays[number]
            low = round(one.at * track.scale) + delay if index == 0 else 0
            high = round(one.end * track.scale) + delay if index == len(one.sizes) - 1 else 1 << 62
            later = fragments_anew.shifted(samples, shift[number])
            if track.is_video:
                kept[number], hidden[number] = fragments_anew.pictures_within(later, low, high, track.delay)
            else:
                kept[number] = fragments_anew.sound_within(later, low, high)
        return kept, hidden

    def _silence(self, index: int, piece: _Piece) -> bytes:
        track, begins = self._silences
        begin, frames = begins[piece.stretch]
        earlier = MOST_FRAMES * sum(
            other.stretch == piece.stretch and other.index < 0 for other in self.cut.pieces[:index]
        )
        frames = min(piece.frames, frames - earlier)
        return fragments_anew.silent(track, begin + earlier * FRAME, frames, piece.size, index + 1)

    @cached_property
    def _silences(self) -> tuple[Track, dict[int, tuple[int, int]]]:
        """Return the silent track, and for each stretch from which tick on it is silent before it, for how many frames."""
        track = self.cut.silent
        if track is None:
            raise NotFragmented("no track that is known to be silent")
        found = {}
        begin = 0
        for number, one in enumerate(self.cut.stretches):
            first, _hidden = self._kept(number, 0, self._load(one, 0))
            sound = first.get(track.number) or []
            until = sound[0].decoded if sound else round(one.at * track.scale)
            found[number] = begin, max(0, (until - begin) // FRAME)
            end, _hidden = self._kept(number, len(one.sizes) - 1, self._load(one, len(one.sizes) - 1))
            sound = end.get(track.number) or []
            begin = sound[-1].decoded + FRAME if sound else round(one.end * track.scale)
        return track, found


def joined(stretches: Sequence[Stretch]) -> list[Film]:
    """Return the cut as one file where that can be, else a file for each stretch; those are in the order of time.

    Files of a camera go behind one header when those agree in tracks, ticks and sample descriptions, and their sound,
    if they have any, is one of which silence is known.
    """
    if len(stretches) < 2 and (not stretches or stretches[0].at <= LEAST):
        return [Film((one,)) for one in stretches]
    try:
        headers = [one.tracks for one in stretches]
    except (NotFragmented, OSError):
        return [_alone(one, None) for one in stretches]
    alike = {
        tuple((track.number, track.scale, track.format) for track in tracks.values()) for tracks in headers
    }
    sounds = [track for track in headers[0].values() if not track.is_video]
    can_be_silent = all(track.channels for track in sounds)
    if len(alike) > 1 or len(sounds) > 1 or not can_be_silent:
        return [
            _alone(one, next((track for track in tracks.values() if track.channels), None))
            for one, tracks in zip(stretches, headers, strict=True)
        ]
    kept = tuple(_one_after_another(stretches)) or tuple(stretches[:1])
    return [Film(kept, sounds[0] if sounds else None)]


def _alone(one: Stretch, silent: Track | None) -> Film:
    """Return a file of one stretch; what comes before it in the cut is silence, so that captions and chapters fit."""
    return Film((one,), silent if one.at > LEAST else None)


def _one_after_another(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
    """Give the stretches, each without what those before it show already."""
    end = 0.0
    for one in stretches:
        late = max(0.0, end - one.at)
        if one.last - one.first - late <= LEAST:
            continue
        first, passed, seconds = one.first + late, 0, one.seconds
        while seconds + one.lengths[passed] <= first:
            seconds += one.lengths[passed]
            passed += 1
        end = one.end
        yield replace(
            one, first=first, at=one.at + late, seconds=seconds, begin=one.begin + sum(one.sizes[:passed]),
            sizes=one.sizes[passed:], lengths=one.lengths[passed:],
        )  # fmt: skip
