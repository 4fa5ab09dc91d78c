"""Writes of the ground floor: the audit trail and the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from network.models import AuditEntry, OutboxMessage, Person


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
    from network.tasks import wake_outbox

    message, created = OutboxMessage.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": dict(payload), "due_at": due_at or timezone.now()}
    )
    if created:
        transaction.on_commit(wake_outbox)
    return message
