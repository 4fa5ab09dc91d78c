"""What a person does: begins, continues, sends, changes and cancels her registration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from network.models import Organisation, Person
from network.services import give_consent, record_audit
from network.web.uploads import CheckedUpload
from sessions_app.events.models import Event
from sessions_app.registration.errors import (
    AlreadyRegistered,
    Closed,
    Full,
    NotOpenToYou,
    NotYours,
    OtherBody,
    WrongState,
)
from sessions_app.registration.models import (
    Category,
    Entry,
    Invitation,
    Question,
    QuestionKind,
    Quota,
    Registration,
    Visibility,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import (
    answers_of,
    categories_for,
    category_opening,
    length_of_line,
    may_change_until,
    opening,
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
    lock_unsent,
    move,
    release_places,
    shared_turn,
)
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.waiting import promote, queue
from sessions_app.registration.states import LIVE, State

MESSAGE_OF = {
    State.PENDING: MessageKind.PENDING,
    State.WAITING: MessageKind.WAITING,
    State.CONFIRMED: MessageKind.CONFIRMED,
    State.INVITED: MessageKind.INVITED,
}


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


@transaction.atomic
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
    finishes the registration that she was given, under the address that got it. Raises WrongState when ``draft`` has been sent already.
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
    registration.save()
    write_answers(registration, answers)
    keep_files(registration, files or {})
    return registration


@transaction.atomic
def claim_draft(*, draft: Registration, person: Person) -> None:
    """Give a form that was filled in without an account to the person who has proven its e-mail."""
    unclaimed = Registration.objects.filter(pk=draft.pk, person__isnull=True, state=State.DRAFT)
    if unclaimed.update(person=person):
        draft.person = person


@one_transaction
def submit(
    *,
    registration: Registration,
    actor: Person,
    key: str,
    digest: str,
    invitation: Invitation | None = None,
    is_trial: bool = False,
    now: dt.datetime | None = None,
) -> Registration:
    """Send a draft, or finish an invited registration, with its details and answers as they were saved.

    Depending on the category it is confirmed, waits for approval, or waits for a place.
    ``key`` names this submit and ``digest`` its content: repeated, it answers what it answered.
    Raises OtherBody, Closed, NotOpenToYou, NotYours (another's invitation), AlreadyRegistered, Full (a choice without places, or a
    category without a waiting list) and Busy; nothing is written then.
    """
    repeated = _sent_before(registration, key)
    if repeated is not None:
        if repeated.key_digest != digest or repeated.person_id != actor.pk:
            raise OtherBody(key)
        return repeated
    category = registration.category
    if category is None:
        raise NotOpenToYou("")
    if invitation is not None and invitation.category_id != category.pk:
        invitation = None  # she has chosen another way in, and the code stays good
    answers = answers_of(registration)
    choices = choice_quotas(registration, answers) if answers else set()
    held = held_quotas(registration) if registration.state == State.INVITED else set()
    quotas = lock_quotas({category.quota_id} | choices | held)
    locked = lock_unsent(registration)
    if locked.state not in (State.DRAFT, State.INVITED):
        if (locked.key, locked.key_digest) == (key, digest):
            return locked  # the same submit came in twice at once
        raise WrongState(locked.state)
    if locked.state == State.DRAFT and not is_trial:
        check_open(locked.event, category, actor, invitation=invitation, now=now)
    if locked.state == State.INVITED and not owns_address(actor, locked.email):
        raise NotYours(locked.code)
    locked.person, locked.key, locked.key_digest, locked.invitation = actor, key, digest, invitation
    _use(invitation)
    try:
        if choices or held:
            seat_choices(locked, choices, quotas)
        freed = _leave_for_decision(locked, category, quotas)
        after = _enter(locked, category, quotas, invitation)
        move(locked, after, actor=actor, now=now)
    except IntegrityError as error:
        raise AlreadyRegistered(locked.code) from error
    _note_consents(locked, actor, answers, now=now)
    _tell(locked, now=now)
    for quota in freed:
        promote(quota, now=now)
    return locked


def _sent_before(registration: Registration, key: str) -> Registration | None:
    """Return the registration that was sent under the key already."""
    found = Registration.objects.filter(event=registration.event_id, key=key).exclude(key="")
    sent = found.exclude(state__in=(State.DRAFT, State.INVITED)).order_by()[:1]  # the key is unique
    return next(iter(sent), None)


def owns_address(person: Person, email: str) -> bool:
    """Tell whether the person has proven that the address is hers."""
    own = EmailAddress.objects.filter(user=person, verified=True, email__iexact=email)
    return (person.email or "").lower() == email.lower() or own.exists()


def _leave_for_decision(
    registration: Registration, category: Category, quotas: Mapping[int, Quota]
) -> list[Quota]:
    """Give back the place of an invited person about whom the organiser decides; it may come of a move."""
    quota = quotas.get(category.quota_id or 0)
    if registration.state != State.INVITED or category.entry != Entry.APPROVAL or quota is None:
        return []
    return [quota] if give_back(quota, registration) else []


def check_open(
    event: Event,
    category: Category,
    person: Person | AnonymousUser,
    *,
    invitation: Invitation | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Raise Closed or NotOpenToYou unless the person can register in the category now."""
    if not opening(settings_of(event), now=now).is_open or not category_opening(category, now=now).is_open:
        raise Closed(event.slug)
    if category.visibility == Visibility.PUBLIC and category.event_id == event.pk:
        return
    if category not in categories_for(event, person, invitation=invitation):
        raise NotOpenToYou(category.slug)


