"""Reads of delegations: those of their head, and for the event's team all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from network.models import Affiliation, AffiliationRight, Organisation, Person
from network.permissions import holds_on, rights_from
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.models import Delegation, DelegationMember, Registration, WaitingEntry
from sessions_app.registration.queries import proven_addresses
from sessions_app.registration.states import ENDED, LIVE, EntryState, State
from sessions_app.registration.tables.people import FIELDS, Fault, faults_of

# What is sent is known by its registration, or by what is shown in the place of one.
SENT = Q(registration__isnull=False) | ~Q(shown_as="")
UNFINISHED = (State.INVITED, State.WAITING)


def led_by(event: Event, person: Person | AnonymousUser) -> QuerySet[Delegation]:
    """Return the person's delegations for the event, newest first, with how many lines each has."""
    if not isinstance(person, Person):
        return Delegation.objects.none()
    return _counted(Delegation.objects.filter(event=event, head=person))


def delegations_for_team(event: Event, viewer: Person | AnonymousUser) -> QuerySet[Delegation]:
    """Return all delegations of the event for those who manage its registration; nothing for others."""
    if not may(viewer, Capability.REGISTRATION, event):
        return Delegation.objects.none()
    return _counted(Delegation.objects.filter(event=event)).select_related("head")


def _counted(rows: QuerySet[Delegation]) -> QuerySet[Delegation]:
    return rows.select_related("category").annotate(size=Count("members")).order_by("-id")


def get_delegation(event: Event, viewer: Person | AnonymousUser, code: str) -> Delegation:
    """Return the delegation for its head or the team; raise Http404 when the viewer may not know of it."""
    found = get_object_or_404(
        Delegation.objects.select_related("category__quota", "organisation", "head", "event"),
        event=event,
        code=code,
    )
    leads = isinstance(viewer, Person) and found.head_id == viewer.pk
    if not leads and not may(viewer, Capability.REGISTRATION, event):
        raise Http404
    return found


def organisations_to_act_for(person: Person) -> QuerySet[Organisation]:
    """Return the organisations in whose name the person may register others."""
    ties = Affiliation.objects.filter(
        holds_on(timezone.localdate()), person=person, right__in=rights_from(AffiliationRight.CONTACT)
    )
    return Organisation.objects.filter(pk__in=ties.values("organisation")).order_by("name")


def sent_lines(delegation: Delegation) -> QuerySet[DelegationMember]:
    """Return the lines that were sent, in order, with their registrations."""
    return delegation.members.filter(SENT).select_related("registration")


def lines_to_send(delegation: Delegation) -> QuerySet[DelegationMember]:
    """Return the lines that wait to be sent, in order."""
    return delegation.members.exclude(SENT)


def turn_of(delegation: Delegation) -> int:
    """Return at which place of the waiting list a delegation stands that waits together; 0 when it does not."""
    entry = delegation.entries.filter(state=EntryState.WAITING).first()
    if entry is None:
        return 0
    before = WaitingEntry.objects.filter(
        quota=entry.quota_id, state=EntryState.WAITING, number__lt=entry.number
    )
    return before.count() + 1


def state_of(line: DelegationMember) -> str:
    """Return the state that the head reads at a line; empty while it has not been sent."""
    return line.registration.state if line.registration is not None else line.shown_as


def state_counts_of(delegations: Iterable[Delegation]) -> dict[int, Counter[str]]:
    """Return, by the delegations' keys, how many lines are in which state; one query for all of them."""
    counts: dict[int, Counter[str]] = {delegation.pk: Counter() for delegation in delegations}
    rows = DelegationMember.objects.filter(delegation__in=list(counts)).order_by()
    grouped = rows.values_list("delegation_id", "registration__state", "shown_as").annotate(Count("pk"))
    for pk, state, shown, count in grouped:
        counts[pk][state or shown] += count
    return counts


@dataclass(frozen=True, kw_only=True)
class CheckedLine:
    """A line with what is wrong in it, for its own row of the table."""

    line: DelegationMember
    faults: Sequence[Fault] = field(default_factory=tuple)


def checked(delegation: Delegation) -> list[CheckedLine]:
    """Return the lines that wait to be sent, each checked against the others and those that were sent."""
    lines = list(lines_to_send(delegation))
    taken = [
        line.registration.email if line.registration is not None else line.email
        for line in sent_lines(delegation)
        if state_of(line) not in ENDED
    ]
    faults = faults_of([{name: getattr(line, name) for name in FIELDS} for line in lines], taken=taken)
    return [CheckedLine(line=line, faults=wrong) for line, wrong in zip(lines, faults, strict=True)]


def live_emails(event: Event, emails: Iterable[str]) -> dict[str, Registration]:
    """Return the live registrations of the event with these addresses (in lower case), by address."""
    wanted = sorted(set(emails))
    live = Registration.objects.filter(event=event, state__in=sorted(LIVE), email__in=wanted)
    return {registration.email: registration for registration in live.select_related("event")}


def lines_naming(person: Person) -> QuerySet[DelegationMember]:
    """Return the lines of all delegations with an address that is proven to be the person's."""
    lines = DelegationMember.objects.annotate(address=Lower("email"))
    return lines.filter(address__in=proven_addresses(person)).select_related("delegation__event")
