"""Changing sessions by hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from network.audit import State, differences, state_of
from network.conflicts import check_seen
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.programme.models import MaterialFile, Session, SessionMaterial, SessionState
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.services.locking import lock_event

PARTS = ("roles", "materials")


class WrongEventError(Exception):
    """Room or track belong to another event than the session."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """An uploaded file that was checked: its kind and the name that people read."""

    original_name: str
    content_type: str
    size: int


@transaction.atomic
def save_session(
    *,
    session: Session,
    actor: Person | None,
    files: Mapping[uuid.UUID, NewFile] | None = None,
    seen: str | None = None,
) -> Session:
    """Create or change a session with its roles and materials as they stand in memory.

    A new session gets the event's next number. ``files`` tells of the newly uploaded files,
    by the guid of their material. Raises WrongEventError for a room or track of another event,
    and EditConflictError when somebody changed the session since ``seen`` (of ``network.conflicts``).
    """
    event = lock_event(session.event)
    for part in (session.room, session.track):
        if part is not None and part.event_id != event.pk:
            raise WrongEventError(str(part))
    stored = Session.objects.filter(pk=session.pk, event=event).first() if session.pk else None
    before = state_of(stored, PARTS) if stored else {}
    if stored:
        check_seen(seen, before, state_of(session, PARTS))
    else:
        session.number = _next_number(event)
    session.save()
    _register_files(session, actor, files or {})
    after = state_of(Session.objects.get(pk=session.pk), PARTS)
    _record(session, actor, before, after)
    return session


@transaction.atomic
def withdraw_session(*, session: Session, actor: Person | None, reason: str = "") -> None:
    """Take a session out of the next release; its calendar entries will be cancelled by it.

    A session that stood in a release is never deleted: calendars must go on knowing it.
    """
    _move(session, actor, SessionState.WITHDRAWN, "session.withdrawn", reason)


@transaction.atomic
def reinstate_session(*, session: Session, actor: Person | None) -> None:
    """Put a withdrawn session back into the next release."""
    _move(session, actor, SessionState.READY, "session.reinstated", "")


@transaction.atomic
def delete_session(*, session: Session, actor: Person | None) -> bool:
    """Delete a session that no release names; withdraw it otherwise. Tell whether it was deleted."""
    event = lock_event(session.event)
    if was_released(session):
        withdraw_session(session=session, actor=actor)
        return False
    before = state_of(session, PARTS)
    record_audit(
        actor=actor,
        action="session.deleted",
        subject=session,
        event_id=event.pk,
        changes=differences(before, {}),
    )
    session.delete()
    return True


def was_released(session: Session) -> bool:
    """Tell whether any release named the session: the newest one holds what was dropped since, too."""
    schedule = released_schedule(session.event)
    if schedule is None:
        return False
    return any(item.guid == session.guid for item in (*schedule.sessions, *schedule.removed))


def _next_number(event: Event) -> int:
    highest = Session.objects.filter(event=event).aggregate(top=Max("number"))["top"]
    return (highest or 0) + 1


def _register_files(session: Session, actor: Person | None, files: Mapping[uuid.UUID, NewFile]) -> None:
    for material in SessionMaterial.objects.filter(session=session, guid__in=list(files)):
        told = files[material.guid]
        MaterialFile.objects.create(
            guid=material.guid,
            event_id=session.event_id,
            path=material.file.name or "",
            original_name=told.original_name,
            content_type=told.content_type,
            size=told.size,
            by=actor,
        )


def _move(session: Session, actor: Person | None, state: SessionState, action: str, reason: str) -> None:
    event = lock_event(session.event)
    row = Session.objects.get(pk=session.pk, event=event)
    old = row.state
    if old == state:
        return
    row.state = state
    row.save(update_fields=["state", "updated_at"])
    session.state = state
    record_audit(
        actor=actor,
        action=action,
        subject=row,
        event_id=event.pk,
        changes={"state": (old, state.value)},
        reason=reason,
    )


def _record(session: Session, actor: Person | None, before: State, after: State) -> None:
    changes = differences(before, after)
    if not changes:
        return
    record_audit(
        actor=actor,
        action="session.changed" if before else "session.created",
        subject=session,
        event_id=session.event_id,
        changes=changes,
    )
