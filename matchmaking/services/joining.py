"""Taking part in an exchange: the profile, what is offered and needed, own free time, and leaving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import F, Q
from django.utils import timezone

from matchmaking.errors import MayNotAsk, NotComing, WrongPhase, WrongState
from matchmaking.live import tell_of_access
from matchmaking.models import (
    Block,
    Dismissal,
    Exchange,
    ExchangeProfile,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Offer,
    ProfileState,
    Slot,
)
from matchmaking.services.asking import end_request
from matchmaking.services.booking import cancel_meeting, meetings_of
from matchmaking.services.pairs import locked_people
from matchmaking.services.setting_up import sync_programme, touch
from matchmaking.states import REQUEST_LIVE, Phase, takes_profiles
from network.audit import differences, state_of
from network.models import Affiliation, Membership, Organisation, OrganisationKind, Person, Topic
from network.permissions import holds_on
from network.services import record_audit
from sessions_app.registration.models import Registration
from sessions_app.registration.services.places import one_transaction
from sessions_app.registration.states import State


@one_transaction
def join_exchange(
    *, exchange: Exchange, person: Person, actor: Person | None, is_guest: bool = False
) -> ExchangeProfile:
    """Return the person's profile, made from her registration when she has none yet; not shown to others.

    Who left comes back by it. Raises NotComing without a confirmed registration (the team may take in a
    guest without one) and WrongPhase when the exchange takes no profiles.
    """
    standing = ExchangeProfile.objects.filter(exchange=exchange, person=person).first()
    if standing is not None and standing.state != ProfileState.LEFT:
        return standing
    if not takes_profiles(exchange.phase) and not is_guest:
        raise WrongPhase(exchange.phase)
    coming = Registration.objects.filter(
        event=exchange.event_id, person=person, state=State.CONFIRMED
    ).select_related("organisation").first()  # fmt: skip
    if coming is None and not is_guest:
        raise NotComing(person.code)
    if standing is not None:
        return _come_back(standing, actor)
    organisation = coming.organisation if coming else _organisation_of(person)
    profile = ExchangeProfile.objects.create(
        exchange=exchange,
        person=person,
        name=(coming.name if coming else "") or person.name,
        post=coming.post if coming else "",
        organisation=organisation,
        organisation_name=(coming.organisation_name if coming else "") or str(organisation or ""),
        cluster=cluster_of(organisation),
        region=(coming.region if coming else "") or (organisation.region if organisation else ""),
        languages=[language for language in [person.locale] if language],
    )
    sync_programme(exchange=exchange, profiles=[profile])
    record_audit(actor=actor, action="exchange.joined", subject=profile, event_id=exchange.event_id)
    return profile


def _come_back(profile: ExchangeProfile, actor: Person | None) -> ExchangeProfile:
    before, profile.state = profile.state, ProfileState.DRAFT
    profile.save(update_fields=["state"])
    sync_programme(exchange=profile.exchange, profiles=[profile])
    record_audit(
        actor=actor,
        action="exchange.came_back",
        subject=profile,
        event_id=profile.exchange.event_id,
        changes={"state": (before, profile.state)},
    )
    return profile


def _organisation_of(person: Person) -> Organisation | None:
    tie = Affiliation.objects.filter(holds_on(timezone.localdate()), person=person).first()
    return tie.organisation if tie else None


def cluster_of(organisation: Organisation | None) -> Organisation | None:
    """Return the cluster that the organisation is, or belongs to today; None when there is none."""
    if organisation is None or organisation.kind == OrganisationKind.CLUSTER:
        return organisation
    ties = Membership.objects.filter(
        holds_on(timezone.localdate()), member=organisation, parent__kind=OrganisationKind.CLUSTER
    )
    tie = ties.select_related("parent").order_by("pk").first()
    return tie.parent if tie else None


@one_transaction
def save_profile(*, profile: ExchangeProfile, actor: Person | None) -> ExchangeProfile:
    """Write what a participant says of herself and wishes, and show her to others from now on.

    Raises WrongPhase when the exchange takes no profiles any more, and WrongState for somebody who left:
    she joins again first.
    """
    if not takes_profiles(profile.exchange.phase) and profile.exchange.phase != Phase.SETUP:
        raise WrongPhase(profile.exchange.phase)
    stored = ExchangeProfile.objects.select_for_update().get(pk=profile.pk)
    if stored.state == ProfileState.LEFT:
        raise WrongState(stored.state)
    before = state_of(stored)
    profile.state, profile.version = ProfileState.SHOWN, stored.version + 1
    profile.save()
    changes = differences(before, state_of(profile))
    changes.pop("version", None)
    if changes:
        record_audit(
            actor=actor,
            action="exchange.profile_changed",
            subject=profile,
            event_id=profile.exchange.event_id,
            changes=changes,
        )
        touch(profile.exchange)
    return profile


@one_transaction
def save_offer(
    *, profile: ExchangeProfile, offer: Offer, topics: Iterable[Topic], actor: Person | None
) -> Offer:
    """Write something that the participant offers or needs, new or changed."""
    if offer.pk is None:
        offer.person, offer.organisation = profile.person, profile.organisation
        offer.event = profile.exchange.event
    offer.save()
    offer.topics.set(topics)
    _count(profile)
    record_audit(
        actor=actor, action="offer.saved", subject=offer, event_id=profile.exchange.event_id,
        changes={"kind": (None, offer.kind)},
    )  # fmt: skip
    touch(profile.exchange)
    return offer


@one_transaction
def remove_offer(*, profile: ExchangeProfile, offer: Offer, actor: Person | None) -> None:
    """Take back something that the participant offered or needed."""
    record_audit(actor=actor, action="offer.removed", subject=offer, event_id=profile.exchange.event_id)
    offer.delete()
    _count(profile)
    touch(profile.exchange)


def _count(profile: ExchangeProfile) -> None:
    ExchangeProfile.objects.filter(pk=profile.pk).update(version=F("version") + 1)


@one_transaction
def set_own_time(
    *, profile: ExchangeProfile, busy: Collection[int], actor: Person | None, now: dt.datetime | None = None
) -> list[Slot]:
    """Keep just these slots (by key) free of meetings from now on; return those that hold a meeting already.

    Meetings and sessions in which she speaks stay; slots that have begun are left alone.
    """
    moment = now or timezone.now()
    slots = {slot.pk: slot for slot in Slot.objects.filter(exchange=profile.exchange_id, start__gt=moment)}
    ExchangeProfile.objects.select_for_update().get(pk=profile.pk)
    standing = dict(Occupation.objects.filter(profile=profile, slot__in=slots).values_list("slot_id", "kind"))
    wanted = set(busy) & slots.keys()
    Occupation.objects.filter(
        profile=profile, kind=OccupationKind.OWN, slot__in=slots.keys() - wanted
    ).delete()
    Occupation.objects.bulk_create(
        Occupation(profile=profile, slot_id=pk, kind=OccupationKind.OWN)
        for pk in wanted
        if pk not in standing
    )
    record_audit(
        actor=actor, action="exchange.own_time", subject=profile, event_id=profile.exchange.event_id,
        changes={"busy": (None, len(wanted))},
    )  # fmt: skip
    touch(profile.exchange)
    return [slots[pk] for pk in sorted(wanted) if standing.get(pk) == OccupationKind.MEETING]


@one_transaction
def dismiss(*, profile: ExchangeProfile, partner: ExchangeProfile, reason: str) -> Dismissal:
    """Suggest the partner no more; the reason steers what is suggested next."""
    if profile.exchange_id != partner.exchange_id or profile.pk == partner.pk:
        raise MayNotAsk
    made, _created = Dismissal.objects.update_or_create(
        profile=profile, partner=partner, defaults={"reason": reason}
    )
    return made


@one_transaction
def suggest_again(*, profile: ExchangeProfile, partner: ExchangeProfile) -> None:
    """Take a "not for me" back."""
    Dismissal.objects.filter(profile=profile, partner=partner).delete()


@one_transaction
def block(*, profile: ExchangeProfile, other: ExchangeProfile, actor: Person | None) -> None:
    """Keep the other from asking and from being planned with; what stands between the two ends.

    The other learns that a meeting is cancelled or a request declined, and not that she is blocked.
    """
    if profile.exchange_id != other.exchange_id or profile.pk == other.pk:
        raise MayNotAsk
    Block.objects.get_or_create(profile=profile, other=other)
    pair = {"low_id": min(profile.pk, other.pk), "high_id": max(profile.pk, other.pk)}
    for meeting in meetings_of(profile).filter(**pair):
        cancel_meeting(meeting=meeting, by=profile, actor=actor, reason="")
    for request in MeetingRequest.objects.filter(**pair, state__in=sorted(REQUEST_LIVE)):
        end_request(request=request, by=profile, actor=actor)
    record_audit(actor=actor, action="exchange.blocked", subject=profile, event_id=profile.exchange.event_id)


@one_transaction
def unblock(*, profile: ExchangeProfile, other: ExchangeProfile, actor: Person | None) -> None:
    """Let the other ask again."""
    Block.objects.filter(profile=profile, other=other).delete()
    record_audit(
        actor=actor, action="exchange.unblocked", subject=profile, event_id=profile.exchange.event_id
    )


def _locked_with_partners(profile: ExchangeProfile) -> ExchangeProfile:
    """Lock the participant and all whom she meets or may meet, in one step: one after the other might wait for each other."""
    meetings = meetings_of(profile).order_by().values_list("low", "high")
    requests = MeetingRequest.objects.filter(
        Q(sender=profile) | Q(recipient=profile), state__in=sorted(REQUEST_LIVE)
    ).values_list("low", "high")
    partners = {pk for pair in (*meetings, *requests) for pk in pair}
    return locked_people({profile.pk, *partners})[profile.pk]


@one_transaction
def leave_exchange(*, profile: ExchangeProfile, actor: Person | None, reason: str = "") -> None:
    """Take the participant out: her meetings are cancelled and told, her requests end, others see her no more."""
    locked = _locked_with_partners(profile)
    if locked.state == ProfileState.LEFT:
        return
    before, locked.state = locked.state, ProfileState.LEFT
    locked.save(update_fields=["state"])
    for meeting in meetings_of(locked):
        cancel_meeting(meeting=meeting, by=locked, actor=actor, reason=reason)
    live = Q(sender=locked) | Q(recipient=locked)
    for request in MeetingRequest.objects.filter(live, state__in=sorted(REQUEST_LIVE)):
        end_request(request=request, by=locked, actor=actor)
    record_audit(
        actor=actor,
        action="exchange.left",
        subject=locked,
        event_id=locked.exchange.event_id,
        changes={"state": (before, ProfileState.LEFT.value)},
        reason=reason,
    )
    tell_of_access(locked.exchange.event_id, locked.person_id)
    touch(locked.exchange)
