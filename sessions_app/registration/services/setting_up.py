"""How an event takes registrations: its times and texts, and its quotas."""

from __future__ import annotations

import datetime as dt

from django.conf import settings as project
from django.db import transaction
from django.utils import timezone

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.models import Person
from network.services import record_audit
from sessions_app.registration.errors import BelowTaken, InUse, VersionNeeded
from sessions_app.registration.models import Quota, RegistrationSettings
from sessions_app.registration.services.places import lock_quotas, one_transaction
from sessions_app.registration.services.waiting import promote
from sessions_app.registration.states import ENTRY_OPEN
from sessions_app.registration.versions import next_version

LANGUAGES = [code for code, _name in project.LANGUAGES]


@transaction.atomic
def save_settings(
    *,
    settings: RegistrationSettings,
    actor: Person | None,
    seen: str | None = None,
    now: dt.datetime | None = None,
) -> RegistrationSettings:
    """Create or change how an event takes registrations, as it stands in memory.

    Raises VersionNeeded when the text of the consent changed under its old version, and
    EditConflictError when somebody saved since ``seen``.
    """
    stored = RegistrationSettings.objects.select_for_update().filter(event=settings.event_id).first()
    before = state_of(stored) if stored else {}
    if stored is not None:
        settings.pk = stored.pk
        check_seen(seen, before, state_of(settings))
        check_version(
            stored,
            settings,
            field="consent_text",
            version="consent_version",
            today=(now or timezone.now()).date(),
        )
    settings.save()
    changes = differences(before, state_of(RegistrationSettings.objects.get(pk=settings.pk)))
    if changes:
        record_audit(
            actor=actor,
            action="registration_settings.changed" if stored else "registration_settings.created",
            subject=settings,
            event_id=settings.event_id,
            changes=changes,
        )
    return settings


def check_version(stored: object, wanted: object, *, field: str, version: str, today: dt.date) -> None:
    """Raise VersionNeeded when a text that stood already changed and its version did not."""
    old = [getattr(stored, f"{field}_{code}") or "" for code in LANGUAGES]
    new = [getattr(wanted, f"{field}_{code}") or "" for code in LANGUAGES]
    kept = getattr(stored, version)
    if any(old) and old != new and kept == getattr(wanted, version):
        raise VersionNeeded(next_version(kept, today=today))


@one_transaction
def save_quota(
    *, quota: Quota, actor: Person | None, seen: str | None = None, now: dt.datetime | None = None
) -> int:
    """Create or rename and resize a quota; return how many who waited got a place by it.

    Raises BelowTaken when more places are held, Busy, and EditConflictError.
    """
    if quota.pk is None:
        quota.save()
        _record(quota, actor, "created", {})
        return 0
    stored = lock_quotas([quota.pk])[quota.pk]
    before = state_of(stored)
    check_seen(seen, before, state_of(quota))
    return _resize(quota, stored, before, actor, now)


def _resize(
    quota: Quota, stored: Quota, before: dict[str, object], actor: Person | None, now: dt.datetime | None
) -> int:
    if quota.size < stored.taken:
        raise BelowTaken(stored.taken)
    # Never the counters, which may be older in memory than in the locked row.
    quota.taken, quota.last_number = stored.taken, stored.last_number
    quota.save(update_fields=["name", *(f"name_{code}" for code in LANGUAGES), "size"])
    _record(quota, actor, "changed", before)
    return promote(quota, now=now) if quota.size > stored.size else 0


@one_transaction
def delete_quota(*, quota: Quota, actor: Person | None) -> None:
    """Delete a quota; raise InUse while somebody holds or awaits a place, or something uses it."""
    locked = lock_quotas([quota.pk]).get(quota.pk)
    if locked is None:
        return  # somebody was faster
    users = locked.taken + locked.entries.filter(state__in=sorted(ENTRY_OPEN)).count()
    users += locked.categories.count() + hasattr(locked, "choice") + (locked.session_id is not None)
    if users:
        raise InUse(locked, users)
    record_audit(
        actor=actor,
        action="quota.deleted",
        subject=locked,
        event_id=locked.event_id,
        changes=differences(state_of(locked), {}),
    )
    locked.delete()


def _record(quota: Quota, actor: Person | None, verb: str, before: dict[str, object]) -> None:
    changes = differences(before, state_of(quota))
    if changes:
        record_audit(
            actor=actor, action=f"quota.{verb}", subject=quota, event_id=quota.event_id, changes=changes
        )
