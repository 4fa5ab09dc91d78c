"""Taking an exchange file into the working programme: first what would change, then the change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from network.models import Person
from network.services import record_audit
from sessions_app.events.models import Event
from sessions_app.programme.models import Session, SessionRole, SessionState, SourceIdentity
from sessions_app.programme.queries import draft_schedule
from sessions_app.programme.schedule import model
from sessions_app.programme.schedule.diff import Changes, compare
from sessions_app.programme.schedule.formats.deviations import Deviation, Reading
from sessions_app.programme.schedule.formats.identity import derived_guid
from sessions_app.programme.services.locking import lock_event
from sessions_app.programme.services.writing import ScheduleWriter, sessions_by_guid

# A table may hold one day or one track only; the others are whole programmes.
WHOLE_FORMATS = frozenset({"xml", "json", "ics"})


class ImportRefusedError(Exception):
    """The file has errors; nothing was written."""

    def __init__(self, deviations: Sequence[Deviation]) -> None:
        super().__init__(f"{len(deviations)} errors")
        self.deviations = list(deviations)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What a file does to the working programme; counts are of sessions."""

    created: int
    updated: int
    unchanged: int
    withdrawn: int
    changes: Changes
    deviations: tuple[Deviation, ...] = ()
    new_days: tuple[model.Day, ...] = ()
    new_rooms: tuple[model.Room, ...] = ()
    new_tracks: tuple[model.Track, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the file changes nothing."""
        return not (self.created or self.updated or self.withdrawn)


def plan_import(*, event: Event, reading: Reading) -> ImportPlan:
    """Rehearse the import and undo it, so that the preview shows exactly what the import would do.

    Raises ImportRefusedError when the file has errors.
    """
    with transaction.atomic():
        plan = _import(event=event, reading=reading)
        transaction.set_rollback(True)
    return plan


@transaction.atomic
def apply_import(*, event: Event, reading: Reading, actor: Person | None) -> ImportPlan:
    """Take the file's schedule into the working programme; raise ImportRefusedError when it has errors."""
    plan = _import(event=event, reading=reading)
    if not plan.is_empty:
        counts = {"created": plan.created, "updated": plan.updated, "withdrawn": plan.withdrawn}
        record_audit(
            actor=actor,
            action="programme.imported",
            subject=event,
            event_id=event.pk,
            changes={name: (None, count) for name, count in counts.items()},
        )
    return plan


def _import(*, event: Event, reading: Reading) -> ImportPlan:
    if reading.errors or reading.schedule is None:
        raise ImportRefusedError(reading.errors)
    event = lock_event(event)
    before = draft_schedule(event, states=SessionState.values)
    visible = draft_schedule(event)
    sources = _Sources(event, reading)
    writer = ScheduleWriter(
        event,
        reading.schedule,
        find_session=sources.find_session,
        find_person=sources.find_person,
        partial=True,
        composed=reading.format == "ics",
        silent=reading.silent,
    )
    rows = writer.write()
    sources.remember(rows, writer.people)
    withdrawn = _withdraw_missing(event, reading, rows) if reading.format in WHOLE_FORMATS else 0
    after = draft_schedule(event, states=SessionState.values)
    changes = compare(visible, draft_schedule(event))
    return _count(before, after, rows, withdrawn, changes, reading)


def _count(
    before: model.Schedule,
    after: model.Schedule,
    rows: list[Session],
    withdrawn: int,
    changes: Changes,
    reading: Reading,
) -> ImportPlan:
    old = {session.guid: session for session in before.sessions}
    new = {session.guid: session for session in after.sessions}
    touched = {row.guid for row in rows}
    created = sum(guid not in old for guid in touched)
    updated = sum(guid in old and old[guid] != new[guid] for guid in touched)
    return ImportPlan(
        created=created,
        updated=updated,
        unchanged=len(touched) - created - updated,
        withdrawn=withdrawn,
        changes=changes,
        deviations=reading.deviations,
        new_days=tuple(day for day in after.days if day.date not in {known.date for known in before.days}),
        new_rooms=_new(before.rooms, after.rooms),
        new_tracks=_new(before.tracks, after.tracks),
    )


def _new[T: (model.Room, model.Track)](before: Sequence[T], after: Sequence[T]) -> tuple[T, ...]:
    known = {item.key for item in before}
    return tuple(item for item in after if item.key not in known)


def _withdraw_missing(event: Event, reading: Reading, rows: list[Session]) -> int:
    """Withdraw sessions that an earlier state of this source named and this one does not."""
    gone = Session.objects.filter(
        event=event, source_identities__source=_source_of(reading), state=SessionState.READY
    ).exclude(pk__in=[row.pk for row in rows])
    ids = list(gone.values_list("pk", flat=True).distinct())
    return Session.objects.filter(pk__in=ids).update(state=SessionState.WITHDRAWN)


def _source_of(reading: Reading) -> str:
    """Return what names the source: the file's own title, which a newer file of it keeps."""
    titles = reading.schedule.title if reading.schedule else {}
    return next((text for _code, text in sorted(titles.items())), reading.format)[:120]


class _Sources:
    """Finds the rows that a source's keys name, and remembers new ones."""

    def __init__(self, event: Event, reading: Reading) -> None:
        self.event = event
        self.reading = reading
        self.source = _source_of(reading)
        known = SourceIdentity.objects.filter(event=event, source=self.source)
        self.known: dict[str, Any] = {row.key: row for row in known}
        self.by_guid = sessions_by_guid(event)
        self.by_id = {row.pk: row for row in self.by_guid.values()}
        self.used: set[int] = set()
        roles = SessionRole.objects.filter(session__event=event).select_related("person")
        self.people = {role.person.code: role.person for role in roles}
        # Our own files carry a UUID made from the code, for theirs are no UUIDs.
        self.people |= {
            str(derived_guid(event.slug, "person", code)): person for code, person in self.people.items()
        }
        self.person_rows = Person.objects.in_bulk(
            row.person_id for row in self.known.values() if row.person_id
        )
        self.by_name = self._unique_names(set(self.people.values()))

    def _unique_names(self, people: set[Person]) -> dict[str, Person]:
        """Return people by name where one person here and one in the file bear it: others are namesakes."""
        here = Counter(person.name for person in people)
        there = (
            Counter(person.name for person in self.reading.schedule.people) if self.reading.schedule else here
        )
        return {
            person.name: person
            for person in people
            if here[person.name] == there[person.name] == 1 and person.pk not in self.person_rows
        }

    def find_session(self, index: int, item: model.Session) -> Session | None:
        """Return the row: by guid, else by the source's strongest key that is known."""
        row = self.by_guid.get(item.guid)
        keys = self.reading.identities[index] if index < len(self.reading.identities) else ()
        for key in keys:
            if row is None and key[:700] in self.known and self.known[key[:700]].session_id:
                row = self.by_id.get(self.known[key[:700]].session_id)
        if row is None or row.pk in self.used:
            return None
        self.used.add(row.pk)
        return row

    def find_person(self, item: model.Person) -> Person | None:
        """Return the person: by our code, else by the source's key, else by a name that only she bears."""
        identity = self.known.get(f"person:{item.key}"[:700])
        if item.key in self.people:
            return self.people[item.key]
        if identity is not None:
            return self.person_rows.get(identity.person_id)
        return self.by_name.get(item.name)

    def remember(self, rows: list[Session], people: dict[str, Person]) -> None:
        """Write down keys that were not known, so that the next import finds the same rows."""
        new: dict[str, SourceIdentity] = {}
        for index, row in enumerate(rows):
            for key in self.reading.identities[index] if index < len(self.reading.identities) else ():
                new.setdefault(key[:700], self._identity(key, session=row))
        for key, person in people.items():
            new.setdefault(f"person:{key}"[:700], self._identity(f"person:{key}", person=person))
        SourceIdentity.objects.bulk_create(row for key, row in new.items() if key not in self.known)

    def _identity(self, key: str, **of: Any) -> SourceIdentity:
        return SourceIdentity(event=self.event, source=self.source, key=key[:700], **of)
