"""Invites a delegation: all its people in one step, with places, turns and letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import IntegrityError
from django.utils import timezone

from network.letters import compose, to_message
from network.mail import enqueue_mail
from network.models import Person
from network.services import record_audit, record_audits
from sessions_app.registration.delegation_queries import checked, live_emails
from sessions_app.registration.errors import Busy, Full, RegistrationError, WrongState
from sessions_app.registration.links import status_url
from sessions_app.registration.models import (
    Delegation,
    DelegationMember,
    Entry,
    Quota,
    Registration,
)
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries import turn
from sessions_app.registration.services import messages
from sessions_app.registration.services.announcing import announce_moved
from sessions_app.registration.services.delegating import lock_delegation
from sessions_app.registration.services.places import lock_quotas, one_transaction, take
from sessions_app.registration.services.registering import check_deadline
from sessions_app.registration.services.submitting import check_open
from sessions_app.registration.services.waiting import promote, queue, queue_each
from sessions_app.registration.signals import registration_moved
from sessions_app.registration.states import EntryState, State
from sessions_app.registration.tables.people import FIELDS

KIND_OF = {State.INVITED: MessageKind.INVITED, State.WAITING: MessageKind.WAITING}


class FaultyLines(RegistrationError):
    """``count`` lines have to be put right first; nothing was sent."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


@one_transaction
def send_delegation(
    *,
    delegation: Delegation,
    actor: Person,
    by_team: bool = False,
    locale: str = "",
    now: dt.datetime | None = None,
) -> int:
    """Invite everybody whose line has not been sent yet, all in one step; return how many lines that were.

    They get places in the order of their lines, the others turns in the waiting list; with ``all_or_none``
    all or none of them. In a category with approval an invitation holds no place: the organiser decides
    after each of them has finished. Raises FaultyLines, Closed, NotOpenToYou, Full (no waiting list),
    WrongState and Busy; nothing is written then. Sent twice is sent once.
    """
    quotas = lock_quotas({delegation.category.quota_id})
    locked = lock_with_category(delegation)
    if not by_team:
        check_deadline(locked.event, now=now)
        if locked.sent_at is None:  # its head adds people until the deadline for changes
            check_open(locked.event, locked.category, locked.head or actor, now=now)
    rows = checked(locked)
    faulty = sum(1 for row in rows if row.faults)
    if faulty:
        raise FaultyLines(faulty)
    if not rows:
        return 0
    lines = [row.line for row in rows]
    moment = now or timezone.now()
    quota = quotas.get(locked.category.quota_id or 0)
    enter(locked, lines, quota, actor=actor, locale=locale, now=moment)
    locked.sent_at = locked.sent_at or moment
    locked.save(update_fields=["sent_at"])
    record_audit(
        actor=actor,
        action="delegation.sent",
        subject=locked,
        event_id=locked.event_id,
        changes={"lines": (None, len(lines))},
    )
    if quota is not None:
        promote(quota, now=now)
    return len(lines)


def lock_with_category(delegation: Delegation) -> Delegation:
    """Lock the delegation; its category, whose quota is locked already, must be the same still."""
    locked = lock_delegation(delegation)
    if locked.category_id != delegation.category_id:
        raise WrongState(locked.code)
    return locked


def enter(
    delegation: Delegation,
    lines: Sequence[DelegationMember],
    quota: Quota | None,
    *,
    actor: Person,
    locale: str,
    now: dt.datetime,
) -> None:
    """Give each line a registration with a place or a turn, and write the letters.

    A line whose person is registered by herself counts like the others, so that neither its state nor
    a refusal tells the head of it; the place that it leaves free goes on at once.
    """
    states = _states(delegation, len(lines), quota)
    standing = live_emails(delegation.event, [line.email.lower() for line in lines])
    new: list[Registration] = []
    for line, state in zip(lines, states, strict=True):
        if line.email.lower() in standing:
            line.shown_as = state.value
        else:
            line.registration = new_registration(delegation, line, state, locale=locale, now=now)
            new.append(line.registration)
    create(new, quota if delegation.category.entry == Entry.AUTOMATIC else None, now)
    DelegationMember.objects.bulk_update(lines, ["registration", "shown_as"], batch_size=200)
    if quota is not None:
        _queue(delegation, [one for one in new if one.state == State.WAITING], quota)
    tell(delegation, lines, new, standing, actor=actor, now=now)


