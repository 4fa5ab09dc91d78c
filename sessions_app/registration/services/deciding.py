"""What the organiser decides: approves, declines, moves to another category, takes in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from network.models import Person
from network.services import record_audit
from sessions_app.registration.errors import RegistrationError, WrongState
from sessions_app.registration.models import Category, Quota, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import answers_of, turn
from sessions_app.registration.services import messages
from sessions_app.registration.services.announcing import announce_edited
from sessions_app.registration.services.answering import choice_quotas, seat_choices
from sessions_app.registration.services.first_letters import MESSAGE_OF
from sessions_app.registration.services.moving import (
    held_quotas,
    leave_lists,
    lock_registration,
    move,
    release_places,
    shared_turn,
)
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.submitting import enter_or_queue
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import ENDED, State


@one_transaction
def approve(
    *, registration: Registration, actor: Person | None, now: dt.datetime | None = None
) -> Registration:
    """Let somebody in who waits for approval, or take in again who was declined or gave up.

    She is confirmed when there is a place and waits for one otherwise. Approving twice is approving
    once. Raises WrongState for other states, Full when there is neither place nor waiting list.
    """
    category = registration.category
    if category is None:  # a draft
        raise WrongState(registration.state)
    again = registration.state in ENDED
    choices = choice_quotas(registration, answers_of(registration)) if again else set()
    quotas = lock_quotas({category.quota_id} | choices)
    locked = lock_registration(registration)
    if locked.state in (State.CONFIRMED, State.WAITING, State.OFFERED):
        return locked
    if locked.state not in (State.PENDING, *ENDED):
        raise WrongState(locked.state)
    if again:
        seat_choices(locked, choices, quotas)
    (after,) = enter_or_queue([locked], category, quotas)
    move(locked, after, actor=actor, now=now)
    place = turn(locked) if after is State.WAITING else None
    messages.write(locked, MESSAGE_OF[after], more={"number": str(place[1]) if place else ""}, now=now)
    return locked


@one_transaction
def decline(
    *, registration: Registration, actor: Person | None, reason: str, now: dt.datetime | None = None
) -> Registration:
    """Say no, with a reason that the person reads; her places go on to those who wait."""
    shared = shared_turn(registration)
    quotas = lock_quotas(held_quotas(registration) | shared)
    locked = lock_registration(registration)
    if locked.state == State.DECLINED:
        return locked
    freed = release_places(locked, quotas)
    move(locked, State.DECLINED, actor=actor, reason=reason, now=now)
    messages.write(locked, MessageKind.DECLINED, now=now)
    for quota in {*freed, *(quotas[pk] for pk in shared)}:
        promote(quota, now=now)
    return locked


@one_transaction
def change_category(
    *, registration: Registration, category: Category, actor: Person | None, now: dt.datetime | None = None
) -> Registration:
    """Put the registration into another category of its event.

    Who holds a place gets one of the new quota, or the step raises Full and nothing changes; who
    waits gets a turn in the new list, or the place when there is one.
    """
    if category.event_id != registration.event_id:
        raise WrongState("another event")
    old = registration.category
    if old is None:
        raise WrongState(registration.state)
    quotas = lock_quotas({old.quota_id, category.quota_id})
    locked = lock_registration(registration)
    if locked.category_id == category.pk:
        return locked
    was_waiting = locked.state == State.WAITING
    locked.category = category
    locked.version += 1
    freed = []
    if old.quota_id != category.quota_id:
        _change_quota(locked, category, quotas, now=now, actor=actor)
        freed = [quota for pk, quota in quotas.items() if pk == old.quota_id]
    locked.save()
    record_audit(
        actor=actor,
        action="registration.category_changed",
        subject=locked,
        event_id=locked.event_id,
        changes={"category": (old.slug, category.slug)},
    )
    announce_edited([(locked, ["category"])], now=now)
    _tell_of_move(locked, was_waiting=was_waiting, now=now)
    for quota in freed:
        promote(quota, now=now)
    return locked


def _tell_of_move(registration: Registration, *, was_waiting: bool, now: dt.datetime | None) -> None:
    """Write that the category is another one; whom that has brought a place, that she comes."""
    if was_waiting and registration.state == State.CONFIRMED:
        messages.write(registration, MessageKind.CONFIRMED, now=now)
        return
    place = turn(registration) if registration.state == State.WAITING else None
    messages.write(
        registration, MessageKind.CHANGED, more={"number": str(place[1]) if place else ""}, now=now
    )


def _change_quota(
    registration: Registration,
    category: Category,
    quotas: Mapping[int, Quota],
    *,
    now: dt.datetime | None,
    actor: Person | None,
) -> None:
    """Swap the place or the turn of a locked registration for one of the new category's quota."""
    if registration.holds_place:
        for pk, quota in quotas.items():
            if pk != category.quota_id:
                give_back(quota, registration)
        if category.quota_id is not None:
            take(quotas[category.quota_id], registration)
    elif registration.state == State.WAITING:
        leave_lists(registration)
        (after,) = enter_or_queue([registration], category, quotas)
        if after is State.CONFIRMED:
            move(registration, after, actor=actor, now=now)


@dataclass
class Outcome:
    """What a step on many registrations came to: how many were done, and why others were not."""

    done: int = 0
    refused: list[tuple[Registration, RegistrationError]] = field(default_factory=list)


def for_each(registrations: Iterable[Registration], step: Callable[[Registration], Registration]) -> Outcome:
    """Do a step to each registration in a transaction of its own; one that is refused stops no other."""
    outcome = Outcome()
    for registration in registrations:
        try:
            step(registration)
        except RegistrationError as error:
            outcome.refused.append((registration, error))
        else:
            outcome.done += 1
    return outcome
