"""Takes a person out of registration; what the books need stays without her name."""

from __future__ import annotations

import datetime as dt
import functools

from django.db import transaction
from django.utils import timezone

from network.models import Person
from sessions_app.events.webhooks.booking import forget_subjects
from sessions_app.registration.delegation_queries import lines_naming
from sessions_app.registration.models import Delegation, DelegationMember, Registration, WaitingEntry
from sessions_app.registration.services.announcing import announce_erased
from sessions_app.registration.services.moving import held_quotas, lock_registration, move, release_places
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import ENTRY_OPEN, State

KEEP_DRAFTS = dt.timedelta(days=30)


@one_transaction
def forget_registrations(*, person: Person) -> int:
    """Cancel what is still to come, delete drafts, answers, files and messages, and empty every field.

    The rows stay with event, category, state and times: how many came is no personal data.
    Delegations that she leads and has not sent go with their lines; the team looks after the others.
    Returns how many registrations were emptied.
    """
    for draft in Registration.objects.filter(person=person, state=State.DRAFT):
        _delete_draft(draft)
    own = list(Registration.objects.filter(person=person))
    quotas = lock_quotas({pk for registration in own for pk in held_quotas(registration)})
    freed = []
    for registration in own:
        locked = lock_registration(registration)
        if locked.is_live and not _is_over(locked):
            freed += release_places(locked, quotas)
            move(locked, State.CANCELLED, actor=None)
        _empty(locked)
        forget_subjects(event_id=locked.event_id, subjects=[locked.code])
        announce_erased(locked)
    DelegationMember.objects.filter(registration__in=own).delete()
    lines_naming(person).delete()
    Delegation.objects.filter(head=person, sent_at__isnull=True).delete()
    Delegation.objects.filter(head=person).update(head=None)
    for quota in freed:
        promote(quota)
    return len(own)


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
    WaitingEntry.objects.filter(registration=registration, state__in=sorted(ENTRY_OPEN)).delete()
    for field in ("name", "name_latin", "email", "phone", "organisation_name", "post", "region", "reason"):
        setattr(registration, field, "")
    registration.person = None
    registration.organisation = None
    registration.save()
