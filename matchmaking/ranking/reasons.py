"""Two to four reasons for two people to meet, as codes: what each answers of the other's comes first."""

from __future__ import annotations

from collections.abc import Iterator

from matchmaking.ranking.model import Candidate, Item, Match, Participant, Reason, ReasonCode

MOST_REASONS = 4
SAYS_ENOUGH = 0.2  # a match below is no reason to name


def reasons_for(reader: Participant, partner: Participant, candidate: Candidate) -> tuple[Reason, ...]:
    """Return up to four reasons, the weightiest first, one of each code; fewer than two only if no more is known."""
    found: dict[ReasonCode, Reason] = {}
    for reason in _all(reader, partner, candidate):
        found.setdefault(reason.code, reason)
    return tuple(found.values())[:MOST_REASONS]


def _all(reader: Participant, partner: Participant, candidate: Candidate) -> Iterator[Reason]:
    met = [
        *_matches(reader, partner, candidate.theirs, ReasonCode.OFFERS_WHAT_YOU_SEEK),
        *_matches(partner, reader, candidate.ours, ReasonCode.SEEKS_WHAT_YOU_OFFER),
    ]
    for _fit, reason, _need, _offer in sorted(met, key=lambda one: (-one[0], one[1].code)):
        yield reason
    for _fit, _reason, need, offer in met:
        yield from _of_the_match(need, offer)
    shared = reader.topics & partner.topics
    if shared:
        yield Reason(code=ReasonCode.WORKS_ON_THE_SAME, topics=tuple(sorted(shared)))
    yield from _of_the_people(reader, partner)


def _matches(
    seeker: Participant, provider: Participant, matches: tuple[Match, ...], code: ReasonCode
) -> Iterator[tuple[float, Reason, Item, Item]]:
    needs, offers = {one.key: one for one in seeker.needs}, {one.key: one for one in provider.offers}
    for match in matches:
        need, offer = needs.get(match.need), offers.get(match.offer)
        if need is None or offer is None or match.fit < SAYS_ENOUGH:
            continue
        topics = tuple(sorted(need.topics & offer.topics))
        yield match.fit, Reason(code=code, need=need.key, offer=offer.key, topics=topics), need, offer


def _of_the_match(need: Item, offer: Item) -> Iterator[Reason]:
    if need.cooperation and need.cooperation == offer.cooperation:
        yield Reason(code=ReasonCode.SAME_COOPERATION, kind=need.cooperation)
    if need.readiness and offer.readiness >= need.readiness:
        yield Reason(code=ReasonCode.READY_ENOUGH, stage=offer.readiness)


def _of_the_people(reader: Participant, partner: Participant) -> Iterator[Reason]:
    if reader.region and reader.region == partner.region:
        yield Reason(code=ReasonCode.SAME_REGION, region=reader.region)
    if partner.is_new:
        yield Reason(code=ReasonCode.NEW_HERE)
    languages = tuple(sorted(reader.languages & partner.languages))
    if languages:
        yield Reason(code=ReasonCode.BOTH_SPEAK, languages=languages)
    if partner.cluster is not None and reader.cluster is not None and partner.cluster != reader.cluster:
        yield Reason(code=ReasonCode.ANOTHER_CLUSTER, cluster=partner.cluster)
    common = len(reader.free & partner.free)
    if common:
        yield Reason(code=ReasonCode.FREE_TOGETHER, slots=common)
