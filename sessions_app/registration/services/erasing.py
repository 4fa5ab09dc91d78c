"""Takes a person out of registration; what the books need stays without her name."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from network.erasing import forget_in_trail, forget_letters, forget_values_in_trail
from network.models import AuditEntry, Person
from sessions_app.events.webhooks.booking import forget_subjects
from sessions_app.registration.delegation_queries import lines_naming
from sessions_app.registration.models import (
    Delegation,
    DelegationMember,
    EmailProof,
    Invitation,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.queries import mine, proven_addresses
from sessions_app.registration.services.announcing import announce_erased
from sessions_app.registration.services.moving import (
    held_quotas,
    lock_registration,
    move,
    release_places,
    shared_turn,
)
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import ENTRY_OPEN, State

KEEP_DRAFTS = dt.timedelta(days=30)
# Old and new values of these say nothing of whom they are about.
KEPT_OF_CHANGES = frozenset({"state", "category", "session"})


@one_transaction
def forget_registrations(*, person: Person) -> int:
    """Cancel what is still to come, delete drafts, answers, files and messages, and empty every field.

    The rows stay with event, category, state and times: how many came is no personal data.
    Delegations that she leads and has not sent go with their lines; the team looks after the others.
    Returns how many registrations were emptied.
    """
    hers = Q(person=person) | Q(person__isnull=True, email__in=proven_addresses(person))
    for draft in Registration.objects.filter(hers, state=State.DRAFT):
        _delete_draft(draft)
    own = list(mine(person))
    addresses = {registration.email for registration in own} | proven_addresses(person)
    names = {registration.name for registration in own} | {person.name, person.name_latin}
    shared = {pk for registration in own for pk in shared_turn(registration)}
    quotas = lock_quotas({pk for registration in own for pk in held_quotas(registration)} | shared)
    freed = [quotas[pk] for pk in shared]
    for registration in own:
        locked = lock_registration(registration)
        if locked.is_live and not _is_over(locked):
            freed += release_places(locked, quotas)
            move(locked, State.CANCELLED, actor=None)
        _empty(locked)
        forget_subjects(event_id=locked.event_id, subjects=[locked.code])
        announce_erased(locked)
    _forget_delegations(person, own, {*addresses, *names})
    Invitation.objects.filter(email__in=[one.lower() for one in addresses if one]).update(email="", name="")
    forget_in_trail(own, keep=KEPT_OF_CHANGES)
    forget_letters(addresses)
    Delegation.objects.filter(head=person, sent_at__isnull=True).delete()
    Delegation.objects.filter(head=person).update(head=None)
    for quota in freed:
        promote(quota)
    return len(own)


def _forget_delegations(person: Person, own: Sequence[Registration], said: Collection[str]) -> None:
    """Take her lines out of delegations, and what their trails say of her when she was swapped or taken out."""
    hers = DelegationMember.objects.filter(registration__in=own)
    lines = [*hers, *lines_naming(person)]
    known = {
        text for line in lines for text in (line.name, line.name_latin, line.email, line.phone, line.post)
    }
    delegations = {line.delegation_id for line in lines} | {one.delegation_id for one in own}
    trail = AuditEntry.objects.filter(
        object_type=Delegation._meta.label_lower,
        object_id__in=[str(pk) for pk in delegations if pk is not None],
    )
    forget_values_in_trail(trail, {*said, *known})
    DelegationMember.objects.filter(pk__in=[line.pk for line in lines]).delete()


def delete_drafts(*, now: dt.datetime | None = None) -> int:
    """Delete forms, with their files, that nobody has gone on with for ``KEEP_DRAFTS``; return how many."""
    old = Registration.objects.filter(state=State.DRAFT, changed_at__lt=(now or timezone.now()) - KEEP_DRAFTS)
    drafts = list(old[:1000])
    for draft in drafts:
        _delete_draft(draft)
    return len(drafts)


@transaction.atomic
def _delete_draft(draft: Registration) -> None:
    for file in draft.files.all():
        transaction.on_commit(
            functools.partial(file.content.storage.delete, str(file.content.name)), robust=True
        )
    draft.delete()


def _is_over(registration: Registration) -> bool:
    last = registration.event.days.order_by("-date").first()
    return last is not None and last.date < timezone.localdate(timezone=registration.event.zone)


def _empty(registration: Registration) -> None:
    registration.answers.all().delete()
    for file in registration.files.all():
        file.content.delete(save=False)
        file.delete()
    registration.messages.all().delete()
    EmailProof.objects.filter(registration=registration).delete()
    WaitingEntry.objects.filter(registration=registration, state__in=sorted(ENTRY_OPEN)).delete()
    for field in ("name", "name_latin", "email", "phone", "organisation_name", "post", "region", "reason"):
        setattr(registration, field, "")
    registration.person = None
    registration.organisation = None
    registration.save()
