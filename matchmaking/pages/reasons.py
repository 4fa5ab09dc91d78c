"""Why two people should meet, in the reader's language: what the ranking found as codes, said as sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from matchmaking.market import Items, item_of, participant_of
from matchmaking.models import Cooperation, ExchangeProfile, Offer, OfferKind, Readiness
from matchmaking.pages.topic_order import Market
from matchmaking.ranking.model import Candidate, Match, Participant, Reason, ReasonCode
from matchmaking.ranking.reasons import reasons_for
from matchmaking.templatetags.matchmaking import own_words
from network.web.words import language_name
from sessions_app.registration.regions import region_name

MOST = 4
LEAST = 2
NEW_FOR = dt.timedelta(days=2)
NEWER = dt.timedelta(days=1)  # than the reader: on the first day everybody is new
_STAGES = dict(enumerate(Readiness.values, start=1))

type Words = SafeString | str


def coded_reasons(
    reader: ExchangeProfile, other: ExchangeProfile, candidate: Candidate, as_of: dt.datetime | None
) -> list[Reason]:
    """Return the reasons as codes; what was written anew since the two were compared is no reason.

    Both have their offers read as ``person.shown_offers``.
    """
    offers = {one.pk: one for one in (*reader.person.shown_offers, *other.person.shown_offers)}

    def is_old(offer: Offer) -> bool:
        return as_of is None or offer.changed_at <= as_of

    def standing(matches: Iterable[Match]) -> tuple[Match, ...]:
        return tuple(
            match
            for match in matches
            if all(key in offers and is_old(offers[key]) for key in (match.need, match.offer))
        )

    known = Candidate(
        partner=candidate.partner, gets=candidate.gets, gives=candidate.gives, mutual=candidate.mutual,
        theirs=standing(candidate.theirs), ours=standing(candidate.ours),
    )  # fmt: skip
    is_new = other.joined_at > timezone.now() - NEW_FOR and other.joined_at - reader.joined_at > NEWER
    return list(reasons_for(_plain(reader), _plain(other, is_new=is_new), known))


def _plain(profile: ExchangeProfile, *, is_new: bool = False) -> Participant:
    items = {
        kind: tuple(
            item_of(one, [topic.pk for topic in one.topics.all()])
            for one in profile.person.shown_offers
            if one.kind == kind
        )
        for kind in OfferKind
    }
    return participant_of(profile, Items(items[OfferKind.OFFER], items[OfferKind.NEED]), is_new=is_new)


def in_words(reader: ExchangeProfile, other: ExchangeProfile, reasons: Iterable[Reason]) -> list[Words]:
    """Return each reason as a sentence; free time is told beside the reasons, and left out here."""
    offers = {one.pk: one for one in (*reader.person.shown_offers, *other.person.shown_offers)}
    return [said for reason in reasons if (said := _said(reader, other, reason, offers))]


def _said(reader: ExchangeProfile, other: ExchangeProfile, reason: Reason, offers: dict[int, Offer]) -> Words:
    match reason.code:
        case ReasonCode.OFFERS_WHAT_YOU_SEEK:
            hers, mine = offers[reason.offer or 0], offers[reason.need or 0]
            words = _("Offers {text}; you seek: {topic}")
            return format_html(words, text=_strong(hers, other), topic=_subject(mine, reason.topics, reader))
        case ReasonCode.SEEKS_WHAT_YOU_OFFER:
            hers, mine = offers[reason.need or 0], offers[reason.offer or 0]
            words = _("Seeks {text}; you offer: {topic}")
            return format_html(words, text=_strong(hers, other), topic=_subject(mine, reason.topics, reader))
        case ReasonCode.SAME_COOPERATION:
            return _("You both want: %(kind)s") % {"kind": Cooperation(reason.kind).label}
        case ReasonCode.READY_ENOUGH:
            return _("The stage fits: %(stage)s") % {"stage": Readiness(_STAGES[reason.stage]).label}
        case ReasonCode.WORKS_ON_THE_SAME:
            return _("You both offer: %(topics)s") % {"topics": _names(other, reason.topics)}
        case ReasonCode.SAME_REGION:
            return _same_region(other)
        case ReasonCode.BOTH_SPEAK:
            return _both_speak(reason.languages)
        case ReasonCode.ANOTHER_CLUSTER:
            return _another_cluster(other)
        case ReasonCode.NEW_HERE:
            return _("New in the exchange")
        case ReasonCode.FREE_TOGETHER:
            return ""


def by_topics_in_words(reader: ExchangeProfile, other: ExchangeProfile, own: Market) -> list[Words]:
    """Return up to four reasons by ticked topics, the weightiest first, for two whom nobody has compared."""
    found: list[Words] = []
    told: set[int] = set()  # each topic is told once, so that reasons differ
    for offer in other.person.shown_offers:
        topics = {topic.pk: str(topic) for topic in offer.topics.all() if topic.pk not in told}
        mine = topics.keys() & (own.offers if offer.kind == OfferKind.NEED else own.needs)
        if not mine or len(found) == MOST - 1:
            continue
        best = min(mine, key=lambda pk: topics[pk])
        told.add(best)
        words = (
            _("Seeks {text}; you offer: {topic}")
            if offer.kind == OfferKind.NEED
            else _("Offers {text}; you seek: {topic}")
        )
        found.append(format_html(words, text=_strong(offer, other), topic=topics[best]))
    found = found or market_in_words(other)
    if other.cluster_id and reader.cluster_id and other.cluster_id != reader.cluster_id:
        found.append(_another_cluster(other))
    if other.region and other.region == reader.region:
        found.append(_same_region(other))
    shared = [code for code in reader.languages if code in other.languages]
    if len(found) < MOST and len(shared) > 1:
        found.append(_both_speak(shared))
    return found[:MOST]


def market_in_words(other: ExchangeProfile) -> list[Words]:
    """Return what the other offers or seeks, at most two of it: what can be said where nothing fits."""
    found: list[Words] = []
    for offer in other.person.shown_offers[:2]:
        words = _("Seeks {text}") if offer.kind == OfferKind.NEED else _("Offers {text}")
        found.append(format_html(words, text=_strong(offer, other)))
    return found


def _subject(mine: Offer, topics: Iterable[int], reader: ExchangeProfile) -> Words:
    """Return what of the reader's own is meant: a topic that both ticked, else her own words."""
    shared = {*topics}
    names = [str(topic) for topic in mine.topics.all() if topic.pk in shared]
    return min(names) if names else own_words(_short(mine.text, 70), reader.languages)


def _names(other: ExchangeProfile, topics: Iterable[int]) -> str:
    shared = {*topics}
    names = {
        str(topic)
        for offer in other.person.shown_offers
        for topic in offer.topics.all()
        if topic.pk in shared
    }
    return ", ".join(sorted(names)[:3])


def _another_cluster(other: ExchangeProfile) -> str:
    return _("Another cluster: %(cluster)s") % {"cluster": other.cluster}


def _same_region(other: ExchangeProfile) -> str:
    return _("The same region: %(region)s") % {"region": region_name(other.region)}


def _both_speak(languages: Iterable[str]) -> str:
    return _("You both speak: %(languages)s") % {
        "languages": ", ".join(language_name(code) for code in languages)
    }


def _strong(offer: Offer, author: ExchangeProfile) -> SafeString:
    """Return the author's words, which say their language where it is not the reader's."""
    return format_html("<b>{}</b>", own_words(_short(offer.text, 110), author.languages))


def _short(text: str, length: int) -> str:
    return Truncator(" ".join(text.split()).rstrip(" .")).chars(length)
