"""Places of a delegation that was sent: swapped, given back, taken back together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.utils import timezone

from network.models import Person
from network.services import record_audit
from sessions_app.registration.delegation_queries import checked, live_emails, sent_lines
from sessions_app.registration.errors import RegistrationError, WrongState
from sessions_app.registration.models import (
    Delegation,
    DelegationMember,
    Entry,
    Place,
    Quota,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.services import messages
from sessions_app.registration.services.announcing import announce_edited
from sessions_app.registration.services.delegation_sending import (
    FaultyLines,
    create,
    details_of,
    enter,
    lock_with_category,
    new_registration,
    tell,
)
from sessions_app.registration.services.moving import held_quotas, lock_registration, move, release_places
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.services.registering import check_deadline
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import ENDED, ENTRY_OPEN, LIVE, EntryState, State
from sessions_app.registration.tables.people import FIELDS, faults_of

REMIND_EVERY = dt.timedelta(days=1)


class RemindedToday(RegistrationError):
    """Those who have not finished were reminded less than a day ago."""


@one_transaction
def swap_member(
    *,
    member: DelegationMember,
    line: Mapping[str, str],
    actor: Person,
    by_team: bool = False,
    locale: str = "",
    now: dt.datetime | None = None,
) -> DelegationMember:
    """Give the place, or the turn, of one person of the delegation to another in one step, and tell both.

    With the same address only what is said of her is put right, while she has not finished. Raises
    FaultyLines, Closed after the deadline (not for the team), WrongState, Full and Busy.
    """
    delegation, moment = member.delegation, now or timezone.now()
    held = held_quotas(member.registration) if member.registration is not None else set()
    quotas = lock_quotas({delegation.category.quota_id} | held)
    locked = lock_with_category(delegation)
    member = DelegationMember.objects.select_related("registration").get(pk=member.pk, delegation=locked)
    if not by_team:
        check_deadline(locked.event, now=now)
    _check_line(locked, member, line)
    before = {name: getattr(member, name) for name in FIELDS}
    for name in FIELDS:
        setattr(member, name, line[name])
    if member.email.lower() == before["email"].lower():
        _put_right(member)
    else:
        _replace(locked, member, quotas, actor=actor, locale=locale, now=moment)
    record_audit(
        actor=actor,
        action="delegation.swapped",
        subject=locked,
        event_id=locked.event_id,
        changes={n: (before[n], line[n]) for n in FIELDS if before[n] != line[n]},
    )
    return member


def _check_line(delegation: Delegation, member: DelegationMember, line: Mapping[str, str]) -> None:
    others = sent_lines(delegation).exclude(pk=member.pk)
    taken = [one.email for one in others if (one.registration.state if one.registration else "") not in ENDED]
    taken += [one.line.email for one in checked(delegation) if one.line.pk != member.pk]
    if faults_of([line], taken=taken)[0]:
        raise FaultyLines(1)


def _put_right(member: DelegationMember) -> None:
    registration = member.registration
    if registration is not None:
        registration = lock_registration(registration)
        if registration.state not in (State.INVITED, State.WAITING) or registration.person_id is not None:
            raise WrongState(registration.state)
        details = {**details_of(member), "email": member.email.lower()}
        changed = [name for name, text in details.items() if getattr(registration, name) != text]
        for name in changed:
            setattr(registration, name, details[name])
        registration.version += 1
        registration.save()
        if changed:
            announce_edited([(registration, changed)])
    member.save()


def _replace(
    delegation: Delegation,
    member: DelegationMember,
    quotas: dict[int, Quota],
    *,
    actor: Person,
    locale: str,
    now: dt.datetime,
) -> None:
    """Put the new person where the old one stood: before others hear of the place, and at her turn."""
    quota = quotas.get(delegation.category.quota_id or 0)
    old = lock_registration(member.registration) if member.registration is not None else None
    if old is None or old.state in ENDED:
        member.registration, member.shown_as = None, ""
        enter(delegation, [member], quota, actor=actor, locale=locale, now=now)
        member.save()
        _promote(quotas.values(), now)
        return
    decided = delegation.category.entry == Entry.APPROVAL  # about each person: nothing of it goes on
    holds, waits = old.holds_place and not decided, old.state == State.WAITING and not decided
    turns = list(_turns(old).values_list("pk", flat=True)) if waits else []
    _turns(old).filter(pk__in=turns).update(state=EntryState.LEFT)
    _end(old, quotas, actor=actor, now=now)
    state = State.WAITING if waits else State.INVITED
    standing = live_emails(delegation.event, [member.email.lower()])
    new: list[Registration] = []
    if not standing:
        new = [new_registration(delegation, member, state, locale=locale, now=now)]
        create(new, quota if holds else None, now)
        WaitingEntry.objects.filter(pk__in=turns).update(registration=new[0], state=EntryState.WAITING)
    member.registration = new[0] if new else None
    member.shown_as = "" if new else state.value
    member.save()
    tell(delegation, [member], new, standing, actor=actor, now=now)
    _promote(quotas.values(), now)


def _turns(registration: Registration) -> QuerySet[WaitingEntry]:
    """Return the person's open turn for a place of her category."""
    return WaitingEntry.objects.filter(
        registration=registration, state__in=sorted(ENTRY_OPEN), quota__session__isnull=True
    )


