"""Writes of the ground floor: the audit trail and the outbox."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery
from django.utils import timezone

from network.delivery import lane_of
from network.erasing import forget_in_trail, forget_letters
from network.localised import localised, set_localised
from network.models import AuditEntry, Consent, OutboxMessage, OutboxState, Person
from network.signals import person_erased, person_named_in_public

KEEP_DELIVERED = dt.timedelta(days=7)
KEEP_FAILED = dt.timedelta(days=30)
# So many rows with all their columns are fewer parameters than SQLite takes in a statement (32,766).
ROWS_AT_ONCE = 1_000


class CannotSendAgain(Exception):
    """The message has not failed, or nothing of it is left to send."""


def record_audit(
    *,
    actor: Person | None,
    action: str,
    subject: Model,
    event_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add who did what to ``subject``; ``changes`` maps a field to its old and new value.

    Belongs into the transaction of the change. ``actor`` is None for the system itself.
    """
    entry = audit_entry(
        actor=actor, action=action, subject=subject, event_id=event_id, changes=changes, reason=reason
    )
    entry.save(force_insert=True)
    return entry


def record_audits(
    *,
    actor: Person | None,
    action: str,
    subjects: Iterable[Model],
    event_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> int:
    """Add the same for many subjects in few statements; return how many there were."""
    entries = [
        audit_entry(actor=actor, action=action, subject=subject, event_id=event_id, changes=changes)
        for subject in subjects
    ]
    return len(AuditEntry.objects.bulk_create(entries, batch_size=1_000))


def audit_entry(
    *,
    actor: Person | None,
    action: str,
    subject: Model,
    event_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Return the line of the audit trail that ``record_audit`` would add, not written yet."""
    plain = {field: [_plain(old), _plain(new)] for field, (old, new) in (changes or {}).items()}
    return AuditEntry(
        actor=actor,
        action=action,
        event_id_ref=event_id,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        object_name=str(subject)[:300],
        reason=reason,
        changes=plain,
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def enqueue(
    *, kind: str, key: str, payload: Mapping[str, Any], due_at: dt.datetime | None = None
) -> OutboxMessage:
    """Write something to tell the world into the current transaction; a worker delivers it after commit.

    A message whose ``key`` exists already is not written again; the existing one is returned.
    """
    message = OutboxMessage(key=key, kind=kind, payload=dict(payload), due_at=due_at or timezone.now())
    if not _add_unless_there([message]):
        return OutboxMessage.objects.get(key=key)
    _wake_after_commit(kind)
    return message


def _add_unless_there(messages: Sequence[OutboxMessage]) -> bool:
    """Write the rows whose keys do not exist; False when some did. The ORM's own way needs a second query to tell."""
    query = InsertQuery(OutboxMessage, on_conflict=OnConflict.IGNORE)
    query.insert_values(OutboxMessage._meta.concrete_fields, list(messages))
    (statement,) = query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return bool(cursor.rowcount == len(messages))


def enqueue_many(
    *, kind: str, messages: Mapping[str, Mapping[str, Any]], due_at: dt.datetime | None = None
) -> dict[str, uuid.UUID]:
    """Write many messages (key to payload) in few statements, as ``enqueue`` does.

    Returns the rows' ids by key of those whose key had not been used before.
    """
    written: dict[str, uuid.UUID] = {}
    moment = due_at or timezone.now()
    for part in itertools.batched(messages.items(), ROWS_AT_ONCE):
        rows = [
            OutboxMessage(key=key, kind=kind, payload=dict(payload), due_at=moment) for key, payload in part
        ]
        if not _add_unless_there(rows):
            mine = OutboxMessage.objects.filter(key__in=[row.key for row in rows])
            standing = set(mine.values_list("pk", flat=True))
            rows = [row for row in rows if row.pk in standing]
        written |= {row.key: row.pk for row in rows}
    if written:
        _wake_after_commit(kind)
    return written


def send_again(*, message: OutboxMessage, actor: Person, now: dt.datetime | None = None) -> None:
    """Let a failed message be tried again from the beginning.

    Raises CannotSendAgain when it has not failed, or its content is purged already.
    """
    with transaction.atomic():
        failed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.FAILED).exclude(payload={})
        if not failed.update(
            state=OutboxState.WAITING,
            attempts=0,
            last_error="",
            leased_until=None,
            due_at=now or timezone.now(),
        ):
            raise CannotSendAgain(str(message.pk))
        record_audit(
            actor=actor,
            action="outbox.send_again",
            subject=message,
            changes={"state": (OutboxState.FAILED.value, OutboxState.WAITING.value)},
        )
        _wake_after_commit(message.kind)


def purge_payloads(*, now: dt.datetime | None = None) -> int:
    """Empty what messages said once nobody needs it: delivered ones after a week, failed ones after a month.

    The rows stay, so that their keys go on refusing a second writing. Returns how many were emptied.
    """
    moment = now or timezone.now()
    old = Q(state=OutboxState.DELIVERED, delivered_at__lt=moment - KEEP_DELIVERED) | Q(
        state=OutboxState.FAILED, due_at__lt=moment - KEEP_FAILED
    )
    return OutboxMessage.objects.filter(old).exclude(payload={}).update(payload={})


def delete_finished(*, kind: str, before: dt.datetime) -> int:
    """Delete messages of a kind that were written before then and wait no more; return how many.

    Only for kinds whose keys nobody writes a second time.
    """
    old = OutboxMessage.objects.filter(kind=kind, created_at__lt=before).exclude(state=OutboxState.WAITING)
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            OutboxMessage.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    return deleted


def _wake_after_commit(kind: str) -> None:
    # Robust: the change is committed, and whatever ails the broker must not turn it into an error.
    transaction.on_commit(functools.partial(_wake_outbox, lane_of(kind).value), robust=True)


def _wake_outbox(lane: str) -> None:
    from network.tasks import wake_outbox  # a task calls a service, so at import time one must come first

    wake_outbox(lane)


@transaction.atomic
def give_consent(
    *, person: Person, purpose: str, text_version: str, now: dt.datetime | None = None
) -> Consent:
    """Note that the person agreed to the purpose by a text of that version.

    A consent to the same version that stands already is returned; one to an older version ends.
    """
    moment = now or timezone.now()
    standing = Consent.objects.select_for_update().filter(
        person=person, purpose=purpose, withdrawn_at__isnull=True
    )
    current = standing.first()
    if current is not None and current.text_version == text_version:
        return current
    standing.update(withdrawn_at=moment)
    consent = Consent.objects.create(
        person=person, purpose=purpose, text_version=text_version, given_at=moment
    )
    record_audit(actor=person, action="consent.given", subject=consent, changes={"purpose": (None, purpose)})
    return consent


@transaction.atomic
def withdraw_consent(*, person: Person, purpose: str, now: dt.datetime | None = None) -> bool:
    """End the person's consent to the purpose; False when none stands."""
    standing = (
        Consent.objects.select_for_update()
        .filter(person=person, purpose=purpose, withdrawn_at__isnull=True)
        .first()
    )
    if standing is None:
        return False
    standing.withdrawn_at = now or timezone.now()
    standing.save(update_fields=["withdrawn_at"])
    record_audit(
        actor=person, action="consent.withdrawn", subject=standing, changes={"purpose": (purpose, None)}
    )
    return True


@transaction.atomic
def confirm_email(*, person: Person) -> None:
    """Take the person's e-mail for confirmed, so that a password alone lets her in.

    For accounts made by operators and by the demo; everybody else confirms by a code.
    """
    EmailAddress.objects.filter(user=person, primary=True).exclude(email__iexact=person.email).update(
        primary=False
    )
    EmailAddress.objects.update_or_create(
        user=person, email=(person.email or "").lower(), defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def person_with_email(*, email: str, name: str, locale: str) -> Person:
    """Return whoever has the e-mail, or a new person with it; only for an address that has been proven.

    A confirmed second address of an account counts; name and language are used for a new person alone.
    """
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        other = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
        if other is not None:
            found: Person = other.user
            return found
    if person is None:
        try:
            with transaction.atomic():
                person = Person.objects.create_user(email.lower(), None, name=name, locale=locale)
        except IntegrityError:  # made by the same form sent twice
            person = Person.objects.get(email__iexact=email)
        else:
            record_audit(actor=person, action="person.created", subject=person)
    if person.is_active:
        confirm_email(person=person)
    return person


@transaction.atomic
def change_profile(
    *, person: Person, name: str, name_latin: str, locale: str, biography: Mapping[str, str]
) -> None:
    """Write what a person says about herself; ``biography`` maps languages to texts."""
    before = {"name": person.name, "name_latin": person.name_latin, "locale": person.locale}
    biography_before = localised(person, "biography")
    person.name, person.name_latin, person.locale = name, name_latin, locale
    set_localised(person, "biography", dict(biography))
    person.save()
    changes: dict[str, tuple[Any, Any]] = {
        field: (old, getattr(person, field)) for field, old in before.items()
    }
    changes["biography"] = (biography_before, localised(person, "biography"))
    changed = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
    if changed:
        record_audit(actor=person, action="person.profile_changed", subject=person, changes=changed)


@transaction.atomic
def erase_account(*, person: Person, now: dt.datetime | None = None) -> None:
    """Take away everything by which a person can log in or be reached, and what is hers alone.

    Where she stands in a published programme, her name and roles stay there, as on paper; otherwise
    the name goes too. Nobody can log in as her from then on.
    """
    named = any(answer for _receiver, answer in person_named_in_public.send(sender=Person, person=person))
    person_erased.send(sender=Person, person=person)
    for consent in list(person.consents.filter(withdrawn_at__isnull=True)):
        withdraw_consent(person=person, purpose=consent.purpose, now=now)
    person.affiliations.all().delete()
    # An address that is not proven may be somebody else's, whose letters must not get lost.
    proven = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    forget_letters([person.email or "", *proven])
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()
    set_localised(person, "biography", {})
    person.email = person.agenda_token = person.last_login = None
    person.locale = ""
    if not named:
        person.name = person.name_latin = ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()
    forget_in_trail([person], keep=())
    record_audit(actor=None, action="person.erased", subject=person)
