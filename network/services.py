"""Writes of the ground floor: the audit trail and the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from network.models import AuditEntry, OutboxMessage, OutboxState, Person

KEEP_DELIVERED = dt.timedelta(days=7)
KEEP_FAILED = dt.timedelta(days=30)


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
    plain = {field: [_plain(old), _plain(new)] for field, (old, new) in (changes or {}).items()}
    return AuditEntry.objects.create(
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
    message, created = OutboxMessage.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": dict(payload), "due_at": due_at or timezone.now()}
    )
    if created:
        # Robust: the change is committed, and whatever ails the broker must not turn it into an error.
        transaction.on_commit(_wake_outbox, robust=True)
    return message


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
        transaction.on_commit(_wake_outbox, robust=True)


def purge_payloads(*, now: dt.datetime | None = None) -> int:
    """Empty what messages said once nobody needs it: delivered ones after a week, failed ones after a month.

    The rows stay, so that their keys go on refusing a second writing. Returns how many were emptied.
    """
    moment = now or timezone.now()
    old = Q(state=OutboxState.DELIVERED, delivered_at__lt=moment - KEEP_DELIVERED) | Q(
        state=OutboxState.FAILED, due_at__lt=moment - KEEP_FAILED
    )
    return OutboxMessage.objects.filter(old).exclude(payload={}).update(payload={})


def _wake_outbox() -> None:
    from network.tasks import wake_outbox  # a task calls a service, so at import time one must come first

    wake_outbox()
