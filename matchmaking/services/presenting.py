"""A participant's own pages as they are sent: the profile with all offers at once, and her time with its limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from matchmaking.models import ExchangeProfile, Offer, Slot
from matchmaking.services.joining import remove_offer, save_offer, save_profile, set_own_time
from network.models import Person, Topic
from sessions_app.registration.services.places import one_transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    """An offer or need as it was written; ``code`` is empty for a new one, ``topics`` are keys."""

    kind: str
    text: str
    code: str = ""
    topics: tuple[int, ...] = ()
    cooperation: str = ""
    readiness: str = ""
    regions: tuple[str, ...] = ()
    stays_listed: bool = False
    remove: bool = False


@one_transaction
def save_presentation(
    *, profile: ExchangeProfile, offers: Sequence[OfferDraft], actor: Person | None
) -> ExchangeProfile:
    """Write the profile and these offers together: new ones are made, changed ones changed, marked ones removed.

    An offer of the participant that is not among them stays; the code of one that is gone makes a new one, so
    that a text is never lost. Raises WrongPhase.
    """
    save_profile(profile=profile, actor=actor)
    own = Offer.objects.select_for_update().filter(person=profile.person_id, event=profile.exchange.event_id)
    standing = {offer.code: offer for offer in own}
    topics = {topic.pk: topic for topic in Topic.objects.filter(pk__in=_all_topics(offers))}
    for draft in offers:
        offer = standing.get(draft.code)
        if draft.remove:
            if offer is not None:
                remove_offer(profile=profile, offer=offer, actor=actor)
        elif draft.text and (offer is None or _differs(offer, draft)):
            _write(profile, offer or Offer(), draft, topics, actor)
    return profile


def _all_topics(offers: Iterable[OfferDraft]) -> set[int]:
    return {pk for draft in offers for pk in draft.topics}


def _differs(offer: Offer, draft: OfferDraft) -> bool:
    before = (
        offer.kind, offer.text, offer.cooperation, offer.readiness, tuple(offer.regions), offer.stays_listed,
        set(offer.topics.values_list("pk", flat=True)),
    )  # fmt: skip
    after = (
        draft.kind, draft.text, draft.cooperation, draft.readiness, draft.regions, draft.stays_listed,
        set(draft.topics),
    )  # fmt: skip
    return before != after


def _write(
    profile: ExchangeProfile, offer: Offer, draft: OfferDraft, topics: dict[int, Topic], actor: Person | None
) -> None:
    offer.kind, offer.text = draft.kind, draft.text
    offer.cooperation, offer.readiness = draft.cooperation, draft.readiness
    offer.regions, offer.stays_listed = list(draft.regions), draft.stays_listed
    chosen = [topics[pk] for pk in draft.topics if pk in topics]
    save_offer(profile=profile, offer=offer, topics=chosen, actor=actor)


@one_transaction
def save_time(
    *, profile: ExchangeProfile, busy: Collection[int], actor: Person | None, now: dt.datetime | None = None
) -> list[Slot]:
    """Write the participant's limits and the slots (by key) that she keeps free of meetings, both or none.

    Return the slots among them that hold a meeting already, which stays. Raises WrongPhase.
    """
    save_profile(profile=profile, actor=actor)
    return set_own_time(profile=profile, busy=busy, actor=actor, now=now)