def _use(invitation: Invitation | None) -> None:
    """Count one use; the check constraint and this condition keep it within its limit."""
    if invitation is None:
        return
    good = Invitation.objects.filter(pk=invitation.pk, used__lt=F("max_uses"), revoked_at__isnull=True)
    used = good.update(used=F("used") + 1)
    if not used:
        raise NotOpenToYou(invitation.code)


def _enter(
    registration: Registration,
    category: Category,
    quotas: Mapping[int, Quota],
    invitation: Invitation | None,
) -> State:
    if registration.state == State.INVITED:  # the delegation holds the place, unless somebody decides
        return State.PENDING if category.entry == Entry.APPROVAL else State.CONFIRMED
    skips = invitation is not None and invitation.skips_approval and invitation.category_id == category.pk
    if category.entry == Entry.APPROVAL and not skips:
        return State.PENDING
    return enter_or_queue(registration, category, quotas)


def enter_or_queue(registration: Registration, category: Category, quotas: Mapping[int, Quota]) -> State:
    """Take a place of the category or, when there is none or others wait already, a turn in its list.

    Raises Full when the category keeps no waiting list.
    """
    if category.quota_id is None:
        return State.CONFIRMED
    quota = quotas[category.quota_id]
    waits = quota.entries.filter(state="waiting").exists() if quota.free > 0 else True
    if not waits:
        take(quota, registration)
        return State.CONFIRMED
    if not category.has_waiting_list:
        raise Full(quota)
    queue(quota, registration=registration)
    return State.WAITING


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


def _note_consents(
    registration: Registration, person: Person, answers: Mapping[str, Any], *, now: dt.datetime | None
) -> None:
    """Keep, with the version of its text, each consent that was given in the form."""
    event = registration.event
    settings = settings_of(event)
    if settings is not None and settings.consent_text:
        give_consent(
            person=person,
            purpose=f"registration:{event.slug}"[:60],
            text_version=settings.consent_version,
            now=now,
        )
    given = [key for key, value in answers.items() if value is True]
    if not given:
        return
    for question in Question.objects.filter(event=event, kind=QuestionKind.CONSENT, key__in=given):
        give_consent(
            person=person,
            purpose=f"{event.slug}:{question.key}"[:60],
            text_version=question.text_version,
            now=now,
        )


def _tell(registration: Registration, *, now: dt.datetime | None) -> None:
    more = {}
    if registration.state == State.WAITING:
        more["number"] = str(length_of_line(registration))  # she has just come to its end
    messages.write(registration, MESSAGE_OF[State(registration.state)], more=more, now=now)
