"""Participants: one's own profile, those whom one may ask, and those whom one does not want."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from matchmaking.models import (
    Asking,
    Block,
    Dismissal,
    Exchange,
    ExchangeProfile,
    Meeting,
    Occupation,
    Offer,
    ProfileState,
    Slot,
)
from matchmaking.states import MEETING_LIVE
from network.models import Person


def profile_of(exchange: Exchange, person: Person | AnonymousUser) -> ExchangeProfile | None:
    """Return the person's profile in the exchange, in whatever state; None when she has none."""
    if not isinstance(person, Person):
        return None
    profile = (
        ExchangeProfile.objects.select_related("organisation", "cluster", "person")
        .filter(exchange=exchange, person=person)
        .first()
    )
    if profile is not None:
        profile.exchange = exchange
    return profile


def profile_at(slug: str, person: Person) -> ExchangeProfile | None:
    """Return the person's profile in the exchange of the public event with this address, and that exchange; one query."""
    beside = ("organisation", "cluster", "person", "exchange__event__venue", "exchange__ranking")
    return (
        ExchangeProfile.objects.select_related(*beside)
        .filter(exchange__event__slug=slug, exchange__event__is_public=True, person=person)
        .first()
    )


def offers_of(profile: ExchangeProfile) -> list[Offer]:
    """Return what the participant offers and seeks at the event, with topics; two queries."""
    rows = Offer.objects.filter(person=profile.person_id, event=profile.exchange.event_id)
    return list(rows.order_by("-kind", "pk").prefetch_related("topics"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a participant looks for; empty fields ask for nothing."""

    text: str = ""
    topic: int | None = None
    region: str = ""
    kind: str = ""  # of what they put on the market: offer or need
    cooperation: str = ""
    other_cluster: bool = False


def participants(
    exchange: Exchange, viewer: ExchangeProfile | None, filters: Filters = Filters()
) -> QuerySet[ExchangeProfile]:
    """Return whom the viewer may ask (None: everybody shown), with their offers; two queries to read.

    Left out are herself, those whom the exchange's rule keeps apart from her, and who of the two blocked.
    """
    rows = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
    if viewer is not None:
        rows = rows.exclude(pk=viewer.pk).exclude(_apart(exchange, viewer))
        pair = Block.objects.filter(
            Q(profile=viewer, other=OuterRef("pk")) | Q(profile=OuterRef("pk"), other=viewer)
        )
        rows = rows.filter(~Exists(pair))
        if filters.other_cluster and viewer.cluster_id is not None:
            rows = rows.exclude(cluster=viewer.cluster_id)
    rows = _filtered(rows, exchange, filters)
    return rows.select_related("organisation", "cluster", "person").prefetch_related(shown_offers(exchange))


def shown_offers(exchange: Exchange) -> Prefetch[str]:
    """Return what fetches participants' offers and needs at the event, with topics, as ``person.shown_offers``."""
    offers = Offer.objects.filter(event=exchange.event_id).prefetch_related("topics")
    return Prefetch("person__offers", offers, to_attr="shown_offers")


def _apart(exchange: Exchange, viewer: ExchangeProfile) -> Q:
    """Return the condition for people whom ``pair_allowed`` keeps apart from the viewer."""
    if exchange.asking == Asking.ANYBODY:
        return Q(pk__in=[])
    if exchange.asking == Asking.OTHER_CLUSTER and viewer.cluster_id is not None:
        return Q(cluster=viewer.cluster_id)
    if viewer.organisation_id is not None:
        same = Q(organisation=viewer.organisation_id)
        if viewer.organisation_name:
            same |= Q(organisation__isnull=True, organisation_name__iexact=viewer.organisation_name)
        return same
    if viewer.organisation_name:
        return Q(organisation_name__iexact=viewer.organisation_name)
    return Q(pk__in=[])


def _filtered(
    rows: QuerySet[ExchangeProfile], exchange: Exchange, filters: Filters
) -> QuerySet[ExchangeProfile]:
    offers = Offer.objects.filter(person=OuterRef("person"), event=exchange.event_id)
    wanted = offers
    if filters.kind:
        wanted = wanted.filter(kind=filters.kind)
    if filters.topic is not None:
        wanted = wanted.filter(topics=filters.topic)
    if filters.cooperation:
        wanted = wanted.filter(cooperation=filters.cooperation)
    if wanted is not offers:
        rows = rows.filter(Exists(wanted))
    if filters.region:
        rows = rows.filter(region=filters.region)
    for word in filters.text.split()[:8]:
        named = Q(name__icontains=word) | Q(organisation_name__icontains=word) | Q(about__icontains=word)
        rows = rows.filter(named | Exists(offers.filter(text__icontains=word)))
    return rows


def participant(exchange: Exchange, code: str, viewer: ExchangeProfile | None) -> ExchangeProfile:
    """Return the participant with this code as the viewer may see her; raise Http404 otherwise."""
    found = participants(exchange, viewer).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    found.exchange = exchange
    return found


def find_participant(exchange: Exchange, code: str) -> ExchangeProfile:
    """Return whoever has this code in the exchange, also when she is blocked; raise Http404 otherwise."""
    found = ExchangeProfile.objects.filter(exchange=exchange, code=code.upper()).first()
    if found is None:
        raise Http404
    found.exchange = exchange
    return found


def dismissed(profile: ExchangeProfile) -> QuerySet[Dismissal]:
    """Return whom the participant said "not for me" to, the newest first."""
    return Dismissal.objects.filter(profile=profile).select_related("partner").order_by("-at")


def blocked_by(profile: ExchangeProfile) -> QuerySet[Block]:
    """Return whom the participant blocked, the newest first."""
    return Block.objects.filter(profile=profile).select_related("other").order_by("-at")


def shown_contacts(profile: ExchangeProfile, others: Iterable[ExchangeProfile]) -> dict[int, str]:
    """Return participant key to e-mail of those with whom a meeting is agreed and who consented to show it."""
    ids = [other.pk for other in others]
    met = Meeting.objects.filter(Q(low=profile, high__in=ids) | Q(high=profile, low__in=ids))
    pairs = met.filter(state__in=sorted(MEETING_LIVE)).values_list("low_id", "high_id")
    agreed = {one if one != profile.pk else two for one, two in pairs}
    rows = ExchangeProfile.objects.filter(
        pk__in=agreed, shares_contact=True, person__email__isnull=False
    ).values_list("pk", "person__email")
    return {pk: email for pk, email in rows if email}


def busy_in(slot: Slot) -> list[int]:
    """Return the keys of those who are not free in the slot for whatever reason but a starred session."""
    return list(Occupation.objects.filter(slot=slot).values_list("profile_id", flat=True))
