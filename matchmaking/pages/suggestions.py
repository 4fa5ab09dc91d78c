"""Whom a participant might meet: cards with reasons in words, and the order in which they come.

The order is the one that a worker found from texts, topics and what the exchange has learnt
(``ranked_order``). Until it has, topics alone make the order, and others who fill the page up come after
(``topic_order``). Who may be shown at all is asked of the database each time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from matchmaking.free_time import FreeTime
from matchmaking.models import Dismissal, Exchange, ExchangeProfile, Offer, OfferKind, Slot
from matchmaking.pages.ranked_order import by_rank
from matchmaking.pages.reasons import (
    LEAST,
    MOST,
    Words,
    by_topics_in_words,
    coded_reasons,
    in_words,
    market_in_words,
)
from matchmaking.pages.topic_order import Market, by_topics
from matchmaking.queries import participants, shown_offers
from matchmaking.queries.suggestions import ranked_at
from matchmaking.ranking.model import Candidate

SHOWN = 12
TIMES = 3

type Kept = Mapping[int, Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A participant as others see her in a list; ``common`` is how many free slots she shares with the reader.

    ``times`` are the first of these slots.
    """

    profile: ExchangeProfile
    reasons: list[Words]
    common: int
    times: list[Slot] = field(default_factory=list)

    @property
    def offers(self) -> list[Offer]:
        """What she offers."""
        return [one for one in self.profile.person.shown_offers if one.kind == OfferKind.OFFER]

    @property
    def needs(self) -> list[Offer]:
        """What she seeks."""
        return [one for one in self.profile.person.shown_offers if one.kind == OfferKind.NEED]


@dataclass(frozen=True, slots=True)
class Suggested:
    """The best partners in their order with their offers, the reader's own topics, and what is kept of whom.

    ``scores`` are those of the ranked ones, whom the others follow. ``passed`` is the participant whose
    code was asked for, if the reader passed her by.
    """

    people: list[ExchangeProfile]
    own: Market
    kept: Kept
    scores: Mapping[int, float]
    passed: ExchangeProfile | None = None


def suggested(
    exchange: Exchange,
    reader: ExchangeProfile,
    *,
    without: Iterable[int] = (),
    most: int = SHOWN,
    passed: str = "",
) -> Suggested:
    """Return the best partners for the reader; five queries at most.

    Left out are those of ``without`` (keys) and those to whom the reader said "not for me"; who is like
    these in the respect she named comes later.
    """
    left_out = set(without)
    is_ranked = ranked_at(exchange) is not None
    ranked = by_rank(exchange, reader, without=left_out, most=most) if is_ranked else []
    keys = [one.candidate.partner for one in ranked]
    if len(keys) < most:
        left_out.update(keys)
        keys += by_topics(
            exchange, reader, without=left_out, most=most - len(keys), with_topics=not is_ranked
        )
    found = {profile.pk: profile for profile in _read(exchange, reader, keys, passed)}
    people = [found[pk] for pk in keys if pk in found]
    return Suggested(
        people=people,
        own=with_offers(exchange, people, reader),
        kept={one.candidate.partner: one.candidate for one in ranked},
        scores={one.candidate.partner: one.score for one in ranked},
        passed=next((one for one in found.values() if one.was_passed and one.code == passed.upper()), None),
    )


def _read(
    exchange: Exchange, reader: ExchangeProfile, keys: Collection[int], passed: str
) -> QuerySet[ExchangeProfile]:
    """Return these participants and the one of the code, each with whether the reader passed her by."""
    rows = participants(exchange, reader).prefetch_related(None)
    said = Dismissal.objects.filter(profile=reader, partner=OuterRef("pk"))
    return rows.filter(Q(pk__in=keys) | Q(code=passed.upper())).annotate(was_passed=Exists(said))


def with_offers(exchange: Exchange, people: Iterable[ExchangeProfile], reader: ExchangeProfile) -> Market:
    """Read the offers of these people and of the reader, and return the reader's own market; two queries."""
    prefetch_related_objects([*people, reader], shown_offers(exchange))
    own = Market()
    for offer in reader.person.shown_offers:
        topics = {topic.pk for topic in offer.topics.all()}
        (own.offers if offer.kind == OfferKind.OFFER else own.needs).update(topics)
    return own


def cards(
    reader: ExchangeProfile,
    people: Iterable[ExchangeProfile],
    own: Market,
    free: FreeTime | None,
    kept: Kept,
) -> list[Card]:
    """Return a card for each of the people; ``free`` must know them and the reader, ``kept`` those ranked."""
    shown = []
    for person in people:
        common = free.common(reader, person) if free else []
        why = reasons(reader, person, own, kept)
        shown.append(Card(profile=person, reasons=why, common=len(common), times=common[:TIMES]))
    return shown


def reasons(reader: ExchangeProfile, other: ExchangeProfile, own: Market, kept: Kept) -> list[Words]:
    """Return two to four reasons for the two to meet, the weightiest first; both have their offers read."""
    if other.pk not in kept:
        return by_topics_in_words(reader, other, own)
    found = in_words(reader, other, coded_reasons(reader, other, kept[other.pk], ranked_at(reader.exchange)))
    if len(found) < LEAST:
        found += market_in_words(other)
    return found[:MOST]
