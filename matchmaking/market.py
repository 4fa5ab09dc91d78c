"""Who offers and seeks what in an exchange, as the ranking's plain data; read by workers and commands."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from matchmaking.models import (
    DeclineReason,
    Dismissal,
    Exchange,
    ExchangeProfile,
    MeetingRequest,
    NotForMe,
    Offer,
    OfferKind,
    ProfileState,
    TextVector,
)
from matchmaking.ranking.learning import Answer
from matchmaking.ranking.model import Asking, Item, Participant, Readiness, Rules
from matchmaking.ranking.text import LONGEST
from matchmaking.ranking.wire import Work
from matchmaking.states import RequestState

STAGES = {
    "idea": Readiness.IDEA,
    "prototype": Readiness.PROTOTYPE,
    "pilot": Readiness.PILOT,
    "market": Readiness.MARKET,
}


@dataclass(frozen=True, slots=True)
class Items:
    """What one person offers and seeks."""

    offers: tuple[Item, ...] = ()
    needs: tuple[Item, ...] = ()


NOTHING = Items()


def take_market(exchange: Exchange) -> Work:
    """Return all who are shown in the exchange, with kept vectors of texts that are still the same; six queries."""
    items = items_at(exchange)
    shown = _shown(exchange)
    asked = dict(
        MeetingRequest.objects.filter(exchange=exchange)
        .order_by()
        .values_list("recipient")
        .annotate(times=Count("pk"))
    )
    people = tuple(
        participant_of(profile, items.get(profile.person_id, NOTHING), shown=asked.get(profile.pk, 0))
        for profile in shown
    )
    return Work(
        people=people,
        rules=Rules(asking=Asking(exchange.asking)),
        vectors=_vectors(exchange, people),
        answers=tuple(_answers(exchange)),
    )


def _shown(exchange: Exchange) -> list[ExchangeProfile]:
    rows = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
    fields = ("person_id", "organisation_name", "cluster_id", "region", "languages", "organisation__kind")
    return list(rows.select_related("organisation").only(*fields).order_by("pk"))


def items_at(exchange: Exchange) -> dict[int, Items]:
    """Return person key to what she offers and seeks at the event; two queries."""
    rows = Offer.objects.filter(event=exchange.event_id)
    links = Offer.topics.through.objects.filter(offer__in=rows).values_list("offer_id", "topic_id")
    topics: defaultdict[int, set[int]] = defaultdict(set)
    for offer_id, topic_id in links:
        topics[offer_id].add(topic_id)
    by_person: defaultdict[int, list[Offer]] = defaultdict(list)
    fields = ("person_id", "kind", "text", "regions", "cooperation", "readiness")
    for offer in rows.only(*fields).order_by("pk").iterator():
        by_person[offer.person_id].append(offer)
    return {
        person: Items(
            offers=tuple(item_of(one, topics[one.pk]) for one in own if one.kind == OfferKind.OFFER),
            needs=tuple(item_of(one, topics[one.pk]) for one in own if one.kind == OfferKind.NEED),
        )
        for person, own in by_person.items()
    }


def item_of(offer: Offer, topics: Iterable[int]) -> Item:
    """Return the offer or need as plain data."""
    return Item(
        key=offer.pk,
        text=offer.text,
        topics=frozenset(topics),
        regions=frozenset(offer.regions or ()),
        cooperation=offer.cooperation,
        readiness=STAGES.get(offer.readiness, Readiness.UNKNOWN),
    )


def participant_of(
    profile: ExchangeProfile, items: Items, *, shown: float = 0, is_new: bool = False
) -> Participant:
    """Return the participant as plain data, without whom she blocked, asked or passed by."""
    return Participant(
        key=profile.pk,
        organisation=_organisation(profile),
        cluster=profile.cluster_id,
        kind=profile.organisation.kind if profile.organisation else "",
        region=profile.region,
        languages=frozenset(profile.languages or ()),
        topics=frozenset(topic for item in items.offers for topic in item.topics),
        offers=items.offers,
        needs=items.needs,
        shown=shown,
        is_new=is_new,
    )


def _organisation(profile: ExchangeProfile) -> int | None:
    """Return a key of the organisation; those that the directory does not know are told apart by their names."""
    if profile.organisation_id is not None or not profile.organisation_name:
        return profile.organisation_id
    name = profile.organisation_name.casefold().encode()
    return -1 - int.from_bytes(hashlib.sha256(name).digest()[:6])


def digest_of(text: str) -> bytes:
    """Return what tells one text from another."""
    return hashlib.sha256(text[:LONGEST].encode("utf-8", "surrogatepass")).digest()


def _vectors(exchange: Exchange, people: Sequence[Participant]) -> Mapping[int, tuple[str, bytes]]:
    texts = {item.key: item.text for one in people for item in (*one.offers, *one.needs)}
    rows = TextVector.objects.filter(offer__event=exchange.event_id)
    kept = rows.values_list("offer_id", "matcher", "digest", "data")
    return {
        key: (matcher, bytes(data))
        for key, matcher, digest, data in kept.iterator()
        if key in texts and bytes(digest) == digest_of(texts[key])
    }


def _answers(exchange: Exchange) -> Iterable[Answer]:
    """Yield who wanted to meet whom: by asking, agreeing, declining for another reason than time, "not for me"."""
    agreed = (RequestState.ACCEPTED, RequestState.CANCELLED)
    asked = MeetingRequest.objects.filter(exchange=exchange).order_by("pk")
    for sender, recipient, state, reason in asked.values_list("sender", "recipient", "state", "reason"):
        yield Answer(sender, recipient, liked=True)
        if state in agreed:
            yield Answer(recipient, sender, liked=True)
        elif state == RequestState.DECLINED and reason in {DeclineReason.TOPIC, DeclineReason.OTHER}:
            yield Answer(recipient, sender, liked=False)
    passed = Dismissal.objects.filter(~Q(reason=NotForMe.KNOWN), profile__exchange=exchange).order_by("pk")
    for judge, other in passed.values_list("profile", "partner"):
        yield Answer(judge, other, liked=False)
