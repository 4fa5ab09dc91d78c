"""Writes of people and organisations by hand, each with its row of the audit trail."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from network.audit import differences, state_of
from network.models import Organisation, Person, Topic
from network.services import record_audit


@transaction.atomic
def save_person(*, person: Person, actor: Person | None) -> Person:
    """Create or change a person as she stands in memory; a new one gets no password."""
    before = _stored(person)
    if person.pk is None:
        person.set_unusable_password()
    person.save()
    changes = differences(before, state_of(person))
    for secret in ("password", "last_login"):
        changes.pop(secret, None)
    if changes:
        action = "person.changed" if before else "person.created"
        record_audit(actor=actor, action=action, subject=person, changes=changes)
    return person


@transaction.atomic
def save_organisation(
    *, organisation: Organisation, actor: Person | None, topics: Iterable[Topic] | None = None
) -> Organisation:
    """Create or change an organisation as it stands in memory; topics None leaves them as they are."""
    before = _stored(organisation)
    organisation.save()
    after = state_of(organisation)
    if topics is not None:
        before["topics"] = sorted(str(topic) for topic in organisation.topics.all())
        organisation.topics.set(topics)
        after["topics"] = sorted(str(topic) for topic in organisation.topics.all())
    changes = differences(before, after)
    if changes:
        action = "organisation.changed" if before.get("kind") else "organisation.created"
        record_audit(actor=actor, action=action, subject=organisation, changes=changes)
    return organisation


def _stored(instance: Person | Organisation) -> dict[str, object]:
    stored = type(instance)._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    return state_of(stored) if stored else {}
