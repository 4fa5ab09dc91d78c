"""Reads of registration, scoped by event and viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone

from network.models import Affiliation, Membership, Organisation, Person
from network.permissions import holds_on
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.models import (
    Answer,
    Category,
    Choice,
    Invitation,
    Question,
    Quota,
    Registration,
    RegistrationSettings,
    Visibility,
    WaitingEntry,
)
from sessions_app.registration.states import ENTRY_OPEN, LIVE, EntryState, State


@dataclass(frozen=True)
class Opening:
    """Whether an event, or a category, takes registrations: ``state`` is none, before, open or after.

    ``at`` is when it will open ("before") or close ("open"), or closed ("after"); UTC, None when open-ended.
    """

    state: str
    at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody can register now."""
        return self.state == "open"


def settings_of(event: Event) -> RegistrationSettings | None:
    """Return how the event takes registrations, read once per event object; None when it takes none."""
    try:
        settings: RegistrationSettings = event.registration
    except RegistrationSettings.DoesNotExist:
        return None
    return settings


def opening(settings: RegistrationSettings | None, *, now: dt.datetime | None = None) -> Opening:
    """Tell whether the event takes registrations now."""
    if settings is None or not settings.is_open:
        return Opening("none")
    return _window(settings.opens_at, settings.closes_at, now or timezone.now())


def category_opening(category: Category, *, now: dt.datetime | None = None) -> Opening:
    """Tell whether the category takes registrations now, the event's own times left aside."""
    return _window(category.opens_at, category.closes_at, now or timezone.now())


def _window(opens: dt.datetime | None, closes: dt.datetime | None, now: dt.datetime) -> Opening:
    if opens is not None and now < opens:
        return Opening("before", opens)
    if closes is not None and now >= closes:
        return Opening("after", closes)
    return Opening("open", closes)


def may_change_until(event: Event, settings: RegistrationSettings | None) -> dt.datetime | None:
    """Return until when people change and cancel by themselves: as set, else the start of the first day."""
    if settings is not None and settings.change_until is not None:
        return settings.change_until
    first = event.days.order_by("date").first()
    return dt.datetime.combine(first.date, first.opens, event.zone) if first else None


def categories_for(
    event: Event, viewer: Person | AnonymousUser, *, invitation: Invitation | None = None
) -> list[Category]:
    """Return the categories the viewer may choose, in the organiser's order, with their quotas.

    Those open to everybody, those of her organisations (or their parents), and that of her invitation.
    """
    visible = Q(visibility=Visibility.PUBLIC)
    if isinstance(viewer, Person) and viewer.is_active:
        visible |= Q(visibility=Visibility.MEMBERS, organisation__in=_organisations_of(viewer))
    if invitation is not None:
        visible |= Q(pk=invitation.category_id)
    return list(Category.objects.filter(visible, event=event).select_related("quota"))


def _organisations_of(person: Person) -> list[int]:
    today = timezone.localdate()
    own = list(
        Affiliation.objects.filter(holds_on(today), person=person).values_list("organisation_id", flat=True)
    )
    parents = Membership.objects.filter(holds_on(today), member__in=own).values_list("parent_id", flat=True)
    return [*own, *parents]


def find_invitation(event: Event, code: str, *, now: dt.datetime | None = None) -> Invitation | None:
    """Return the invitation of the event with this code, whatever its case; None when it opens nothing."""
    moment = now or timezone.now()
    found = Invitation.objects.filter(event=event, code__iexact=code.strip()).select_related("category")
    invitation = found.first()
    if invitation is None or invitation.used >= invitation.max_uses or invitation.revoked_at is not None:
        return None
    if invitation.expires_at is not None and invitation.expires_at <= moment:
        return None
    return invitation


def questions_of(event: Event) -> list[Question]:
    """Return the event's questions in order, with categories, choices and their quotas: three queries."""
    choices = Choice.objects.filter(is_removed=False).select_related("quota")
    return list(
        Question.objects.filter(event=event, is_removed=False)
        .select_related("shown_if")
        .prefetch_related("categories", Prefetch("choices", choices))
    )


def is_asked(question: Question, category: Category | None, answers: Mapping[str, Any]) -> bool:
    """Tell whether the question is asked of somebody of the category who has given these answers by key."""
    categories = list(question.categories.all())
    if categories and category not in categories:
        return False
    if question.shown_if is None:
        return True
    given = answers.get(question.shown_if.key)
    values = (
        given if isinstance(given, list) else ["yes" if given is True else "no" if given is False else given]
    )
    return bool({str(value) for value in values} & {str(value) for value in question.shown_if_values})


def asked(
    questions: Iterable[Question], category: Category | None, answers: Mapping[str, Any]
) -> list[Question]:
    """Return the questions that are asked; one that follows a question which is not asked is not asked."""
    found: list[Question] = []
    for question in questions:
        follows = question.shown_if
        if follows is not None and follows.pk not in {earlier.pk for earlier in found}:
            continue
        if is_asked(question, category, answers):
            found.append(question)
    return found


def answers_of(registration: Registration) -> dict[str, Any]:
    """Return the registration's answers by the questions' keys."""
    return answers_of_each([registration])[registration.pk]