def _states(delegation: Delegation, count: int, quota: Quota | None) -> list[State]:
    """Return, line by line, who gets a place and who a turn; raise Full when there is neither."""
    if quota is None or delegation.category.entry == Entry.APPROVAL:
        return [State.INVITED] * count
    others_wait = quota.entries.filter(state=EntryState.WAITING).exists()
    free = 0 if others_wait else min(quota.free, count)
    if delegation.all_or_none and free < count:
        free = 0
    if free < count and not delegation.category.has_waiting_list:
        raise Full(quota)
    return [State.INVITED] * free + [State.WAITING] * (count - free)


def new_registration(
    delegation: Delegation, line: DelegationMember, state: State, *, locale: str, now: dt.datetime
) -> Registration:
    """Return the registration that a line becomes, not written yet."""
    return Registration(
        event=delegation.event,
        category=delegation.category,
        delegation=delegation,
        organisation=delegation.organisation,
        organisation_name=delegation.organisation_name,
        state=state.value,
        locale=locale,
        submitted_at=now,
        **{**details_of(line), "email": line.email.lower()},
    )


def details_of(line: DelegationMember) -> dict[str, str]:
    """Return what the line says of its person."""
    return {name: getattr(line, name) for name in FIELDS}


def create(new: Sequence[Registration], quota: Quota | None, now: dt.datetime) -> None:
    """Write the registrations, and the places of those who have one, in few statements."""
    try:
        Registration.objects.bulk_create(new)
    except IntegrityError as error:  # somebody registered with one of the addresses in this moment
        raise Busy(str(error)) from error
    placed = [registration for registration in new if registration.state == State.INVITED]
    if quota is not None:
        take(quota, *placed, now=now)


def _queue(delegation: Delegation, waiting: Sequence[Registration], quota: Quota) -> None:
    if not delegation.all_or_none:
        queue_each(quota, waiting)
        return
    stands = delegation.entries.filter(quota=quota, state=EntryState.WAITING).exists()
    if waiting and not stands:
        queue(quota, delegation=delegation)


def tell(
    delegation: Delegation,
    lines: Sequence[DelegationMember],
    new: Sequence[Registration],
    standing: Mapping[str, Registration],
    *,
    actor: Person,
    now: dt.datetime,
) -> None:
    """Note, tell the floors above, and write to each of those who have just come in."""
    for state in KIND_OF:
        moved = [registration for registration in new if registration.state == state]
        record_audits(
            actor=actor,
            action=f"registration.{state.value}",
            subjects=moved,
            event_id=delegation.event_id,
            changes={"state": (State.DRAFT.value, state.value)},
        )
        announce_moved(moved, before=State.DRAFT, after=state, now=now)
    for registration in new:
        state = State(registration.state)
        registration_moved.send(
            sender=Registration, registration=registration, before=State.DRAFT, after=state, actor=actor
        )
        _write_letter(registration, now=now)
    for line in lines:
        own = standing.get(line.email.lower())
        if own is not None:
            _tell_registered(delegation, line, own)


def _write_letter(registration: Registration, *, now: dt.datetime) -> None:
    """Write the letter of somebody who has just come in."""
    place = turn(registration) if registration.state == State.WAITING else None
    more = {"number": str(place[1]) if place else ""}
    messages.write(registration, KIND_OF[State(registration.state)], more=more, now=now)


def _tell_registered(delegation: Delegation, line: DelegationMember, own: Registration) -> None:
    """Tell somebody who is registered by herself that a delegation has named her; she need do nothing."""
    language = messages.language_of(own)
    letter = compose(
        "registration/named",
        {
            "event": delegation.event.name,
            "delegation": delegation.organisation_name,
            "link": status_url(own, language),
        },
        language=language,
    )
    enqueue_mail(to_message(letter, to=own.email), key=f"delegation:{line.pk}:{own.pk}:{own.version}")
