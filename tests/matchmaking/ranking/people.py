"""Invented participants; hypothesis draws only the seed, which is quick."""

from random import Random

from hypothesis import strategies as st

from matchmaking.ranking.model import Item, Participant, Readiness

REGIONS, LANGUAGES = ("", "RU-TA", "RU-MOS", "DE"), ("en", "ru", "de")


def crowds(least: int = 2, most: int = 6):
    """A strategy of lists of participants with keys 1, 2, …"""
    return st.integers(0, 2**32).map(lambda seed: make_crowd(Random(seed), least, most))


def make_crowd(rng: Random, least: int, most: int) -> list[Participant]:
    return [make_person(rng, key, most) for key in range(1, rng.randint(least, most) + 1)]


def make_person(rng: Random, key: int, most: int) -> Participant:
    return Participant(
        key=key,
        organisation=rng.choice((None, 1, 2, 3)),
        cluster=rng.choice((None, 1, 2)),
        kind=rng.choice(("", "company")),
        region=rng.choice(REGIONS),
        languages=some(rng, LANGUAGES),
        groups=some(rng, ("buyer", "seller")),
        needs=make_items(rng, key * 100),
        offers=make_items(rng, key * 100 + 50),
        free=some(rng, (1, 2, 3, 4)),
        shown=rng.randint(0, 30),
        is_new=rng.random() < 0.5,
        blocked=some(rng, range(1, most + 1), 1),
        asked=some(rng, range(1, most + 1), 1),
    )


def make_items(rng: Random, first: int) -> tuple[Item, ...]:
    return tuple(
        Item(
            key=first + number,
            text="words",
            topics=some(rng, (1, 2, 3, 4), 2),
            sectors=some(rng, "abc", 2),
            regions=some(rng, REGIONS[1:], 1),
            cooperation=rng.choice(("", "supply", "research")),
            readiness=rng.choice(list(Readiness)),
        )
        for number in range(rng.randint(0, 3))
    )


def some(rng: Random, values, most: int = 3) -> frozenset:
    return frozenset(rng.sample(list(values), rng.randint(0, min(most, len(values)))))


def words(need: int, offer: int) -> float:
    """A likeness of texts that differs from pair to pair."""
    return ((need * 7919 + offer * 104_729) % 11) / 10
