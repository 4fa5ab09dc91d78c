"""Prices that spread attention: who would stand in too many first tens becomes dearer, who in none cheaper; workers only.

A list is ordered by what both gain times (1 - price), see ``scoring.discounted``. Prices are found as on a
market, by small steps: after each, those shown far more than their share cost more. Who was shown more than others
before, or asked more, counts as shown already; so the new come first to their share.

Prices cost quality: the list says less of what both gain. So the gentlest market is taken that spreads enough.
"""

from __future__ import annotations

import numpy as np

from matchmaking.ranking.batch import Kept
from matchmaking.ranking.crowd import Numbers
from matchmaking.ranking.measures import coverage, gini

TOP = 10
LEAST, MOST = -1.0, 0.6
_STEPS = 40
_FIRST_STEP, _LAST_STEP = 0.08, 0.01
_SLACKS = (
    2.0,
    1.75,
    1.5,
    1.25,
    1.0,
)  # doublings of one's share, or halvings, that cost nothing: evenness is no aim in itself
COVERED, UNEVEN = 0.96, 0.48  # the part that some first ten shows, and the Gini coefficient, that are enough
_MEMORY = 0.25  # how much of one's share a past as large as everybody's counts


def balance(kept: Kept) -> dict[int, float]:
    """Return key to price of everybody, the same for the same input."""
    count = len(kept.people)
    if not count:
        return {}
    partners, mutual = _padded(kept)
    shares = np.minimum([len(row) for row in kept.partners], TOP).sum() / count
    past = _past(np.array([one.shown for one in kept.people], dtype=np.float64), shares)
    for slack in _SLACKS:
        prices = _prices(partners, mutual, past, shares, slack)
        shown = _shown(partners, mutual, prices).tolist()
        if coverage(shown) >= COVERED and gini(shown) <= UNEVEN:
            break
    return {
        person.key: round(float(price), 4) for person, price in zip(kept.people, prices[:count], strict=True)
    }


def _prices(partners: Numbers, mutual: Numbers, past: Numbers, share: float, slack: float) -> Numbers:
    """Return the price of each position; the last one is that of nobody."""
    count = len(partners)
    prices = np.zeros(count + 1)
    for step in np.geomspace(_FIRST_STEP, _LAST_STEP, _STEPS):
        shown = np.maximum(_shown(partners, mutual, prices) + past, 0)
        excess = np.log2((shown + 1) / (share + 1))
        prices[:count] += step * np.sign(excess) * np.maximum(np.abs(excess) - slack, 0)
        prices[:count] = np.clip(prices[:count], LEAST, MOST)
    return np.asarray(prices)


def _past(shown: Numbers, share: float) -> Numbers:
    usual = shown.mean()
    if not usual:
        return np.zeros(len(shown))
    return np.asarray(_MEMORY * share * np.minimum(shown / usual, 4.0) - _MEMORY * share)


def _padded(kept: Kept) -> tuple[Numbers, Numbers]:
    width = max((len(row) for row in kept.partners), default=0) or 1
    partners = np.full((len(kept.people), width), len(kept.people), dtype=np.int64)
    mutual = np.full(partners.shape, -1.0, dtype=np.float32)
    for position, (row, gains) in enumerate(zip(kept.partners, kept.mutual, strict=True)):
        partners[position, : len(row)], mutual[position, : len(row)] = row, gains
    return partners, mutual


def _shown(partners: Numbers, mutual: Numbers, prices: Numbers) -> Numbers:
    """Return how often each stands in a first ten under the prices."""
    scores = np.where(mutual >= 0, mutual * (1 - prices[partners]), -1.0)
    top = min(TOP, scores.shape[1] - 1)
    first = np.argpartition(-scores, top, axis=1)[:, :TOP]
    chosen = np.take_along_axis(partners, first, axis=1)
    return np.asarray(np.bincount(chosen.ravel(), minlength=len(prices))[:-1], dtype=np.float64)
