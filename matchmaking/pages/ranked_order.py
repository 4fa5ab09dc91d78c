"""The order of partners that a worker found, as it stands for a reader now: her "not for me"s count at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from matchmaking.models import Exchange, ExchangeProfile
from matchmaking.queries.suggestions import KeptPartner, kept_partners
from matchmaking.ranking.model import Candidate, Item, Participant, Why
from matchmaking.ranking.scoring import discounted, feedback_about, taste


@dataclass(frozen=True, slots=True)
class Ranked:
    """A partner in her place: what both gain, and the score that the order follows."""

    candidate: Candidate
    score: float


def by_rank(
    exchange: Exchange, reader: ExchangeProfile, *, without: Collection[int], most: int
) -> list[Ranked]:
    """Return the best ranked partners in their order, without those of ``without`` and passed by; one query.

    Who is like somebody that the reader passed by, in the respect that she named, comes later.
    """
    kept = kept_partners(exchange, reader)
    wise = _with_feedback(reader, kept)
    ranked = []
    for one in kept:
        if one.passed is None and one.partner.key not in without:
            liked = taste(wise, _with_topics(one), one.candidate)
            score = discounted(one.candidate.mutual * liked, one.price)
            ranked.append((-score, one.rank, Ranked(one.candidate, score)))
    ranked.sort(key=lambda row: row[:2])
    return [one for *_order, one in ranked[:most]]


def _with_feedback(reader: ExchangeProfile, kept: Iterable[KeptPartner]) -> Participant:
    me = Participant(key=reader.pk)
    said = tuple(
        feedback_about(me, _with_topics(one), Why(one.passed), one.candidate)
        for one in kept
        if one.passed is not None
    )
    return replace(me, feedback=said)


def _with_topics(one: KeptPartner) -> Participant:
    """Return the partner with the topics that brought the two together."""
    keys = {match.offer for match in one.candidate.theirs} | {match.need for match in one.candidate.ours}
    if not one.topics or not keys:
        return one.partner
    return replace(one.partner, offers=(Item(key=min(keys), topics=one.topics),))
