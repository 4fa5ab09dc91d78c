"""From candidates to what a reader is shown: filters, feedback, exposure, order, reasons. No numpy: a page calls it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from matchmaking.ranking.model import (
    Asking,
    Candidate,
    Feedback,
    Participant,
    Rules,
    Suggestion,
    Why,
)
from matchmaking.ranking.reasons import reasons_for

MOST = 20
DEAREST, CHEAPEST, STEEPNESS = 0.5, -0.15, 0.12
PASSED_TOPIC, PASSED_REGION, PASSED_KIND, PASSED_COLLEAGUE = 0.7, 0.6, 0.6, 0.2


def suggest(
    reader: Participant,
    candidates: Iterable[Candidate],
    people: Mapping[int, Participant],
    rules: Rules,
    *,
    prices: Mapping[int, float] | None = None,
    most: int = MOST,
) -> list[Suggestion]:
    """Return the best partners in their order; candidates that ``people`` does not know are left out.

    ``prices`` are those of ``balance.balance``; somebody without one has that of ``price_of``.
    """
    fair = prices or {}
    usual = _usual(people)
    ranked = []
    for candidate in candidates:
        partner = people.get(candidate.partner)
        if partner is None or not may_suggest(reader, partner, rules):
            continue
        price = fair.get(partner.key)
        if price is None:
            price = price_of(partner.shown, usual)
        score = discounted(candidate.mutual * taste(reader, partner, candidate), price)
        ranked.append((-score, partner.key, candidate))
    ranked.sort(key=lambda one: one[:2])
    return [_suggestion(reader, people[key], candidate, -minus) for minus, key, candidate in ranked[:most]]


def _suggestion(reader: Participant, partner: Participant, candidate: Candidate, score: float) -> Suggestion:
    return Suggestion(
        partner=partner.key,
        score=score,
        gets=candidate.gets,
        gives=candidate.gives,
        mutual=candidate.mutual,
        reasons=reasons_for(reader, partner, candidate),
        common=tuple(sorted(reader.free & partner.free)),
    )


def may_suggest(reader: Participant, partner: Participant, rules: Rules) -> bool:
    """Tell whether the rules, blocks, requests and feedback let the partner be suggested to the reader."""
    if reader.key == partner.key or not may_ask(reader, partner, rules):
        return False
    if partner.key in reader.blocked | reader.asked or reader.key in partner.blocked | partner.asked:
        return False
    if rules.needs_common_slot and not reader.free & partner.free:
        return False
    if rules.needs_common_language and not reader.languages & partner.languages:
        return False
    return not any(
        one.partner == partner.key
        or (
            one.why is Why.ORGANISATION
            and one.organisation is not None
            and one.organisation == partner.organisation
        )
        for one in reader.feedback
    )


def may_ask(asker: Participant, asked: Participant, rules: Rules) -> bool:
    """Tell whether the organiser's rules let one ask the other."""
    if rules.pairs is not None and not any(
        (one, other) in rules.pairs for one in asker.groups for other in asked.groups
    ):
        return False
    if rules.asking is Asking.ANYBODY:
        return True
    if asker.organisation is not None and asker.organisation == asked.organisation:
        return False
    return not (
        rules.asking is Asking.OTHER_CLUSTER and asker.cluster is not None and asker.cluster == asked.cluster
    )


def feedback_about(
    reader: Participant, partner: Participant, why: Why, candidate: Candidate | None = None
) -> Feedback:
    """Return the feedback to keep or use: the topics are those that brought the two together, else all of hers."""
    return Feedback(
        partner=partner.key,
        why=why,
        topics=_meeting_topics(partner, candidate) or _all_topics(partner),
        region=partner.region,
        organisation=partner.organisation,
        kind=partner.kind,
    )


def taste(reader: Participant, partner: Participant, candidate: Candidate) -> float:
    """Return the factor, at most 1, for what the reader said "not for me" to in others."""
    if not reader.feedback:
        return 1.0
    topics: set[int] = set()
    factor = 1.0
    for why, weight in ((Why.REGION, PASSED_REGION), (Why.KIND, PASSED_KIND), (Why.KNOWN, PASSED_COLLEAGUE)):
        if any(one.why is why and _alike(one, partner) for one in reader.feedback):
            factor *= 1 - weight
    for one in reader.feedback:
        if one.why is Why.TOPIC:
            topics |= one.topics
    if topics:
        hers = _meeting_topics(partner, candidate) or _all_topics(partner)
        factor *= 1 - PASSED_TOPIC * (len(hers & topics) / len(hers) if hers else 0)
    return factor


def _alike(feedback: Feedback, partner: Participant) -> bool:
    match feedback.why:
        case Why.REGION:
            return bool(feedback.region) and feedback.region == partner.region
        case Why.KIND:
            return bool(feedback.kind) and feedback.kind == partner.kind
        case Why.KNOWN:
            return feedback.organisation is not None and feedback.organisation == partner.organisation
    return False


def _meeting_topics(partner: Participant, candidate: Candidate | None) -> frozenset[int]:
    if candidate is None:
        return frozenset()
    met = {match.offer for match in candidate.theirs} | {match.need for match in candidate.ours}
    items = (*partner.offers, *partner.needs)
    return frozenset(topic for item in items if item.key in met for topic in item.topics)


def _all_topics(partner: Participant) -> frozenset[int]:
    return partner.topics.union(*(item.topics for item in (*partner.offers, *partner.needs)))


def price_of(shown: float, usual: float) -> float:
    """Return what exposure costs: above 0 for those shown more often than is usual, below for the new."""
    price = STEEPNESS * math.log2((shown + 1) / (usual + 1))
    return min(DEAREST, max(CHEAPEST, price))


def discounted(mutual: float, price: float) -> float:
    """Return the score under a price; the dearer, the less."""
    return mutual * (1 - price)


def _usual(people: Mapping[int, Participant]) -> float:
    return sum(person.shown for person in people.values()) / len(people) if people else 0.0
