"""The order of partners by ticked topics alone: for an exchange, or a participant, that nobody has ranked yet.

What one seeks and the other offers counts in both directions. Who serves only one side comes after those
from whom both gain; ties are broken differently for each reader, so that the same few do not stand on top
everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from matchmaking.models import Exchange, ExchangeProfile, NotForMe, Offer, OfferKind
from matchmaking.queries.suggestions import suggestible

_SPREAD = 0x9E3779B1
_DISTASTE = 6  # about what gain on one side counts


@dataclass(frozen=True, slots=True)
class Market:
    """What somebody offers and seeks, as keys of topics."""

    offers: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)


def by_topics(
    exchange: Exchange,
    reader: ExchangeProfile,
    *,
    without: Collection[int],
    most: int,
    with_topics: bool = True,
) -> list[int]:
    """Return the keys of the best partners by topics, without those of ``without`` and passed by; two queries.

    Who is like somebody that the reader passed by, in the respect that she named, comes later. With
    ``with_topics`` off, region and languages alone count: for people from whom, as is known, neither gains.
    One query less then.
    """
    markets = markets_of(exchange) if with_topics else defaultdict(Market)
    own = markets[reader.person_id]
    people = _seen(exchange, reader)
    taste = _Taste.of(people, markets)
    left_out = {*without, *taste.passed}
    scored = sorted(
        (
            -_score(own, markets[one.person]) + taste.against(markets[one.person], one.region, one.kind),
            -_ties(reader, one.region, one.languages),
            _lot(reader.pk, one.pk),
            one.pk,
        )
        for one in people
        if one.pk not in left_out
    )
    return [pk for *_order, pk in scored[:most]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a participant the order depends on; ``reason`` is why the reader passed her by, or None."""

    pk: int
    person: int
    region: str
    languages: list[str]
    kind: str | None
    reason: str | None


def _seen(exchange: Exchange, reader: ExchangeProfile) -> list[_Seen]:
    """Return everybody whom the reader may be told of, passed by or not; one query."""
    rows = suggestible(exchange, reader).prefetch_related(None).select_related(None).order_by()
    values = rows.values_list("pk", "person_id", "region", "languages", "organisation__kind", "passed")
    return [_Seen(*row) for row in values]


@dataclass(slots=True)
class _Taste:
    """Whom somebody passed by, and what she named as the reason: topics, regions, kinds of organisation."""

    passed: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, people: Iterable[_Seen], markets: Mapping[int, Market]) -> _Taste:
        """Return what the reader's "not for me"s say."""
        taste = cls()
        for one in people:
            if one.reason is None:
                continue
            taste.passed.add(one.pk)
            match one.reason:
                case NotForMe.TOPIC:
                    taste.topics |= markets[one.person].offers | markets[one.person].needs
                case NotForMe.REGION if one.region:
                    taste.regions.add(one.region)
                case NotForMe.KIND if one.kind:
                    taste.kinds.add(one.kind)
        return taste

    def against(self, other: Market, region: str, kind: str | None) -> int:
        """Return what of a score the reasons take away; a topic counts a little, a region or kind more."""
        shared = len(self.topics & (other.offers | other.needs))
        return min(shared, 3) + _DISTASTE * ((region in self.regions) + (kind in self.kinds))


def markets_of(exchange: Exchange) -> defaultdict[int, Market]:
    """Return person key to what she offers and seeks at the event; one query."""
    found: defaultdict[int, Market] = defaultdict(Market)
    rows = Offer.objects.filter(event=exchange.event_id, topics__isnull=False).order_by()
    for person, kind, topic in rows.values_list("person_id", "kind", "topics"):
        market = found[person]
        (market.offers if kind == OfferKind.OFFER else market.needs).add(topic)
    return found


def _score(own: Market, other: Market) -> int:
    gets, gives = len(own.needs & other.offers), len(own.offers & other.needs)
    # Both must gain: the smaller side counts most. What both do alike counts least.
    return 8 * min(gets, gives) + 2 * (gets + gives) + len(own.offers & other.offers)


def _ties(reader: ExchangeProfile, region: str, languages: list[str]) -> int:
    return int(bool(region) and region == reader.region) + int(bool({*languages} & {*reader.languages}))


def _lot(reader: int, other: int) -> int:
    return (reader * _SPREAD ^ other * 0x85EBCA6B) % 0xFFFF
