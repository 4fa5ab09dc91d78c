"""What an exchange's own answers teach: which traits of a pair make a yes likelier than its texts say; plain Python.

A logistic regression over what a pair gains and a few traits, drawn towards "no difference" (ridge), and used
only when it foretells answers that it has not seen better than the gain alone does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from matchmaking.ranking.model import Participant

TRAITS = ("same_region", "common_language", "another_cluster", "same_kind", "common_topics")
ENOUGH = 30  # of yes, and of no; below, chance would be taken for a habit
MOST = 0.7  # weight of one trait: about twice the odds
FOLDS = 5
BETTER = 0.01  # part by which unseen answers must be foretold better
_PULL = 4.0  # as so many answers that say "no difference"
_STEPS = 12

type Traits = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """That somebody wants to meet another, or does not, by keys."""

    judge: int
    other: int
    liked: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    """An answer with what was known before it: what the pair gains, and its traits."""

    mutual: float
    traits: Traits
    liked: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """Weight of each trait, none when nothing was learnt; ``answers`` is from how many, ``better`` by what part."""

    weights: Mapping[str, float] = field(default_factory=dict)
    answers: int = 0
    better: float = 0.0

    def factor(self, traits: Sequence[float]) -> float:
        """Return the factor for a pair, at most 1 and the same from both sides."""
        if not self.weights:
            return 1.0
        pairs = zip(TRAITS, traits, strict=True)
        return math.exp(sum(self.weights[name] * value for name, value in pairs) - self.highest)

    @property
    def highest(self) -> float:
        """What the best pair would have, so that a factor is never above 1."""
        return sum(weight for weight in self.weights.values() if weight > 0)


NOTHING_LEARNT = Habits()


def traits_of(one: Participant, other: Participant) -> Traits:
    """Return the pair's traits in the order of TRAITS, 1 for yes and 0 for no or not known."""
    return (
        float(bool(one.region) and one.region == other.region),
        float(bool(one.languages & other.languages)),
        float(one.cluster is not None and other.cluster is not None and one.cluster != other.cluster),
        float(bool(one.kind) and one.kind == other.kind),
        float(bool(subjects_of(one) & subjects_of(other))),
    )


def subjects_of(person: Participant) -> frozenset[int]:
    """Return the topics of all that she offers and seeks."""
    return frozenset(topic for item in (*person.needs, *person.offers) for topic in item.topics)


def learn(lessons: Sequence[Lesson], *, seed: int = 1) -> Habits:
    """Return what the answers teach; nothing when they are few, all alike, or foretell no others."""
    yes = sum(one.liked for one in lessons)
    if min(yes, len(lessons) - yes) < ENOUGH:
        return Habits(answers=len(lessons))
    better = _gained(lessons, seed)
    if better < BETTER:
        return Habits(answers=len(lessons), better=round(better, 4))
    weights = _fit(lessons, len(TRAITS))[2:]
    kept = {
        name: round(max(-MOST, min(MOST, weight)), 4) for name, weight in zip(TRAITS, weights, strict=True)
    }
    return Habits(kept, len(lessons), round(better, 4))


def _gained(lessons: Sequence[Lesson], seed: int) -> float:
    """Return by which part the traits make unseen answers less surprising."""
    order = list(lessons)
    Random(seed).shuffle(order)  # noqa: S311 - not a secret
    surprise = [0.0, 0.0]
    for fold in range(FOLDS):
        seen = [one for number, one in enumerate(order) if number % FOLDS != fold]
        for place, traits in enumerate((0, len(TRAITS))):
            weights = _fit(seen, traits)
            surprise[place] += sum(_surprise(weights, one, traits) for one in order[fold::FOLDS])
    return 1 - surprise[1] / surprise[0] if surprise[0] else 0.0


def _surprise(weights: Sequence[float], lesson: Lesson, traits: int) -> float:
    chance = _chance(weights, _row(lesson, traits))
    return -math.log(max(chance if lesson.liked else 1 - chance, 1e-9))


def _row(lesson: Lesson, traits: int) -> list[float]:
    return [1.0, lesson.mutual, *lesson.traits[:traits]]


def _chance(weights: Sequence[float], row: Iterable[float]) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(w * x for w, x in zip(weights, row, strict=True))))))


def _fit(lessons: Sequence[Lesson], traits: int) -> list[float]:
    """Return constant, weight of the gain, and weights of the first ``traits`` traits, by Newton's method."""
    rows = [_row(one, traits) for one in lessons]
    count = traits + 2
    pull = [0.01, 0.01, *[_PULL] * traits]
    weights = [0.0] * count
    for _step in range(_STEPS):
        slope = [-pull[i] * weights[i] for i in range(count)]
        bend = [[pull[i] * (i == j) for j in range(count)] for i in range(count)]
        for row, lesson in zip(rows, lessons, strict=True):
            chance = _chance(weights, row)
            spread = chance * (1 - chance)
            for i, value in enumerate(row):
                slope[i] += (lesson.liked - chance) * value
                for j in range(i, count):
                    bend[i][j] += spread * value * row[j]
        step = _solved(bend, slope)
        weights = [max(-20.0, min(20.0, weight + more)) for weight, more in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return weights


def _solved(upper: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive system of which the upper half is given, by elimination."""
    count = len(right)
    rows = [[upper[min(i, j)][max(i, j)] for j in range(count)] + [right[i]] for i in range(count)]
    for pivot in range(count):
        head = rows[pivot][pivot] or 1e-9
        for below in range(pivot + 1, count):
            part = rows[below][pivot] / head
            for column in range(pivot, count + 1):
                rows[below][column] -= part * rows[pivot][column]
    found = [0.0] * count
    for i in range(count - 1, -1, -1):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, count))
        found[i] = (rows[i][count] - known) / (rows[i][i] or 1e-9)
    return found
