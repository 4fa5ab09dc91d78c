"""What a person does: begins, continues, changes and cancels her registration; ``submitting`` sends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from network.models import Organisation, Person
from network.services import record_audit
from network.web.uploads import CheckedUpload
from sessions_app.events.models import Event
from sessions_app.registration.errors import (
    AlreadyRegistered,
    Closed,
    OtherBody,
    WrongState,
)
from sessions_app.registration.models import (
    Category,
    Registration,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import (
    may_change_until,
    settings_of,
)
from sessions_app.registration.services import messages
from sessions_app.registration.services.announcing import announce_edited
from sessions_app.registration.services.answering import (
    choice_quotas,
    keep_files,
    seat_choices,
    write_answers,
)
from sessions_app.registration.services.moving import (
    held_quotas,
    lock_registration,
    move,
    release_places,
    shared_turn,
)
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import LIVE, State


@dataclass(frozen=True)
class Details:
    """Who somebody is for this event, as she wrote it; ``region`` is an ISO 3166-2 code."""

    name: str = ""
    name_latin: str = ""
    email: str = ""
    phone: str = ""
    organisation: Organisation | None = None
    organisation_name: str = ""
    post: str = ""
    region: str = ""
    locale: str = ""


@one_transaction
def save_draft(
    *,
    event: Event,
    person: Person | None,
    draft: Registration | None,
    details: Details,
    category: Category | None,
    answers: Mapping[str, Any],
    files: Mapping[str, CheckedUpload | None] | None = None,
    key: str = "",
) -> Registration:
    """Keep a form that is being filled in; it promises nothing and holds no place.

    ``files`` are new ones by the question's key, None for one that is taken away. ``key`` names the
    submit that is on its way, so that the form sent twice at once is one draft. A delegation's member
    finishes the registration that she was given, under the address that got it. Raises WrongState when ``draft`` has
    been sent already, OtherBody when somebody else's form has the key, and Busy.
    """
    if draft is None and key:
        draft = Registration.objects.filter(event=event, key=key, state=State.DRAFT, person=person).first()
    registration = draft or Registration(event=event, person=person)
    if registration.state not in (State.DRAFT, State.INVITED):
        raise WrongState(registration.state)
    email = registration.email
    _write_details(registration, details)
    if registration.state == State.INVITED:
        registration.email = email  # the invitation is this address's; whose it is, ``submit`` finds out
    else:
        registration.person = registration.person or person
        registration.category = category
        registration.key = key or registration.key
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as error:
        return _sent_at_once(registration, person, error)
    write_answers(registration, answers)
    keep_files(registration, files or {})
    return registration


def _sent_at_once(mine: Registration, person: Person | None, error: IntegrityError) -> Registration:
    """Return the form that came in under the same key in this very moment; raise OtherBody where it is somebody else's."""
    kept = Registration.objects.filter(event=mine.event, key=mine.key, person=person).exclude(key="").first()
    if kept is None:
        raise OtherBody(mine.key) from error
    return kept


@transaction.atomic
def claim_draft(*, draft: Registration, person: Person) -> None:
    """Give a form that was filled in without an account to the person who has proven its e-mail."""
    unclaimed = Registration.objects.filter(pk=draft.pk, person__isnull=True, state=State.DRAFT)
    if unclaimed.update(person=person):
        draft.person = person


@one_transaction
def change(
    *,
    registration: Registration,
    actor: Person | None,
    details: Details,
    answers: Mapping[str, Any],
    files: Mapping[str, CheckedUpload | None] | None = None,
    by_team: bool = False,
    now: dt.datetime | None = None,
) -> Registration:
    """Change what a live registration says; choices' places move with the answers.

    Raises Closed after the deadline (not for the team), WrongState when it is live no more, Full, and
    AlreadyRegistered when another live registration has the address.
    """
    wanted = choice_quotas(registration, answers)
    quotas = lock_quotas(wanted | held_quotas(registration))
    locked = lock_registration(registration)
    if locked.state not in LIVE:
        raise WrongState(locked.state)
    if not by_team:
        check_deadline(locked.event, now=now)
    before = {name: getattr(locked, name) for name in detail_names()}
    _write_details(locked, details)
    freed = seat_choices(locked, wanted, quotas)
    changes = write_answers(locked, answers)
    keep_files(locked, files or {})
    after = {name: getattr(locked, name) for name in detail_names()}
    changes |= {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if changes:
        locked.version += 1
        try:
            locked.save()
        except IntegrityError as error:
            raise AlreadyRegistered(locked.code) from error
        record_audit(
            actor=actor,
            action="registration.changed",
            subject=locked,
            event_id=locked.event_id,
            changes=changes,
        )
        announce_edited([(locked, changes)], now=now)
    for quota in freed:
        promote(quota, now=now)
    return locked


@one_transaction
def cancel(
    *,
    registration: Registration,
    actor: Person | None,
    reason: str = "",
    by_team: bool = False,
    now: dt.datetime | None = None,
) -> Registration:
    """Give the registration up; its places go on to those who wait. Cancelling twice is cancelling once.

    Raises Closed after the deadline (not for the team) and WrongState when it was declined.
    """
    shared = shared_turn(registration)
    quotas = lock_quotas(held_quotas(registration) | shared)
    locked = lock_registration(registration)
    if locked.state == State.CANCELLED:
        return locked
    if not by_team:
        check_deadline(locked.event, now=now)
    freed = release_places(locked, quotas)
    move(locked, State.CANCELLED, actor=actor, reason=reason, now=now)
    had_place = any(quota.pk == locked.category.quota_id for quota in freed) if locked.category else False
    messages.write(locked, MessageKind.CANCELLED, more={"had_place": "yes"} if had_place else None, now=now)
    for quota in {*freed, *(quotas[pk] for pk in shared)}:
        promote(quota, now=now)
    return locked


def check_deadline(event: Event, *, now: dt.datetime | None = None) -> None:
    """Raise Closed when people can change and cancel no more."""
    until = may_change_until(event, settings_of(event))
    if until is not None and (now or timezone.now()) >= until:
        raise Closed(event.slug)


def detail_names() -> list[str]:
    """Return the names of the fields that ``Details`` writes."""
    return [field.name for field in fields(Details)]


def _write_details(registration: Registration, details: Details) -> None:
    for name in detail_names():
        setattr(registration, name, getattr(details, name))
    registration.email = details.email.strip().lower()
