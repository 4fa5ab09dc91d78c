"""Publishing the programme, and going back to an earlier state of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from network.localised import set_localised
from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.programme.models import Release, Session, SessionState
from sessions_app.programme.queries import draft_schedule, latest_release, schedule_of
from sessions_app.programme.schedule import codec, diff, model
from sessions_app.programme.schedule.clashes import Clash, find_clashes
from sessions_app.programme.schedule.diff import stamp
from sessions_app.programme.services.locking import lock_event
from sessions_app.programme.services.writing import write_schedule
from sessions_app.programme.signals import programme_released


class ReleaseError(Exception):
    """The programme cannot be released."""


class NothingToRelease(ReleaseError):
    """The programme is the same as the newest release, or empty."""


class ClashesBlockRelease(ReleaseError):
    """Rooms or people are booked twice and nobody has given a reason to release all the same."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(f"{len(clashes)} clashes")
        self.clashes = list(clashes)


@transaction.atomic
def release_programme(
    *,
    event: Event,
    actor: Person | None,
    note: str | Mapping[str, str],
    override_reason: str = "",
    now: dt.datetime | None = None,
) -> Release:
    """Publish the working programme as the event's next release.

    Raises ClashesBlockRelease while a room or person is booked twice and ``override_reason``
    is empty, and NothingToRelease when the public would see no difference.
    ``note`` is a text by language, or one in the event's main language.
    """
    notes = _notes(event, note)
    event = lock_event(event)
    at = now or timezone.now()
    draft = draft_schedule(event)
    blocking = [clash for clash in find_clashes(draft) if clash.blocking]
    if blocking and not override_reason.strip():
        raise ClashesBlockRelease(blocking)
    last = latest_release(event)
    before = schedule_of(last) if last else None
    changes = diff.compare(before, draft)
    if not draft.sessions and before is None:
        raise NothingToRelease
    number = last.number + 1 if last else 1
    stamped = stamp(draft, before, number, at)
    if last and _frame(stamped) == _frame(before):
        raise NothingToRelease
    release = Release(
        event=event,
        number=number,
        at=at,
        by=actor,
        snapshot=codec.to_plain(_named(stamped, number, at, notes)),
        changes=diff.to_plain(changes),
        override_reason=override_reason.strip() if blocking else "",
    )
    set_localised(release, "note", notes)
    release.save()
    record_audit(
        actor=actor,
        action="programme.released",
        subject=release,
        event_id=event.pk,
        changes={"release": (last.number if last else None, number)},
        reason=override_reason.strip() if blocking else " / ".join(notes.values()),
    )
    transaction.on_commit(
        lambda: programme_released.send(Release, event_id=event.pk, slug=event.slug, number=number)
    )
    return release


def _notes(event: Event, note: str | Mapping[str, str]) -> dict[str, str]:
    """Return the note by language, without empty ones."""
    texts = {event.main_language: note} if isinstance(note, str) else note
    return {code: text.strip() for code, text in texts.items() if text.strip()}


def _named(schedule: model.Schedule, number: int, at: dt.datetime, note: Mapping[str, str]) -> model.Schedule:
    return replace(schedule, version=str(number), released_at=at, note=note)


def _frame(schedule: model.Schedule | None) -> object:
    """Return what of a released programme the public can see, without the release's own name and time."""
    return schedule and replace(schedule, version="", released_at=None, note={})


@transaction.atomic
def restore_release(*, release: Release, actor: Person | None) -> None:
    """Make the working programme what the release holds; nothing is published by it.

    Sessions that came later are withdrawn, not deleted.
    """
    event = lock_event(release.event)
    schedule = schedule_of(release)
    kept = {session.guid for session in schedule.sessions}
    for session in Session.objects.filter(event=event, state=SessionState.READY).exclude(guid__in=kept):
        session.state = SessionState.WITHDRAWN
        session.save(update_fields=["state", "updated_at"])
    write_schedule(event=event, schedule=schedule)
    record_audit(
        actor=actor,
        action="programme.restored",
        subject=release,
        event_id=event.pk,
        changes={"working programme": (None, f"release {release.number}")},
    )