def answers_of_each(registrations: Iterable[Registration]) -> dict[int, dict[str, Any]]:
    """Return the answers of each registration, by its own key and the questions' keys."""
    found: dict[int, dict[str, Any]] = {registration.pk: {} for registration in registrations}
    rows = Answer.objects.filter(registration__in=list(found)).order_by()
    for pk, key, value in rows.values_list("registration_id", "question__key", "value"):
        found[pk][key] = value
    return found


def mine(person: Person | AnonymousUser) -> QuerySet[Registration]:
    """Return the person's own registrations: also those that others have made for an address of hers.

    A table that was imported and a delegation name people who have no account yet, or none at that time.
    """
    if not isinstance(person, Person):
        return Registration.objects.none()
    # A list and not a subquery, so that either side of the condition finds its index.
    named = Q(person__isnull=True, email__in=sorted(proven_addresses(person))) & ~Q(state=State.DRAFT)
    return Registration.objects.filter(Q(person=person) | named).select_related("event", "category")


def proven_addresses(person: Person) -> set[str]:
    """Return the addresses, in lower case, of which it is known that they are the person's."""
    proven = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return {email.lower() for email in (*proven, person.email or "") if email}


def live_registration(event: Event, person: Person | AnonymousUser) -> Registration | None:
    """Return the person's live registration for the event."""
    return mine(person).filter(event=event, state__in=sorted(LIVE)).first()


def draft_of(event: Event, person: Person | AnonymousUser) -> Registration | None:
    """Return the form the person has begun to fill in, or the one that her delegation has begun for her."""
    begun = mine(person).filter(event=event, state__in=(State.DRAFT, State.INVITED))
    # An invitation goes first: beside it no form can be sent.
    return begun.order_by("-state", "-changed_at").first()


def for_team(event: Event, viewer: Person | AnonymousUser) -> QuerySet[Registration]:
    """Return the event's registrations that were sent, for those who manage them; nothing for others."""
    if not may(viewer, Capability.REGISTRATION, event):
        return Registration.objects.none()
    return Registration.objects.filter(event=event).exclude(state=State.DRAFT).select_related("category")


def get_for_team(event: Event, viewer: Person | AnonymousUser, code: str) -> Registration:
    """Return one registration of the event; raise Http404 when the viewer may not know of it."""
    return get_object_or_404(
        for_team(event, viewer).select_related("event", "person", "delegation"), code=code
    )


def turn(registration: Registration) -> tuple[WaitingEntry, int] | None:
    """Return the registration's open turn for its category, and how many stand before it plus one."""
    open_turns = WaitingEntry.objects.filter(state__in=sorted(ENTRY_OPEN), quota__session__isnull=True)
    mine_or_ours = Q(registration=registration)
    if registration.delegation_id is not None:
        mine_or_ours |= Q(delegation_id=registration.delegation_id)
    entry = open_turns.filter(mine_or_ours).select_related("quota").first()
    if entry is None:
        return None
    before = WaitingEntry.objects.filter(
        quota=entry.quota, state=EntryState.WAITING, number__lt=entry.number
    ).count()
    return entry, before + 1


def line_of(quota_id: int) -> tuple[int, int, int]:
    """Return the number that was given last in a quota's waiting list, how many turns wait there, and the free places.

    All are of one moment, so that who comes in later knows her place by the number she gets.
    """
    waiting = WaitingEntry.objects.filter(quota=OuterRef("pk"), state=EntryState.WAITING).order_by()
    count = waiting.values("quota").annotate(count=Count("pk")).values("count")
    quota = Quota.objects.filter(pk=quota_id)
    last, waits, free = quota.values_list(
        "last_number", Coalesce(Subquery(count), 0), F("size") - F("taken")
    ).get()
    return last, waits, free


def queued_quotas(event: Event) -> set[int]:
    """Return the keys of the event's quotas in which somebody waits; session seats left aside."""
    waiting = WaitingEntry.objects.filter(
        quota__event=event, quota__session__isnull=True, state=EntryState.WAITING
    )
    return set(waiting.values_list("quota_id", flat=True).distinct())


def open_draft(event: Event, code: str, viewer: Person | AnonymousUser) -> Registration | None:
    """Return the form with this code while it can be filled in, unless it is another person's."""
    hers = Q(person__isnull=True) | Q(person=viewer.pk)
    return (
        Registration.objects.filter(hers, event=event, code=code, state__in=(State.DRAFT, State.INVITED))
        .select_related("category", "delegation", "person")
        .first()
    )


def post_and_organisation(person: Person) -> tuple[str, Organisation | None]:
    """Return the post that the person holds today, and where."""
    today = timezone.localdate()
    tie = Affiliation.objects.filter(holds_on(today), person=person).select_related("organisation").first()
    return (tie.post, tie.organisation) if tie else ("", None)


def latest_elsewhere(person: Person, event: Event) -> Registration | None:
    """Return the person's newest registration for another event, for what she need not write again."""
    sent = Registration.objects.filter(person=person).exclude(event=event).exclude(state=State.DRAFT)
    return sent.order_by("-pk").first()


def state_counts(event: Event) -> dict[str, int]:
    """Return state to number of the event's registrations, drafts left aside."""
    rows = Registration.objects.filter(event=event).exclude(state=State.DRAFT).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))
