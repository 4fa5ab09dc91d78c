"""Measures of ranked lists: whether the right one is found, and whether attention is spread; plain Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence


def recall_at(ranked: Sequence[int], right: Collection[int], top: int) -> float:
    """Return which part of what is right stands among the first ``top``."""
    return len({*ranked[:top]} & {*right}) / len(right) if right else 0.0


def reciprocal_rank(ranked: Sequence[int], right: Collection[int]) -> float:
    """Return 1 over the place of the first that is right, 0 for none."""
    return next((1 / place for place, one in enumerate(ranked, start=1) if one in right), 0.0)


def ndcg_at(gains: Sequence[float], best: Iterable[float], top: int) -> float:
    """Return the discounted gain of the first ``top`` in shown order, as part of the best possible one."""
    ideal = _discounted(sorted(best, reverse=True)[:top])
    return _discounted(gains[:top]) / ideal if ideal else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def exposure(lists: Iterable[Sequence[int]], people: Iterable[int], top: int) -> dict[int, int]:
    """Return how often each of the people stands among the first ``top`` of the lists."""
    counts = Counter(one for ranked in lists for one in ranked[:top])
    return {person: counts[person] for person in people}


def gini(values: Collection[float]) -> float:
    """Return the Gini coefficient: 0 when all have the same, near 1 when one has all."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return 0.0
    weighed = sum(place * value for place, value in enumerate(ordered, start=1))
    return 2 * weighed / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def coverage(values: Collection[float]) -> float:
    """Return which part of the people is shown at all."""
    return sum(value > 0 for value in values) / len(values) if values else 0.0
