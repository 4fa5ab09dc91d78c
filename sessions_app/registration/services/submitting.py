"""Sends a registration: how it comes to a place, a turn in the line, or a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.db.models import F

from network.letters import Letter
from network.models import Person
from network.services import give_consent
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
    MessageTemplate,
    Question,
    QuestionKind,
    Quota,
    Registration,
    RegistrationSettings,
    Visibility,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import (
    answers_of,
    categories_for,
    category_opening,
    line_of,
    opening,
    settings_of,
)
from sessions_app.registration.services import messages
from sessions_app.registration.services.answering import (
    choice_quotas,
    seat_choices,
)
from sessions_app.registration.services.moving import (
    held_quotas,
    lock_unsent,
    move,
)
from sessions_app.registration.services.places import give_back, lock_quotas, one_transaction, take
from sessions_app.registration.services.turns import by_turns, handed_on
from sessions_app.registration.services.waiting import promote, queue
from sessions_app.registration.states import State

MESSAGE_OF = {
    State.PENDING: MessageKind.PENDING,
    State.WAITING: MessageKind.WAITING,
    State.CONFIRMED: MessageKind.CONFIRMED,
    State.INVITED: MessageKind.INVITED,
}
HANDED_ON_SECONDS = 1.0
# Stands in a letter for the place on the waiting list: a character that nobody writes.
NUMBER = "\ue000"


def _quota_of(*, registration: Registration, **_rest: Any) -> tuple[str, int] | None:
    category = registration.category
    return None if category is None or category.quota_id is None else ("quota", category.quota_id)


@by_turns(_quota_of)
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
    before = handed_on(
        f"{registration.event_id}:{category.pk}",
        lambda: _Beforehand.read(registration, category),
        seconds=HANDED_ON_SECONDS,
    )
    likely = before.letter(registration, category)
    quotas = lock_quotas({category.quota_id} | choices | held)
    locked = lock_unsent(registration, before.event)
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
        move(locked, after, actor=actor, also=("person", "key", "key_digest", "invitation"), now=now)
    except IntegrityError as error:
        raise AlreadyRegistered(locked.code) from error
    _note_consents(locked, actor, answers, now=now)
    _tell(locked, before, quotas, likely, now=now)
    for quota in freed:
        promote(quota, now=now)
    return locked


@dataclass(frozen=True)
class _Likely:
    """A letter, and what it says of whom."""

    kind: MessageKind
    about: tuple[Any, ...]
    letter: Letter


def _told_of(registration: Registration) -> tuple[Any, ...]:
    """Return what of a registration stands in its letters."""
    return (
        registration.name, registration.email, registration.locale, registration.category_id,
        registration.delegation_id,
    )  # fmt: skip


@dataclass(frozen=True)
class _Beforehand:
    """What a submit reads before it locks: all who rush for the same places wait for what comes after.

    ``last_number`` and ``waiting`` are the state of the category's waiting list. In a rush, what one has read
    serves those who stand behind her in the line, for a second.
    """

    event: Event
    templates: Mapping[str, MessageTemplate]
    last_number: int
    waiting: int
    is_full: bool

    @classmethod
    def read(cls, registration: Registration, category: Category) -> _Beforehand:
        last, waiting, free = line_of(category.quota_id) if category.quota_id is not None else (0, 0, 1)
        event = registration.event
        for settings in RegistrationSettings.objects.filter(event=event):
            event.registration = settings  # as they are now, whatever came with the event
        return cls(event, messages.templates_of(event.pk), last, waiting, free < 1 or waiting > 0)

    def letter(
        self, registration: Registration, category: Category | None, kind: MessageKind | None = None
    ) -> _Likely:
        """Return the letter of the kind, or of what will most likely become of the registration.

        In one to the waiting list ``NUMBER`` stands for the place, which only the lock tells.
        """
        if kind is None:
            kind = MessageKind.WAITING if self.is_full else MessageKind.CONFIRMED
            if category is not None and category.entry == Entry.APPROVAL:
                kind = MessageKind.PENDING
        more = {"number": NUMBER} if kind is MessageKind.WAITING else None
        letter = messages.compose_message(registration, kind, more=more, templates=self.templates)
        return _Likely(kind, _told_of(registration), letter)

    def place(self, quota: Quota) -> int:
        """Return the place of the turn that the locked quota has just given.

        Who leaves the list between the reading and the lock, a second at most, still counts.
        """
        return self.waiting + quota.last_number - self.last_number


def _sent_before(registration: Registration, key: str) -> Registration | None:
    """Return the registration that was sent under the key already."""
    if not key:
        return None
    found = Registration.objects.filter(event=registration.event_id, key=key)
    sent = found.exclude(state__in=(State.DRAFT, State.INVITED)).order_by()
    # Nearly always there is none: only the key is asked for first, as whole rows cost twice as much to ask for.
    pk = next(iter(sent.values_list("pk", flat=True)[:1]), None)
    return None if pk is None else Registration.objects.get(pk=pk)


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


def _tell(
    registration: Registration,
    before: _Beforehand,
    quotas: Mapping[int, Quota],
    likely: _Likely,
    *,
    now: dt.datetime | None,
) -> None:
    kind = MESSAGE_OF[State(registration.state)]
    if (likely.kind, likely.about) != (kind, _told_of(registration)):
        likely = before.letter(registration, registration.category, kind)
    letter = likely.letter
    if kind is MessageKind.WAITING and registration.category is not None:
        letter = letter.with_text(NUMBER, str(before.place(quotas[registration.category.quota_id or 0])))
    messages.write(registration, kind, letter=letter, now=now)
