"""Waiting lists: turns in the order of commit, offers that end by the database's clock, promotion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import structlog
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone, translation

from network.models import Person
from sessions_app.registration.errors import OfferGone, RegistrationError, WrongState
from sessions_app.registration.models import (
    Delegation,
    Quota,
    Registration,
    RegistrationSettings,
    WaitingEntry,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.services import messages
from sessions_app.registration.services.moving import held_quotas, lock_registration, move, release_places
from sessions_app.registration.services.places import lock_quotas, one_transaction, take
from sessions_app.registration.states import EntryState, State

log = structlog.get_logger(__name__)


def queue(
    quota: Quota, *, registration: Registration | None = None, delegation: Delegation | None = None
) -> WaitingEntry:
    """Give the registration, or the whole delegation, the next turn of the locked quota."""
    (entry,) = _queue([WaitingEntry(quota=quota, registration=registration, delegation=delegation)], quota)
    return entry


def queue_each(quota: Quota, registrations: Iterable[Registration]) -> None:
    """Give each of the registrations the next turn of the locked quota, in their order."""
    _queue([WaitingEntry(quota=quota, registration=registration) for registration in registrations], quota)


def _queue(entries: Sequence[WaitingEntry], quota: Quota) -> list[WaitingEntry]:
    if not entries:
        return []
    for number, entry in enumerate(entries, start=quota.last_number + 1):
        entry.number = number
    Quota.objects.filter(pk=quota.pk).update(last_number=F("last_number") + len(entries))
    quota.last_number += len(entries)
    return WaitingEntry.objects.bulk_create(entries)


def promote(quota: Quota, *, now: dt.datetime | None = None) -> int:
    """Hand free places of the locked quota to those who wait, in order; return how many got one.

    A delegation that wants all its places at once waits at its turn until they are there; nobody
    overtakes it, or it would wait for ever.
    """
    served = 0
    while quota.free > 0:
        entry = (
            quota.entries.filter(state=EntryState.WAITING)
            .select_related("registration")
            .order_by("number")
            .first()
        )
        if entry is None:
            break
        if entry.delegation_id is not None:
            members = list(_waiting_members(entry.delegation_id))
            if len(members) > quota.free:
                break
            for member in members:
                take(quota, member)
                _invite(member, now=now)
            served += len(members)
            _close(entry, EntryState.TAKEN)
            continue
        if entry.registration is not None:
            _serve(entry, entry.registration, quota, now=now)
        served += 1
    return served


def _serve(entry: WaitingEntry, waiting: Registration, quota: Quota, *, now: dt.datetime | None) -> None:
    registration = lock_registration(waiting)
    take(quota, registration)
    if quota.session_id is not None:
        _close(entry, EntryState.TAKEN)
        messages.write(
            registration,
            MessageKind.SESSION,
            key=f"session:{entry.pk}",
            more={"session": quota.name},
            now=now,
        )
        return
    if registration.delegation_id is not None and registration.person_id is None:
        _close(entry, EntryState.TAKEN)
        _invite(registration, now=now)
        return
    hours = _offer_hours(registration.event_id)
    if not hours:
        _close(entry, EntryState.TAKEN)
        move(registration, State.CONFIRMED, actor=None, now=now)
        messages.write(registration, MessageKind.CONFIRMED, now=now)
        return
    moment = now or timezone.now()
    entry.state, entry.offered_at = EntryState.OFFERED.value, moment
    entry.offer_until = moment + dt.timedelta(hours=hours)
    entry.save(update_fields=["state", "offered_at", "offer_until"])
    move(registration, State.OFFERED, actor=None, now=now)
    with translation.override(messages.language_of(registration)):
        until = messages.in_words(entry.offer_until, registration.event.zone)
    messages.write(registration, MessageKind.OFFERED, more={"until": until}, now=now)


def _waiting_members(delegation_id: int) -> list[Registration]:
    waiting = Registration.objects.filter(delegation_id=delegation_id, state=State.WAITING)
    return list(waiting.select_for_update(of=("self",)).select_related("event", "category", "delegation"))


def _invite(registration: Registration, *, now: dt.datetime | None) -> None:
    move(registration, State.INVITED, actor=None, now=now)
    messages.write(registration, MessageKind.INVITED, now=now)


def _close(entry: WaitingEntry, state: EntryState) -> None:
    entry.state = state.value
    entry.save(update_fields=["state"])


def _offer_hours(event_id: int) -> int:
    hours = RegistrationSettings.objects.filter(event_id=event_id).values_list("offer_hours", flat=True)
    return next(iter(hours), 0)


@one_transaction
def accept_offer(
    *, registration: Registration, actor: Person | None, now: dt.datetime | None = None
) -> Registration:
    """Take the offered place; raise OfferGone when it has run out by the database's clock.

    Raises WrongState when none is offered. ``now`` stands in for that clock in tests only. Accepting
    twice is accepting once.
    """
    entry = (
        WaitingEntry.objects.filter(registration=registration, quota__session__isnull=True)
        .order_by("-number")
        .first()
    )
    if entry is None:
        raise WrongState(registration.state)
    lock_quotas([entry.quota_id])
    locked = lock_registration(registration)
    if locked.state == State.CONFIRMED:
        return locked
    taken = WaitingEntry.objects.filter(
        pk=entry.pk, state=EntryState.OFFERED, offer_until__gt=now or Now()
    ).update(state=EntryState.TAKEN)
    if not taken:
        was_offered = entry.state in (EntryState.OFFERED, EntryState.EXPIRED)
        raise OfferGone(locked.code) if was_offered else WrongState(locked.state)
    move(locked, State.CONFIRMED, actor=actor, now=now)
    messages.write(locked, MessageKind.CONFIRMED, now=now)
    return locked


def expire_offers(*, now: dt.datetime | None = None, limit: int = 500) -> int:
    """End the offers that have run out and hand their places on; return how many ended.

    One that cannot be ended now, for example because its quota is busy, stops no other.
    """
    ended = 0
    overdue = WaitingEntry.objects.filter(_overdue(now)).order_by("offer_until")
    for entry in list(overdue.select_related("registration", "quota")[:limit]):
        if entry.registration is None:  # delegations are never offered a place, they are invited
            continue
        try:
            ended += _expire(entry=entry, offered=entry.registration, now=now)
        except RegistrationError as error:
            log.warning("offer_not_ended", entry=entry.pk, reason=type(error).__name__)
    return ended


def _overdue(now: dt.datetime | None) -> Q:
    return Q(state=EntryState.OFFERED, offer_until__lte=now or Now())


@one_transaction
def _expire(*, entry: WaitingEntry, offered: Registration, now: dt.datetime | None) -> bool:
    quotas = lock_quotas({entry.quota_id} | held_quotas(offered))
    if not WaitingEntry.objects.filter(_overdue(now), pk=entry.pk).update(state=EntryState.EXPIRED):
        return False  # she took it in the meantime
    registration = lock_registration(offered)
    freed = release_places(registration, quotas)
    move(registration, State.CANCELLED, actor=None, now=now)
    messages.write(registration, MessageKind.EXPIRED, now=now)
    for quota in freed:
        promote(quota, now=now)
    return True
