"""Sign-up for single sessions that have limited seats; the seats are a quota like any other."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from network.localised import set_localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model
from sessions_app.programme.services.locking import lock_event
from sessions_app.registration.errors import NoSeats, WrongState
from sessions_app.registration.models import Quota, Registration
from sessions_app.registration.services.moving import leave_lists, lock_registration
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.waiting import promote, queue
from sessions_app.registration.states import ENTRY_OPEN, State


def released_session(event: Event, code: str) -> model.Session | None:
    """Return the session of the newest release, or None when that does not hold it."""
    schedule = released_schedule(event)
    return next((one for one in schedule.sessions if one.code == code), None) if schedule else None


@one_transaction
def sign_up(
    *, registration: Registration, code: str, actor: Person | None, now: dt.datetime | None = None
) -> bool:
    """Take a seat of the session for a confirmed registration, or a turn in its waiting list.

    Returns whether she has a seat; signing up twice is signing up once. Raises NoSeats when the session
    takes no sign-ups (any more) and WrongState when the registration is not confirmed.
    """
    moment = now or timezone.now()
    released = released_session(registration.event, code)
    if released is None or released.seats is None or released.start is None or released.start <= moment:
        raise NoSeats(code)
    pk = _quota_of(registration.event, released)
    quota = lock_quotas([pk])[pk]
    _resize(quota, released.seats, now=now)
    locked = lock_registration(registration)
    if locked.state != State.CONFIRMED:
        raise WrongState(locked.state)
    if quota.places.filter(registration=locked).exists():
        return True
    if quota.entries.filter(registration=locked, state__in=sorted(ENTRY_OPEN)).exists():
        return False
    seated = quota.free > 0 and not quota.entries.filter(state="waiting").exists()
    if seated:
        take(quota, locked)
    else:
        queue(quota, registration=locked)
    record_audit(
        actor=actor,
        action="registration.session_signed_up" if seated else "registration.session_queued",
        subject=locked,
        event_id=locked.event_id,
        changes={"session": (None, code)},
    )
    return seated


@one_transaction
def give_up_seat(
    *, registration: Registration, code: str, actor: Person | None, now: dt.datetime | None = None
) -> None:
    """Give the seat, or the turn in the list, of a session back; the seat goes to the first who waits."""
    quota_id = (
        Quota.objects.filter(event=registration.event_id, session__code=code)
        .values_list("pk", flat=True)
        .first()
    )
    if quota_id is None:
        return
    quota = lock_quotas([quota_id])[quota_id]
    locked = lock_registration(registration)
    freed = give_back(quota, locked)
    leave_lists(locked, quota)
    record_audit(
        actor=actor,
        action="registration.session_given_up",
        subject=locked,
        event_id=locked.event_id,
        changes={"session": (code, None)},
    )
    if freed:
        promote(quota, now=now)


def follow_release(*, event: Event, now: dt.datetime | None = None) -> int:
    """Bring the seats of all sessions that people signed up for to the newest release.

    More seats go to those who wait; fewer take nobody's away. Returns how many sessions changed.
    """
    schedule = released_schedule(event)
    if schedule is None:
        return 0
    seats = {one.guid: one.seats for one in schedule.sessions if one.seats is not None}
    quotas = Quota.objects.filter(event=event, session__guid__in=list(seats))
    wanted = {pk: seats[guid] for pk, guid in quotas.values_list("pk", "session__guid")}
    return sum(_follow(pk=pk, seats=count, now=now) for pk, count in sorted(wanted.items()))


@one_transaction
def _follow(*, pk: int, seats: int, now: dt.datetime | None) -> bool:
    quota = lock_quotas([pk])[pk]
    before = quota.size
    _resize(quota, seats, now=now)
    return quota.size != before


def _quota_of(event: Event, released: model.Session) -> int:
    """Return the key of the session's quota, made at the first sign-up under the event's lock."""
    quotas = Quota.objects.filter(event=event, session__guid=released.guid)
    if (found := quotas.first()) is not None:
        return found.pk
    lock_event(event)
    if (found := quotas.first()) is not None:  # somebody else made it while this one waited
        return found.pk
    session = Session.objects.filter(event=event, guid=released.guid).first()
    if session is None:
        raise NoSeats(released.code)
    quota = Quota(event=event, session=session, size=released.seats or 0)
    set_localised(quota, "name", dict(released.title))
    quota.save()
    return quota.pk


def _resize(quota: Quota, seats: int, *, now: dt.datetime | None) -> None:
    """Bring a locked quota to the seats that the newest release gives, never below what is taken."""
    size = max(seats, quota.taken)
    if size != quota.size:
        quota.size = size
        quota.save(update_fields=["size"])
        promote(quota, now=now)