def _end(registration: Registration, quotas: dict[int, Quota], *, actor: Person, now: dt.datetime) -> None:
    """Cancel a locked registration that is live, and tell its person; the places are free then."""
    release_places(registration, quotas)
    move(registration, State.CANCELLED, actor=actor, now=now)
    messages.write(registration, MessageKind.CANCELLED, now=now)


def _promote(quotas: Iterable[Quota], now: dt.datetime) -> None:
    for quota in quotas:
        promote(quota, now=now)


@one_transaction
def remove_member(
    *, member: DelegationMember, actor: Person, by_team: bool = False, now: dt.datetime | None = None
) -> None:
    """Take somebody out of the delegation; her place goes to the next who waits. Twice is once.

    A line that was not sent is deleted. Raises Closed after the deadline (not for the team) and Busy.
    """
    delegation, moment = member.delegation, now or timezone.now()
    held = held_quotas(member.registration) if member.registration is not None else set()
    quotas = lock_quotas({delegation.category.quota_id} | held)
    locked = lock_with_category(delegation)
    member = DelegationMember.objects.select_related("registration").get(pk=member.pk, delegation=locked)
    if member.registration is None and not member.shown_as:
        member.delete()
        return
    if not by_team:
        check_deadline(locked.event, now=now)
    if member.registration is None:
        member.shown_as = State.CANCELLED.value
        member.save(update_fields=["shown_as"])
    else:
        registration = lock_registration(member.registration)
        if registration.state not in ENDED:
            _end(registration, quotas, actor=actor, now=moment)
    record_audit(
        actor=actor,
        action="delegation.removed",
        subject=locked,
        event_id=locked.event_id,
        changes={"email": (member.email, None)},
    )
    _promote(quotas.values(), moment)


@one_transaction
def withdraw_delegation(
    *, delegation: Delegation, actor: Person, by_team: bool = False, now: dt.datetime | None = None
) -> int:
    """Take the whole delegation back; return how many people lost a registration by it.

    One that was never sent is deleted with its lines. Raises Closed after the deadline (not for the team).
    """
    moment = now or timezone.now()
    live = Registration.objects.filter(delegation=delegation, state__in=sorted(LIVE))
    held = set(Place.objects.filter(registration__in=live).values_list("quota_id", flat=True))
    quotas = lock_quotas({delegation.category.quota_id} | held)
    locked = lock_with_category(delegation)
    if locked.sent_at is None:
        record_audit(actor=actor, action="delegation.deleted", subject=locked, event_id=locked.event_id)
        locked.delete()
        return 0
    if not by_team:
        check_deadline(locked.event, now=now)
    members = list(live.filter(delegation=locked).order_by("pk"))
    for registration in members:
        _end(lock_registration(registration), quotas, actor=actor, now=moment)
    sent_lines(locked).filter(registration__isnull=True).update(shown_as=State.CANCELLED)
    locked.entries.filter(state__in=sorted(ENTRY_OPEN)).update(state=EntryState.LEFT)
    locked.withdrawn_at = moment
    locked.save(update_fields=["withdrawn_at"])
    record_audit(
        actor=actor,
        action="delegation.withdrawn",
        subject=locked,
        event_id=locked.event_id,
        changes={"people": (len(members), 0)},
    )
    _promote(quotas.values(), moment)
    return len(members)


@one_transaction
def remind_members(*, delegation: Delegation, actor: Person, now: dt.datetime | None = None) -> int:
    """Write once more to those who have not finished; raise RemindedToday when that was done within a day."""
    moment = now or timezone.now()
    due = Q(reminded_at__isnull=True) | Q(reminded_at__lte=moment - REMIND_EVERY)
    good = Delegation.objects.filter(due, pk=delegation.pk, withdrawn_at__isnull=True)
    if not good.update(reminded_at=moment):
        raise RemindedToday(delegation.code)
    unfinished = Registration.objects.filter(delegation=delegation, state=State.INVITED)
    rows = list(unfinished.select_related("event", "category", "delegation"))
    for registration in rows:
        messages.write(registration, MessageKind.REMINDER, key=f"delegation:{moment.isoformat()}", now=now)
    record_audit(
        actor=actor,
        action="delegation.reminded",
        subject=delegation,
        event_id=delegation.event_id,
        changes={"letters": (None, len(rows))},
    )
    return len(rows)
