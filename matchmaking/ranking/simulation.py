"""An invented event of which is known who would want to meet whom, to judge rankings by; plain Python.

Interest is drawn from what people really seek and offer, from habits and from chance. A ranking sees less:
texts in one of two languages, and topics, of which some are missing or wrong.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from matchmaking.ranking.model import Item, Participant

SAME, AKIN = 1.0, 0.35  # interest in exactly what is sought, and in something of its topic
REGIONS = tuple(f"R{number}" for number in range(8))
_KEYS = 1_000_000  # needs and offers have keys above those of people
_SLOTS = range(24)


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and the offer that answers it, each in English and Russian; ``topic`` is the number of its topic."""

    topic: int
    need: tuple[str, str]
    offer: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a file, and offers (English, Russian) that answer no need although they sound alike."""

    pairs: tuple[Pair, ...]
    near: tuple[tuple[str, str], ...]

    def same_topic(self, one: int, other: int) -> bool:
        """Tell whether two pairs, by number, are of one topic."""
        return self.pairs[one].topic == self.pairs[other].topic


def read_pairs(path: Path) -> Pairs:
    """Read a file of ``[[topic]]`` with ``pairs`` and ``near``."""
    topics = tomllib.loads(path.read_text("utf-8"))["topic"]
    return Pairs(
        tuple(
            Pair(number, (row[0], row[1]), (row[2], row[3]))
            for number, topic in enumerate(topics)
            for row in topic["pairs"]
        ),
        tuple((row[0], row[1]) for topic in topics for row in topic["near"]),
    )


@dataclass(frozen=True, slots=True)
class Character:
    """What nobody sees of a person: pairs she seeks and offers, what sways her, and how sought-after she is."""

    seeks: tuple[int, ...]
    offers: tuple[int, ...]
    sells: float
    stays_near: float
    choosy: float
    fame: float


@dataclass(frozen=True, slots=True)
class Event:
    """People as a ranking sees them, in the order of keys 1 … n, and as they are."""

    people: tuple[Participant, ...]
    characters: tuple[Character, ...]
    pairs: tuple[Pair, ...]
    seed: int

    def interest(self, one: int, other: int) -> float:
        """Return how likely the first (a position) wants to meet the second."""
        own, partner = self.characters[one], self.characters[other]
        pull = self._answer(own.seeks, partner.offers) + own.sells * self._answer(partner.seeks, own.offers)
        seen, met = self.people[one], self.people[other]
        pull -= own.stays_near * (seen.region != met.region) + 0.4 * (not seen.languages & met.languages)
        chance = Random(f"{self.seed}/{one}/{other}").gauss(0, 0.15)  # noqa: S311 - not a secret
        return 1 / (1 + math.exp(-6 * (pull + partner.fame + chance - own.choosy)))

    def success(self, one: int, other: int) -> float:
        """Return how likely both want to meet."""
        return self.interest(one, other) * self.interest(other, one)

    def _answer(self, sought: Sequence[int], offered: Sequence[int]) -> float:
        if {*sought} & {*offered}:
            return SAME
        topics = {self.pairs[number].topic for number in offered}
        return AKIN if any(self.pairs[number].topic in topics for number in sought) else 0.0


def simulate(pairs: Sequence[Pair], *, people: int, seed: int = 1, newcomers: float = 0.1) -> Event:
    """Return an event of so many people; the same for the same seed."""
    rng = Random(seed)  # noqa: S311 - not a secret
    popular = [rng.paretovariate(1.2) for _pair in pairs]  # some subjects are fashionable
    characters, rows = [], []
    for key in range(1, people + 1):
        character = _character(rng, popular)
        characters.append(character)
        rows.append(_participant(rng, key, character, pairs, is_new=rng.random() < newcomers))
    return Event(tuple(rows), tuple(characters), tuple(pairs), seed)


def _character(rng: Random, popular: Sequence[float]) -> Character:
    numbers = range(len(popular))
    is_famous = rng.random() < 0.05
    return Character(
        seeks=tuple(dict.fromkeys(rng.choices(numbers, popular, k=rng.choice((1, 1, 2, 2, 3))))),
        offers=tuple(dict.fromkeys(rng.choices(numbers, k=rng.choice((1, 1, 2, 2, 3))))),
        sells=rng.uniform(0.0, 0.7),
        stays_near=rng.choice((0.0, 0.0, 0.1, 0.3)),
        choosy=rng.uniform(0.5, 0.9) + 0.3 * is_famous,
        fame=0.25 * is_famous,
    )


def _participant(
    rng: Random, key: int, character: Character, pairs: Sequence[Pair], *, is_new: bool
) -> Participant:
    writes = int(rng.random() < 0.65)
    organisation = rng.randrange(400)
    return Participant(
        key=key,
        organisation=organisation,
        cluster=organisation % 12,
        kind=("company", "university", "research")[organisation % 3],
        region=rng.choice(REGIONS),
        languages=frozenset(("en", "ru") if rng.random() < 0.5 else (("en", "ru")[writes],)),
        needs=tuple(
            _item(rng, _KEYS + key * 10 + n, pairs[number].need[writes], pairs[number].topic, pairs)
            for n, number in enumerate(character.seeks)
        ),
        offers=tuple(
            _item(rng, _KEYS + key * 10 + 5 + n, pairs[number].offer[writes], pairs[number].topic, pairs)
            for n, number in enumerate(character.offers)
        ),
        free=frozenset(rng.sample(_SLOTS, 12)),
        shown=0 if is_new else rng.randrange(2, 30) + 40 * (character.fame > 0),
        is_new=is_new,
    )


def _item(rng: Random, key: int, text: str, topic: int, pairs: Sequence[Pair]) -> Item:
    chance = rng.random()
    if chance < 0.1:
        return Item(key=key, text=text)
    return Item(key=key, text=text, topics=frozenset({rng.choice(pairs).topic if chance > 0.95 else topic}))
