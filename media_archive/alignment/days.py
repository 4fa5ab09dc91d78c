"""Puts all files of all cameras of a day on one clock, over whichever matches join them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from media_archive.alignment.outcomes import Match, Reason
from media_archive.alignment.pairs import align
from media_archive.alignment.sources import Sound

Part = tuple[int, int]  # number of the camera and of its file, from 0

NEAR = 50.0  # milliseconds within which two ways to one file have to agree
OVER = 1000.0  # milliseconds that two files of one camera may seem to overlap


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a file lies on the day's clock; ``offset_ms`` is None where it is not accepted and nothing can be proposed.

    ``confidence`` is that of the weakest match on the way, ``steps`` how many there are; the first file has none.
    """

    camera: int
    part: int
    offset_ms: float | None
    clock_ppm: float
    confidence: float
    accepted: bool
    reason: Reason
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """All files, in the order given, and all matches: where the second part lies on the clock of the first."""

    placements: tuple[Placement, ...]
    pairs: dict[tuple[Part, Part], Match]

    def of(self, camera: int, part: int = 0) -> Placement:
        """Return where a file lies."""
        return next(each for each in self.placements if (each.camera, each.part) == (camera, part))


def align_day(cameras: Sequence[Sequence[Sound]], on_progress: Callable[[float], bool] | None = None) -> Day:
    """Put every camera's files on the clock of the first camera's first file.

    Only files of different cameras are compared. ``on_progress`` gets the share of comparisons done and may say
    False to leave the rest out.
    """
    sounds = {(c, p): sound for c, parts in enumerate(cameras) for p, sound in enumerate(parts)}
    wanted = [pair for pair in combinations(sounds, 2) if pair[0][0] != pair[1][0]]
    pairs: dict[tuple[Part, Part], Match] = {}
    for done, (first, second) in enumerate(wanted, 1):
        pairs[first, second] = align(sounds[first], sounds[second])
        if on_progress is not None and not on_progress(done / len(wanted)):
            break
    return Day(tuple(_place(sounds, pairs)), pairs)


def _place(sounds: dict[Part, Sound], pairs: dict[tuple[Part, Part], Match]) -> list[Placement]:
    if not sounds:
        return []
    placed = _joined(next(iter(sounds)), pairs)
    _refuse_contradictions(placed, sounds, pairs)
    _refuse_overlaps(placed, sounds)
    return [placed.get(part) or _left_out(part, pairs) for part in sounds]


def _joined(root: Part, pairs: dict[tuple[Part, Part], Match]) -> dict[Part, Placement]:
    """Return what accepted matches join to the root, the surest first (Prim's tree)."""
    placed = {root: Placement(*root, 0.0, 0.0, 0.0, accepted=True, reason=Reason.NONE)}
    ways = sorted(
        ((pair, match) for pair, match in pairs.items() if match.accepted),
        key=lambda way: -way[1].confidence,
    )
    while True:
        found = next((way for way in ways if (way[0][0] in placed) != (way[0][1] in placed)), None)
        if found is None:
            return placed
        (first, second), match = found
        if first in placed:
            offset, ppm = _from_first(placed[first], match)
            known, new = placed[first], second
        else:
            offset, ppm = _from_second(placed[second], match)
            known, new = placed[second], first
        confidence = min(match.confidence, known.confidence) if known.steps else match.confidence
        placed[new] = Placement(
            *new, offset, ppm, confidence, accepted=True, reason=Reason.NONE, steps=known.steps + 1
        )


def _from_first(first: Placement, match: Match) -> tuple[float, float]:
    """Return offset and ppm of the second part when the first is placed."""
    rate, step = 1 + first.clock_ppm * 1e-6, 1 + match.clock_ppm * 1e-6
    return (first.offset_ms or 0.0) + (match.offset_ms or 0.0) * rate, (rate * step - 1) * 1e6


def _from_second(second: Placement, match: Match) -> tuple[float, float]:
    """Return offset and ppm of the first part when the second is placed."""
    rate = (1 + second.clock_ppm * 1e-6) / (1 + match.clock_ppm * 1e-6)
    return (second.offset_ms or 0.0) - (match.offset_ms or 0.0) * rate, (rate - 1) * 1e6


def _span(placement: Placement, sound: Sound) -> tuple[float, float]:
    begin = placement.offset_ms or 0.0
    return begin, begin + sound.seconds * 1000 * (1 + placement.clock_ppm * 1e-6)


def _refuse_contradictions(
    placed: dict[Part, Placement], sounds: dict[Part, Sound], pairs: dict[tuple[Part, Part], Match]
) -> None:
    """Leave to the editor what two accepted ways put at different places: the file with the weaker way."""
    for (first, second), match in pairs.items():
        if not match.accepted or not (first in placed and second in placed):
            continue
        offset, ppm = _from_first(placed[first], match)
        there = placed[second]
        apart = [
            abs(offset - (there.offset_ms or 0.0) + ms * (ppm - there.clock_ppm) * 1e-6)
            for ms in (0.0, sounds[second].seconds * 1000)
        ]
        if min(apart) > NEAR:
            weaker = min(
                (part for part in (first, second) if placed[part].steps),
                key=lambda part: (-placed[part].steps, placed[part].confidence),
                default=second,
            )
            placed[weaker] = replace(placed[weaker], accepted=False, reason=Reason.CONTRADICTORY)


def _refuse_overlaps(placed: dict[Part, Placement], sounds: dict[Part, Sound]) -> None:
    """Leave to the editor what would have one camera film twice at a time."""
    for first, second in combinations(list(placed), 2):
        if first[0] != second[0] or not (placed[first].accepted and placed[second].accepted):
            continue
        spans = _span(placed[first], sounds[first]), _span(placed[second], sounds[second])
        if min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0]) > OVER:
            weaker = min(
                (part for part in (first, second) if placed[part].steps),
                key=lambda part: (-placed[part].steps, placed[part].confidence),
            )
            placed[weaker] = replace(placed[weaker], accepted=False, reason=Reason.OVERLAPPING)


def _left_out(part: Part, pairs: dict[tuple[Part, Part], Match]) -> Placement:
    """Return a file that nothing joins, with the reason of the match that came nearest."""
    tried = [match for pair, match in pairs.items() if part in pair]
    nearest = max(tried, key=lambda match: (match.accepted, match.confidence), default=None)
    if nearest is None or nearest.accepted:
        return Placement(*part, None, 0.0, 0.0, accepted=False, reason=Reason.UNJOINED)
    return Placement(*part, None, 0.0, nearest.confidence, accepted=False, reason=nearest.reason)
