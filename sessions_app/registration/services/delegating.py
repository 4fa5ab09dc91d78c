"""Preparing a delegation: opening it, keeping its lines as they are typed; nobody is written to yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from network.models import AffiliationRight, Organisation, Person
from network.permissions import acts_for
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.registration.delegation_queries import lines_to_send
from sessions_app.registration.errors import RegistrationError, WrongState
from sessions_app.registration.models import Category, Delegation, DelegationMember, Entry
from sessions_app.registration.services.submitting import check_open
from sessions_app.registration.tables.columns import LONGEST
from sessions_app.registration.tables.people import FIELDS, MOST_LINES


class NotInHerName(RegistrationError):
    """The person may not act for the organisation of the directory."""


class AllOrNoneNotHere(RegistrationError):
    """Where the organiser decides about each person, places cannot be had all or none."""


class TooManyLines(RegistrationError):
    """A delegation holds so many lines and no more; none was added."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a delegation says of itself."""

    category: Category
    organisation: Organisation | None = None
    organisation_name: str = ""
    all_or_none: bool = False


@transaction.atomic
def open_delegation(*, event: Event, head: Person, frame: Frame) -> Delegation:
    """Begin a delegation; raises Closed, NotOpenToYou, NotInHerName and AllOrNoneNotHere."""
    check_open(event, frame.category, head)
    _check(frame, head)
    delegation = Delegation(event=event, head=head)
    _write(delegation, frame)
    record_audit(actor=head, action="delegation.opened", subject=delegation, event_id=event.pk)
    return delegation


@transaction.atomic
def change_delegation(*, delegation: Delegation, actor: Person, frame: Frame, by_team: bool = False) -> None:
    """Change what the delegation says of itself while nobody has been invited; else raise WrongState."""
    locked = lock_delegation(delegation)
    if locked.sent_at is not None:
        raise WrongState(locked.code)
    if not by_team:
        check_open(locked.event, frame.category, actor)
        _check(frame, actor)
    _write(locked, frame)
    record_audit(actor=actor, action="delegation.changed", subject=locked, event_id=locked.event_id)


def _check(frame: Frame, head: Person) -> None:
    organisation = frame.organisation
    today = timezone.localdate()
    if organisation is not None and not acts_for(head, organisation, AffiliationRight.CONTACT, today):
        raise NotInHerName(str(organisation))
    if frame.all_or_none and frame.category.entry == Entry.APPROVAL:
        raise AllOrNoneNotHere(frame.category.slug)


def _write(delegation: Delegation, frame: Frame) -> None:
    delegation.category, delegation.organisation = frame.category, frame.organisation
    named = frame.organisation.name if frame.organisation is not None else frame.organisation_name
    delegation.organisation_name = named
    delegation.all_or_none = frame.all_or_none
    delegation.save()


def lock_delegation(delegation: Delegation) -> Delegation:
    """Lock the delegation until the transaction ends and return it as it is now; quotas come first."""
    locked = Delegation.objects.select_for_update(of=("self",)).select_related(
        "event", "category", "organisation", "head"
    )
    found = locked.get(pk=delegation.pk)
    if found.withdrawn_at is not None:
        raise WrongState(found.code)
    return found


@transaction.atomic
def add_lines(*, delegation: Delegation, lines: Sequence[Mapping[str, str]]) -> list[DelegationMember]:
    """Add lines as they were typed, right or wrong; raise TooManyLines before any is written."""
    locked = lock_delegation(delegation)
    count = locked.members.count()
    if count + len(lines) > MOST_LINES:
        raise TooManyLines(locked.code)
    last = locked.members.aggregate(Max("sort_order"))["sort_order__max"] or 0
    rows = [
        DelegationMember(delegation=locked, sort_order=last + number, **_kept(line))
        for number, line in enumerate(lines, 1)
    ]
    return DelegationMember.objects.bulk_create(rows)


def _kept(line: Mapping[str, str]) -> dict[str, str]:
    return {name: line.get(name, "").replace("\x00", "").strip()[: LONGEST[name]] for name in FIELDS}


@transaction.atomic
def save_lines(
    *,
    delegation: Delegation,
    changed: Mapping[int, Mapping[str, str]],
    added: Sequence[Mapping[str, str]] = (),
    removed: Iterable[int] = (),
) -> list[DelegationMember]:
    """Keep the lines that wait to be sent, by their keys, as they were typed; return those that are new.

    A field that is not given stays as it was.
    Keys of other delegations, and of lines that were sent in the meantime, are passed over.
    """
    locked = lock_delegation(delegation)
    gone = set(removed)
    if gone:
        lines_to_send(locked).filter(pk__in=gone).delete()
    rows = list(lines_to_send(locked).filter(pk__in=[pk for pk in changed if pk not in gone]))
    differing = []
    for row in rows:
        given = changed[row.pk]
        kept = {name: text for name, text in _kept(given).items() if name in given}
        if any(getattr(row, name) != text for name, text in kept.items()):
            for name, text in kept.items():
                setattr(row, name, text)
            differing.append(row)
    DelegationMember.objects.bulk_update(differing, FIELDS, batch_size=200)
    filled = [line for line in added if any(text.strip() for text in line.values())]
    return add_lines(delegation=locked, lines=filled) if filled else []
