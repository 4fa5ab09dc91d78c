"""Sends a registration: how it comes to a place, a turn in the line, or a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.db.models import F

from network.models import Person
from network.services import give_consent
from sessions_app.events.models import Event
from sessions_app.registration.errors import (
    AlreadyRegistered,
    Busy,
    Closed,
    Full,
    NotOpenToYou,
    NotYours,
    OtherBody,
    RegistrationError,
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
from sessions_app.registration.queries import (
    answers_of_each,
    categories_for,
    category_opening,
    opening,
    settings_of,
)
from sessions_app.registration.services import messages
from sessions_app.registration.services.answering import (
    choice_quotas,
    seat_choices,
)
from sessions_app.registration.services.first_letters import Beforehand, letters_of
from sessions_app.registration.services.moving import (
    held_quotas,
    lock_unsent,
    move_each,
)
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.turns import handed_on, together
from sessions_app.registration.services.waiting import promote, queue_each
from sessions_app.registration.states import State

log = structlog.get_logger(__name__)

HANDED_ON_SECONDS = 1.0
# So many are written in one transaction at most; whoever comes first waits for the others of hers.
TOGETHER = 16


@dataclass(frozen=True)
class _Form:
    """A registration that somebody sends, and what goes with it."""

    registration: Registration
    actor: Person
    key: str
    digest: str
    invitation: Invitation | None
    is_trial: bool
    now: dt.datetime | None

    @property
    def is_plain(self) -> bool:
        """Whether it comes in by the category's own rules, as most do."""
        own_way = self.invitation is not None or self.registration.state != State.DRAFT
        return not (own_way or self.is_trial or self.now)


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
    Those who go for the same places at the same time are written in one transaction, in the order of their coming.
    """
    category = registration.category
    if invitation is not None and category is not None and invitation.category_id != category.pk:
        invitation = None  # she has chosen another way in, and the code stays good
    form = _Form(registration, actor, key, digest, invitation, is_trial, now)
    line = None
    if category is not None and category.quota_id is not None:
        line = ("category", category.pk, registration.event_id)
    return together(line, form, _answer_each, most=TOGETHER)


def _answer_each(forms: Sequence[_Form]) -> list[Registration | Exception]:
    """Answer forms of one category, the plain ones of them in one transaction unless somebody is refused."""
    plain = list({form.registration.pk: form for form in forms if form.is_plain}.values())
    answers: dict[int, Registration | Exception] = {}
    if len(plain) > 1:
        try:
            answers = {id(form): sent for form, sent in zip(plain, _send(plain), strict=True)}
        except Busy as error:
            answers = {id(form): Busy(str(error)) for form in plain}
        except RegistrationError:
            log.debug("sent_one_by_one", count=len(plain))
    return [answers.get(id(form)) or _answer(form) for form in forms]


def _answer(form: _Form) -> Registration | Exception:
    """Send one form; whoever is refused may have sent it before, and is answered the same then."""
    try:
        try:
            return _send([form])[0]
        except RegistrationError:
            sent = sent_before(
                event_id=form.registration.event_id, person=form.actor, key=form.key, digest=form.digest
            )
            if sent is None:
                raise
            return sent
    except Exception as error:
        return error


@one_transaction
def _send(forms: Sequence[_Form]) -> list[Registration]:
    """Send one form, or several plain ones of the same category: all of them or none."""
    registrations = [form.registration for form in forms]
    category = registrations[0].category
    if category is None:
        raise NotOpenToYou("")
    answers = answers_of_each(registrations)
    choices = {
        one.pk: choice_quotas(one, answers[one.pk]) if answers[one.pk] else set() for one in registrations
    }
    held = {one.pk: held_quotas(one) for one in registrations if one.state == State.INVITED}
    before = handed_on(
        f"{registrations[0].event_id}:{category.pk}",
        lambda: Beforehand.read(registrations[0], category),
        seconds=HANDED_ON_SECONDS,
    )
    likely = [before.letter(one, category) for one in registrations]
    quotas = lock_quotas({category.quota_id}.union(*choices.values(), *held.values()))
    locked = lock_unsent(registrations, before.event)
    for form, one in zip(forms, locked, strict=True):
        _check(form, one, category)
        one.person, one.key, one.key_digest, one.invitation = (
            form.actor,
            form.key,
            form.digest,
            form.invitation,
        )
    _use(forms[0].invitation)
    now = forms[0].now
    try:
        for one in locked:
            if choices[one.pk] or one.pk in held:
                seat_choices(one, choices[one.pk], quotas)
        freed = [quota for one in locked for quota in _leave_for_decision(one, category, quotas)]
        states = _enter(locked, category, quotas, forms[0].invitation)
        for state in sorted(set(states)):
            moves = [(one, one.person) for one, after in zip(locked, states, strict=True) if after is state]
            move_each(moves, state, also=("person", "key", "key_digest", "invitation"), now=now)
    except IntegrityError as error:
        raise AlreadyRegistered(locked[0].code) from error
    for form, one in zip(forms, locked, strict=True):
        _note_consents(one, form.actor, answers[one.pk], now=now)
    messages.write_letters(letters_of(locked, before, quotas, likely), now=now)
    for quota in freed:
        promote(quota, now=now)
    return locked


def _check(form: _Form, locked: Registration, category: Category) -> None:
    """Raise what stands in the way of sending the locked registration."""
    if locked.state not in (State.DRAFT, State.INVITED) or locked.category_id != category.pk:
        raise WrongState(locked.state)
    if locked.state == State.DRAFT and not form.is_trial:
        check_open(locked.event, category, form.actor, invitation=form.invitation, now=form.now)
    if locked.state == State.INVITED and not owns_address(form.actor, locked.email):
        raise NotYours(locked.code)


def sent_before(*, event_id: int, person: Person, key: str, digest: str) -> Registration | None:
    """Return the registration that this submit has made already; raise OtherBody when it said other things."""
    sent = Registration.objects.filter(event=event_id, key=key).exclude(key="")
    for found in sent.exclude(state__in=(State.DRAFT, State.INVITED)):
        if (found.key_digest, found.person_id) != (digest, person.pk):
            raise OtherBody(key)
        return found
    return None


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
    registrations: Sequence[Registration],
    category: Category,
    quotas: Mapping[int, Quota],
    invitation: Invitation | None,
) -> list[State]:
    if registrations[0].state == State.INVITED:  # the delegation holds the place, unless somebody decides
        return [State.PENDING if category.entry == Entry.APPROVAL else State.CONFIRMED]
    skips = invitation is not None and invitation.skips_approval and invitation.category_id == category.pk
    if category.entry == Entry.APPROVAL and not skips:
        return [State.PENDING] * len(registrations)
    return enter_or_queue(registrations, category, quotas)


def enter_or_queue(
    registrations: Sequence[Registration], category: Category, quotas: Mapping[int, Quota]
) -> list[State]:
    """Give, in this order, places of the category while there are any and nobody waits already, then turns in its list.

    Raises Full when there are not enough places and the category keeps no waiting list.
    """
    if category.quota_id is None:
        return [State.CONFIRMED] * len(registrations)
    quota = quotas[category.quota_id]
    waits = quota.entries.filter(state="waiting").exists() if quota.free > 0 else True
    free = 0 if waits else min(quota.free, len(registrations))
    placed, waiting = registrations[:free], registrations[free:]
    if waiting and not category.has_waiting_list:
        raise Full(quota)
    take(quota, *placed)
    queue_each(quota, waiting)
    return [State.CONFIRMED] * len(placed) + [State.WAITING] * len(waiting)


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
