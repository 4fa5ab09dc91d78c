"""The one way in which a registration changes its state: checked, dated, audited, told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError
from django.utils import timezone

from network.models import AuditEntry, Person
from network.services import audit_entry
from sessions_app.events.models import Event
from sessions_app.registration.errors import AlreadyRegistered, WrongState
from sessions_app.registration.models import Place, Quota, Registration, WaitingEntry
from sessions_app.registration.services.announcing import announce_moved
from sessions_app.registration.services.places import give_back
from sessions_app.registration.signals import registration_moved
from sessions_app.registration.states import ENDED, ENTRY_OPEN, EntryState, State, may_move

MOVED = ("state", "reason", "version", "submitted_at", "confirmed_at", "ended_at", "changed_at")


def lock_registration(registration: Registration) -> Registration:
    """Lock the registration until the transaction ends and return it as it is now; quotas come first."""
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("event__registration", "category", "person", "delegation")
        .get(pk=registration.pk)
    )


def lock_unsent(registrations: Sequence[Registration], event: Event) -> list[Registration]:
    """Lock an event's registrations that are about to be sent and return them as they are now, in this order.

    The event is the one at hand, and so is the category, by which the caller has found the quota. A
    rush for places waits for this one query, which is why it joins nothing. Raises DoesNotExist.
    """
    keys = [registration.pk for registration in registrations]
    rows = {
        one.pk: one for one in Registration.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    if len(rows) < len(keys):
        raise Registration.DoesNotExist
    for registration in registrations:
        locked = rows[registration.pk]
        locked.event = event
        if locked.category_id == registration.category_id:
            locked.category = registration.category
    return [rows[pk] for pk in keys]


def move(
    registration: Registration,
    after: State,
    *,
    actor: Person | None,
    reason: str = "",
    also: Iterable[str] | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Bring a locked registration into another state; places are the caller's matter.

    Writes all of its fields, or only the state and those named by ``also``.

    Raises WrongState when the move is not in the table, AlreadyRegistered when another live
    registration has the person or the address.
    """
    move_each([(registration, actor)], after, reason=reason, also=also, now=now)


def move_each(
    moves: Sequence[tuple[Registration, Person | None]],
    after: State,
    *,
    reason: str = "",
    also: Iterable[str] | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Bring locked registrations of one event from one state into another, as ``move`` does, each by its actor."""
    if not moves:
        return
    before = State(moves[0][0].state)
    if not may_move(before, after):
        raise WrongState(f"{before} → {after}")
    moment = now or timezone.now()
    for registration, _actor in moves:
        _write(registration, before, after, reason=reason, also=also, moment=moment)
    AuditEntry.objects.bulk_create(
        audit_entry(
            actor=actor,
            action=f"registration.{after.value}",
            subject=registration,
            event_id=registration.event_id,
            changes={"state": (before.value, after.value)},
            reason=reason,
        )
        for registration, actor in moves
    )
    announce_moved([registration for registration, _actor in moves], before=before, after=after, now=now)
    for registration, actor in moves:
        registration_moved.send(
            sender=Registration, registration=registration, before=before, after=after, actor=actor
        )


def _write(
    registration: Registration,
    before: State,
    after: State,
    *,
    reason: str,
    also: Iterable[str] | None,
    moment: dt.datetime,
) -> None:
    registration.state = after.value
    registration.reason = reason
    registration.version += 1
    if before is State.DRAFT or registration.submitted_at is None:
        registration.submitted_at = moment
    if after is State.CONFIRMED:
        registration.confirmed_at = moment
    registration.ended_at = moment if after in ENDED else None
    try:
        registration.save(update_fields=None if also is None else [*MOVED, *also])
    except IntegrityError as error:
        if "once_per_event" in str(error) or "UNIQUE constraint failed" in str(error):
            raise AlreadyRegistered(registration.code) from error
        raise


def held_quotas(registration: Registration) -> set[int]:
    """Return the keys of the quotas of which the registration holds a place."""
    return set(Place.objects.filter(registration=registration).values_list("quota_id", flat=True))


def shared_turn(registration: Registration) -> set[int]:
    """Return the key of the quota in whose list the registration waits with all of its delegation.

    When she leaves, the others may need no more places than there are.
    """
    if registration.delegation_id is None or registration.state != State.WAITING:
        return set()
    turns = WaitingEntry.objects.filter(delegation=registration.delegation_id, state=EntryState.WAITING)
    return set(turns.values_list("quota_id", flat=True))


def release_places(registration: Registration, quotas: dict[int, Quota]) -> list[Quota]:
    """Give back every place of the registration and leave its waiting lists; return what became free."""
    freed = [quota for quota in quotas.values() if give_back(quota, registration)]
    leave_lists(registration)
    return freed


def leave_lists(registration: Registration, quota: Quota | None = None) -> None:
    """End the registration's open turns, in one quota's list or in all of them."""
    entries = WaitingEntry.objects.filter(registration=registration, state__in=sorted(ENTRY_OPEN))
    if quota is not None:
        entries = entries.filter(quota=quota)
    entries.update(state=EntryState.LEFT.value)
