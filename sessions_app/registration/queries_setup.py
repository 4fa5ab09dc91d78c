"""Reads for those who set registration up: what there is, and how much of it is used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone

from network.models import OutboxMessage, OutboxState
from network.search import name_contains
from sessions_app.events.models import Event
from sessions_app.registration.models import (
    Answer,
    Category,
    Choice,
    Invitation,
    MessageTemplate,
    Question,
    Quota,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.states import HOLDING, EntryState, State


def quotas_of(event: Event) -> QuerySet[Quota]:
    """Return the event's quotas with ``waiting`` (how many turns stand open) and who uses them: two queries."""
    waiting = (
        WaitingEntry.objects.filter(quota=OuterRef("pk"), state=EntryState.WAITING)
        .order_by()
        .values("quota")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Quota.objects.filter(event=event)
        .select_related("session", "choice__question")
        .prefetch_related("categories")
        .annotate(waiting=Coalesce(Subquery(waiting), 0))
    )


def categories_of(event: Event) -> QuerySet[Category]:
    """Return the event's categories in order with ``live`` and ``coming``: how many want in, and come."""
    sent = ~Q(registrations__state__in=[State.DRAFT, State.CANCELLED, State.DECLINED])
    return (
        Category.objects.filter(event=event)
        .select_related("quota", "organisation")
        .annotate(
            live=Count("registrations", filter=sent),
            coming=Count("registrations", filter=Q(registrations__state__in=sorted(HOLDING))),
        )
    )


def all_questions(event: Event) -> QuerySet[Question]:
    """Return the event's questions in order, removed ones too, with ``answered``: three queries."""
    answered = (
        Answer.objects.filter(question=OuterRef("pk"))
        .order_by()
        .values("question")
        .annotate(n=Count("pk"))
        .values("n")
    )
    choices = Choice.objects.filter(is_removed=False).select_related("quota")
    return (
        Question.objects.filter(event=event)
        .select_related("shown_if")
        .prefetch_related("categories", Prefetch("choices", choices))
        .annotate(answered=Coalesce(Subquery(answered), 0))
    )


class InvitationState(StrEnum):
    """How an invitation stands; a failed one still opens its category, and its letter came back."""

    REVOKED = "revoked"
    USED = "used"
    EXPIRED = "expired"
    FAILED = "failed"
    SENT = "sent"
    OPEN = "open"


def state_of_invitation(
    invitation: Invitation, *, now: dt.datetime | None = None, came_back: Collection[int] = ()
) -> InvitationState:
    """Tell how the invitation stands; ``came_back`` are the keys of those whose letters did."""
    if invitation.revoked_at is not None:
        return InvitationState.REVOKED
    if invitation.used >= invitation.max_uses:
        return InvitationState.USED
    if invitation.expires_at is not None and invitation.expires_at <= (now or timezone.now()):
        return InvitationState.EXPIRED
    if invitation.pk in came_back:
        return InvitationState.FAILED
    return InvitationState.SENT if invitation.sent_at is not None else InvitationState.OPEN


def invitations_of(
    event: Event, *, search: str = "", state: str = "", now: dt.datetime | None = None
) -> QuerySet[Invitation]:
    """Return the event's invitations, newest first: those that contain the words, and stand so."""
    moment = now or timezone.now()
    found = Invitation.objects.filter(event=event).select_related("category")
    if search.strip():
        found = found.filter(name_contains(("code", "name", "email"), search))
    over = Q(expires_at__lte=moment)
    used = Q(used__gte=F("max_uses"))
    good = Q(revoked_at__isnull=True)
    conditions = {
        InvitationState.REVOKED: ~good,
        InvitationState.USED: good & used,
        InvitationState.EXPIRED: good & ~used & over,
        InvitationState.SENT: good & ~used & ~over & Q(sent_at__isnull=False),
        InvitationState.OPEN: good & ~used & ~over & Q(sent_at__isnull=True),
    }
    if state == InvitationState.FAILED:
        return found.filter(good & ~used & ~over, pk__in=letters_that_came_back())
    if state in conditions:
        found = found.filter(conditions[InvitationState(state)])
    return found


def letters_that_came_back() -> set[int]:
    """Return the keys of the invitations, of all events, of which a letter did not get through."""
    failed = OutboxMessage.objects.filter(
        kind="mail", state=OutboxState.FAILED, key__startswith="invitation:"
    )
    return {int(key.split(":")[1]) for key in failed.values_list("key", flat=True)}


@dataclass(frozen=True)
class KindOfMessage:
    """A kind of message, and the event's own words for it, when there are any."""

    kind: MessageKind
    template: MessageTemplate | None


# What is always written by hand has no template.
WRITTEN_BY_HAND = frozenset({MessageKind.FREE})


def message_kinds(event: Event) -> list[KindOfMessage]:
    """Return every kind of message that has words of its own, in the order in which people meet them."""
    own = {template.kind: template for template in MessageTemplate.objects.filter(event=event)}
    return [KindOfMessage(kind, own.get(kind)) for kind in MessageKind if kind not in WRITTEN_BY_HAND]


def find_registrations(event: Event, words: str) -> QuerySet[Registration]:
    """Return registrations of the event on which a message can be tried: those that contain the words."""
    found = Registration.objects.filter(event=event).exclude(state=State.DRAFT)
    if words.strip():
        found = found.filter(name_contains(("name", "email", "code"), words))
    return found.select_related("event", "category", "delegation")


def get_quota(event: Event, pk: int) -> Quota:
    """Return one quota of the event; raise Http404 for another's."""
    return get_object_or_404(Quota.objects.select_related("session", "choice"), event=event, pk=pk)


def get_category(event: Event, pk: int) -> Category:
    """Return one category of the event; raise Http404 for another's."""
    return get_object_or_404(Category.objects.select_related("event", "quota"), event=event, pk=pk)


def get_question(event: Event, pk: int) -> Question:
    """Return one question of the event; raise Http404 for another's."""
    return get_object_or_404(Question.objects.select_related("event"), event=event, pk=pk)


def get_invitation(event: Event, pk: int) -> Invitation:
    """Return one invitation of the event; raise Http404 for another's."""
    return get_object_or_404(Invitation.objects.select_related("category"), event=event, pk=pk)
