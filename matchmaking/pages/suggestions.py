"""Whom a participant might meet: cards with reasons in words, and the order in which they come.

The order is a simple one: what one seeks and the other offers, by topics, in both directions. Who serves
only one side comes after those from whom both gain; ties are broken differently for each reader, so that
the same few do not stand on top everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from matchmaking.free_time import FreeTime
from matchmaking.models import Dismissal, Exchange, ExchangeProfile, NotForMe, Offer, OfferKind
from matchmaking.queries import participants, shown_offers
from network.web.words import language_name
from sessions_app.registration.regions import region_name

SHOWN = 12
REASONS = 4
_SPREAD = 0x9E3779B1
_DISTASTE = 6  # about what gain on one side counts


@dataclass(frozen=True, slots=True)
class Market:
    """What somebody offers and seeks, as keys of topics."""

    offers: set[int] = field(default_factory=set)
    needs: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A participant as others see her in a list; ``common`` is how many free slots she shares with the reader."""

    profile: ExchangeProfile
    reasons: list[SafeString | str]
    common: int

    @property
    def offers(self) -> list[Offer]:
        """What she offers."""
        return [one for one in self.profile.person.shown_offers if one.kind == OfferKind.OFFER]

    @property
    def needs(self) -> list[Offer]:
        """What she seeks."""
        return [one for one in self.profile.person.shown_offers if one.kind == OfferKind.NEED]


def suggested(
    exchange: Exchange, reader: ExchangeProfile, *, without: Iterable[int] = (), most: int = SHOWN
) -> tuple[list[ExchangeProfile], Market]:
    """Return the best partners in their order, with their offers, and the reader's own market; five queries.

    Left out are those of ``without`` (keys) and those to whom the reader said "not for me"; who is like
    these in the respect she named comes later.
    """
    markets = markets_of(exchange)
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
    keys = [pk for *_order, pk in scored[:most]]
    found = {profile.pk: profile for profile in participants(exchange, None).filter(pk__in=keys)}
    return [found[pk] for pk in keys if pk in found], own


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
    """Return everybody whom the reader may ask, passed by or not; one query."""
    passed = Dismissal.objects.filter(profile=reader, partner=OuterRef("pk")).values("reason")[:1]
    rows = participants(exchange, reader).prefetch_related(None).select_related(None).order_by()
    values = rows.annotate(passed=Subquery(passed)).values_list(
        "pk", "person_id", "region", "languages", "organisation__kind", "passed"
    )
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


def with_offers(exchange: Exchange, people: Iterable[ExchangeProfile], reader: ExchangeProfile) -> Market:
    """Read the offers of these people and of the reader, and return the reader's own market; two queries."""
    prefetch_related_objects([*people, reader], shown_offers(exchange))
    own = Market()
    for offer in reader.person.shown_offers:
        topics = {topic.pk for topic in offer.topics.all()}
        (own.offers if offer.kind == OfferKind.OFFER else own.needs).update(topics)
    return own


def cards(
    reader: ExchangeProfile, people: Iterable[ExchangeProfile], own: Market, free: FreeTime | None
) -> list[Card]:
    """Return a card for each of the people; ``free`` must know them and the reader."""
    return [
        Card(
            profile=person,
            reasons=reasons(reader, person, own),
            common=len(free.common(reader, person)) if free else 0,
        )
        for person in people
    ]


def reasons(reader: ExchangeProfile, other: ExchangeProfile, own: Market) -> list[SafeString | str]:
    """Return up to four reasons for the two to meet, the weightiest first; ``other`` has her offers read."""
    found: list[SafeString | str] = []
    told: set[int] = set()  # each topic is told once, so that reasons differ
    for offer in other.person.shown_offers:
        topics = {topic.pk: str(topic) for topic in offer.topics.all() if topic.pk not in told}
        mine = topics.keys() & (own.offers if offer.kind == OfferKind.NEED else own.needs)
        if not mine or len(found) == REASONS - 1:
            continue
        best = min(mine, key=lambda pk: topics[pk])
        told.add(best)
        words = (
            _("Seeks {text}; you offer: {topic}")
            if offer.kind == OfferKind.NEED
            else _("Offers {text}; you seek: {topic}")
        )
        found.append(format_html(words, text=_strong(offer), topic=topics[best]))
    if not found:
        found = [_market_of(offer) for offer in other.person.shown_offers[:2]]
    if other.cluster_id and reader.cluster_id and other.cluster_id != reader.cluster_id:
        found.append(_("Another cluster: %(cluster)s") % {"cluster": other.cluster})
    if other.region and other.region == reader.region:
        found.append(_("The same region: %(region)s") % {"region": region_name(other.region)})
    shared = [code for code in reader.languages if code in other.languages]
    if len(found) < REASONS and len(shared) > 1:
        names = ", ".join(language_name(code) for code in shared)
        found.append(_("You both speak: %(languages)s") % {"languages": names})
    return found[:REASONS]


def _market_of(offer: Offer) -> SafeString:
    words = _("Seeks {text}") if offer.kind == OfferKind.NEED else _("Offers {text}")
    return format_html(words, text=_strong(offer))


def _strong(offer: Offer) -> SafeString:
    return format_html("<b>{}</b>", Truncator(offer.text.rstrip(" .")).chars(110))
