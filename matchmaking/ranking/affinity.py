"""How well an offer answers a need, and what two people gain from each other; the formulas, one pair at a time.

``batch`` computes the same for all pairs at once; a test holds the two together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from matchmaking.ranking.model import Candidate, Item, Match, Participant

type Words = Callable[[int, int], float]  # (need's key, offer's key) → how alike their texts are, 0 to 1

WORDS, TOPICS, SECTORS = 0.85, 0.3, 0.15  # what each can prove alone
OTHER_COOPERATION, OTHER_REGION, TOO_EARLY = 0.75, 0.7, 0.8
FURTHER = 0.2  # how much a second match adds
CUSTOMER = 0.5  # what one who finds a taker for her offer gains, of what the taker does
NO_LANGUAGE, ELSEWHERE = 0.5, 0.94
KEPT = 2  # matches a candidate keeps each way


def no_words(_need: int, _offer: int) -> float:
    """Say that nothing is known of the texts."""
    return 0.0


def fit(need: Item, offer: Item, *, seeker: str, provider: str, words: float) -> float:
    """Return how well the offer answers the need, 0 to 1; ``seeker`` and ``provider`` are their regions."""
    topics = _overlap(need.topics, offer.topics)
    sectors = _overlap(need.sectors, offer.sectors)
    proved = 1 - (1 - WORDS * words) * (1 - TOPICS * topics) * (1 - SECTORS * sectors)
    return proved * hindrance(need, offer, seeker=seeker, provider=provider)


def hindrance(need: Item, offer: Item, *, seeker: str, provider: str) -> float:
    """Return the factor for what stands between the two although the subject fits; 1 for nothing."""
    factor = 1.0
    if need.cooperation and offer.cooperation and need.cooperation != offer.cooperation:
        factor *= OTHER_COOPERATION
    if need.regions and provider and provider not in need.regions:
        factor *= OTHER_REGION
    if offer.regions and seeker and seeker not in offer.regions:
        factor *= OTHER_REGION
    if need.readiness and offer.readiness:
        factor *= TOO_EARLY ** max(0, need.readiness - offer.readiness)
    return factor


def _overlap[T](one: frozenset[T], other: frozenset[T]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def matches(seeker: Participant, provider: Participant, words: Words) -> list[Match]:
    """Return for each need the offer that answers it best, the best first; those of no fit are left out."""
    found = []
    for need in seeker.needs:
        best = max(
            (_match(need, offer, seeker, provider, words) for offer in provider.offers),
            key=lambda match: (match.fit, -match.offer),
            default=None,
        )
        if best and best.fit > 0:
            found.append(best)
    return sorted(found, key=lambda match: (-match.fit, match.need))


def _match(need: Item, offer: Item, seeker: Participant, provider: Participant, words: Words) -> Match:
    alike = words(need.key, offer.key) if need.text and offer.text else 0.0
    how_well = fit(need, offer, seeker=seeker.region, provider=provider.region, words=alike)
    return Match(need.key, offer.key, how_well)


def gain(fits: Sequence[float]) -> float:
    """Return what somebody gains whose needs are answered that well: the best counts, further ones add a little."""
    if not fits:
        return 0.0
    best = max(fits)
    rest = math.prod(1 - FURTHER * one for one in fits) / (1 - FURTHER * best)
    return 1 - (1 - best) * rest


def worth(own: float, other: float) -> float:
    """Return what a meeting is worth to somebody: her own gain, and a taker for what she offers."""
    return 1 - (1 - own) * (1 - CUSTOMER * other)


def harmonic(one: float, other: float) -> float:
    """Return the harmonic mean, which the smaller side rules; 0 when either is 0."""
    return 2 * one * other / (one + other) if one and other else 0.0


def nearness(one: Participant, other: Participant) -> float:
    """Return the factor, alike both ways, for what eases a meeting: a common language, the same region."""
    factor = 1.0
    if one.languages and other.languages and not one.languages & other.languages:
        factor *= NO_LANGUAGE
    if one.region and other.region and one.region != other.region:
        factor *= ELSEWHERE
    return factor


def compare(reader: Participant, partner: Participant, words: Words = no_words) -> Candidate:
    """Return what the two gain from each other; with the two swapped ``mutual`` is the same."""
    theirs, ours = matches(reader, partner, words), matches(partner, reader, words)
    gained, given = gain([match.fit for match in theirs]), gain([match.fit for match in ours])
    gets, gives = worth(gained, given), worth(given, gained)
    return Candidate(
        partner=partner.key,
        gets=gets,
        gives=gives,
        mutual=harmonic(gets, gives) * nearness(reader, partner),
        theirs=tuple(theirs[:KEPT]),
        ours=tuple(ours[:KEPT]),
    )


def compare_all(
    reader: Participant, people: Iterable[Participant], words: Words = no_words
) -> list[Candidate]:
    """Return a candidate for each of the others; without ``words`` by what was ticked alone."""
    others = (partner for partner in people if partner.key != reader.key)
    if words is not no_words:
        return [compare(reader, partner, words) for partner in others]
    sought, offered = _ticked(reader.needs), _ticked(reader.offers)
    return [
        compare(reader, partner)
        if _touches(sought, partner.offers) or _touches(offered, partner.needs)
        else Candidate(partner=partner.key, gets=0.0, gives=0.0, mutual=0.0)
        for partner in others
    ]


def _ticked(items: tuple[Item, ...]) -> tuple[frozenset[int], frozenset[str]]:
    return (
        frozenset(topic for item in items for topic in item.topics),
        frozenset(sector for item in items for sector in item.sectors),
    )


def _touches(ticked: tuple[frozenset[int], frozenset[str]], items: tuple[Item, ...]) -> bool:
    topics, sectors = ticked
    return any(not (topics.isdisjoint(item.topics) and sectors.isdisjoint(item.sectors)) for item in items)
