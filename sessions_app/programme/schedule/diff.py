"""What changed between two states of a programme, and the stamps that calendars need for it.

Sessions are the same when their ``guid`` is. Only planned sessions count: one that
loses its time is removed, one that gets a time is added.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sessions_app.programme.schedule.model import Localised, Schedule, Session

FIELDS = (
    "title",
    "subtitle",
    "kind",
    "track",
    "language",
    "abstract",
    "description",
    "credits",
    "host",
    "links",
    "seats",
    "recorded",
    "licence",
    "stream_url",
    "url",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """When (UTC) and where a session is held; the room's name as it was then."""

    start: dt.datetime
    end: dt.datetime
    room: str | None
    room_name: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session named in a summary of changes."""

    guid: uuid.UUID
    code: str
    title: Localised
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A session whose time or room changed; ``session`` shows the new place."""

    session: Entry
    before: Place
    time_changed: bool
    room_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A session with other fields than its place changed; names out of ``FIELDS``."""

    session: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The difference of two schedules, each list by start and code; a session can be moved and changed."""

    added: tuple[Entry, ...] = ()
    removed: tuple[Entry, ...] = ()
    moved: tuple[Move, ...] = ()
    changed: tuple[Change, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.moved or self.changed)


def compare(old: Schedule | None, new: Schedule) -> Changes:
    """Return what changed from ``old`` (None: nothing was there) to ``new``."""
    before, after = (_View(old) if old else None), _View(new)
    known = before.planned if before else {}
    moved: list[Move] = []
    changed: list[Change] = []
    for guid, session in after.planned.items():
        if before is not None and guid in known:
            entry = after.entry(session)
            moved.extend(_move(before.entry(known[guid]), entry))
            fields = tuple(
                field for field in FIELDS if before.shown(known[guid], field) != after.shown(session, field)
            )
            if fields:
                changed.append(Change(session=entry, fields=fields))
    added = [after.entry(session) for guid, session in after.planned.items() if guid not in known]
    gone = [session for guid, session in known.items() if guid not in after.planned]
    return Changes(
        added=tuple(sorted(added, key=_by_start)),
        removed=tuple(sorted((before.entry(s) for s in gone), key=_by_start)) if before else (),
        moved=tuple(sorted(moved, key=lambda move: _by_start(move.session))),
        changed=tuple(sorted(changed, key=lambda change: _by_start(change.session))),
    )


def stamp(new: Schedule, previous: Schedule | None, release_number: int, now: dt.datetime) -> Schedule:
    """Return ``new`` as release ``release_number`` of instant ``now``.

    Sessions keep ``sequence`` and ``changed_at`` while their calendar entry stays the
    same, else get this release's. What was planned before and no longer is goes to
    ``removed``; what comes back leaves it. A session's sequence never decreases.
    """
    before, after = (_View(previous) if previous else None), _View(new)
    printed = before.planned if before else {}
    dropped = {session.guid: session for session in previous.removed} if previous else {}

    def stamped(session: Session) -> Session:
        last = printed.get(session.guid)
        if session.start is None:
            return replace(session, sequence=0, changed_at=None)
        if before and last and before.calendar_entry(last) == after.calendar_entry(session):
            return replace(session, sequence=last.sequence, changed_at=last.changed_at)
        return _renewed(session, last or dropped.get(session.guid), release_number, now)

    gone = [session for guid, session in dropped.items() if guid not in after.planned]
    gone += [
        _renewed(session, session, release_number, now)
        for guid, session in printed.items()
        if guid not in after.planned
    ]
    return replace(
        new,
        sessions=tuple(map(stamped, new.sessions)),
        removed=tuple({session.guid: session for session in gone}.values()),
        version=str(release_number),
        released_at=now,
    )


def to_plain(changes: Changes) -> dict[str, Any]:
    """Return the changes as JSON-serialisable data."""
    return {
        "added": [_plain_entry(entry) for entry in changes.added],
        "removed": [_plain_entry(entry) for entry in changes.removed],
        "moved": [
            {
                "session": _plain_entry(move.session),
                "before": _plain_place(move.before),
                "time_changed": move.time_changed,
                "room_changed": move.room_changed,
            }
            for move in changes.moved
        ],
        "changed": [
            {"session": _plain_entry(change.session), "fields": list(change.fields)}
            for change in changes.changed
        ],
    }


def from_plain(plain: Mapping[str, Any]) -> Changes:
    """Return the changes that ``to_plain`` wrote."""
    return Changes(
        added=tuple(map(_entry, plain["added"])),
        removed=tuple(map(_entry, plain["removed"])),
        moved=tuple(
            Move(
                session=_entry(item["session"]),
                before=_place(item["before"]),
                time_changed=item["time_changed"],
                room_changed=item["room_changed"],
            )
            for item in plain["moved"]
        ),
        changed=tuple(
            Change(session=_entry(item["session"]), fields=tuple(item["fields"])) for item in plain["changed"]
        ),
    )


class _View:
    """A schedule as readers see it: planned sessions, keys replaced by the names behind them."""

    def __init__(self, schedule: Schedule) -> None:
        self.planned = {session.guid: session for session in schedule.sessions if session.start is not None}
        self.rooms = {room.key: room.name for room in schedule.rooms}
        self.tracks = {track.key: track.name for track in schedule.tracks}
        self.people = {person.key: person.name for person in schedule.people}
        self.organisations = {item.key: item.name for item in schedule.organisations}
        self.venue = schedule.venue

    def entry(self, session: Session) -> Entry:
        """Return the planned session with its place."""
        if session.start is None or session.end is None:
            raise ValueError(f"session {session.code} is not planned")
        name = self.rooms.get(session.room or "", {})
        place = Place(start=session.start, end=session.end, room=session.room, room_name=name)
        return Entry(guid=session.guid, code=session.code, title=session.title, place=place)

    def shown(self, session: Session, field: str) -> object:
        """Return what readers see of one of ``FIELDS``."""
        if field == "credits":
            return [
                (
                    self.people.get(credit.person),
                    credit.role,
                    credit.post,
                    credit.organisation_name or self.organisations.get(credit.organisation or "", {}),
                )
                for credit in session.credits
            ]
        if field == "track":
            return self.tracks.get(session.track or "")
        if field == "host":
            return self.organisations.get(session.host or "")
        value: object = getattr(session, field)
        return value

    def calendar_entry(self, session: Session) -> object:
        """Return all that a calendar shows of the session."""
        fields = ("title", "kind", "track", "abstract", "description", "url", "credits")
        room = self.rooms.get(session.room or "")
        shown = [self.shown(session, field) for field in fields]
        return [session.start, session.end, room, self.venue, *shown]


def _renewed(session: Session, last: Session | None, release_number: int, now: dt.datetime) -> Session:
    sequence = max(release_number, last.sequence + 1) if last else release_number
    return replace(session, sequence=sequence, changed_at=now)


def _move(before: Entry, after: Entry) -> Iterable[Move]:
    old, new = before.place, after.place
    time_changed = (old.start, old.end) != (new.start, new.end)
    room_changed = old.room != new.room
    if time_changed or room_changed:
        yield Move(session=after, before=old, time_changed=time_changed, room_changed=room_changed)


def _by_start(entry: Entry) -> tuple[dt.datetime, str]:
    return entry.place.start, entry.code


def _plain_place(place: Place) -> dict[str, Any]:
    return {
        "start": place.start.isoformat(),
        "end": place.end.isoformat(),
        "room": place.room,
        "room_name": dict(place.room_name),
    }


def _place(plain: Mapping[str, Any]) -> Place:
    return Place(
        start=dt.datetime.fromisoformat(plain["start"]),
        end=dt.datetime.fromisoformat(plain["end"]),
        room=plain["room"],
        room_name=plain["room_name"],
    )


def _plain_entry(entry: Entry) -> dict[str, Any]:
    return {
        "guid": str(entry.guid),
        "code": entry.code,
        "title": dict(entry.title),
        "place": _plain_place(entry.place),
    }


def _entry(plain: Mapping[str, Any]) -> Entry:
    return Entry(
        guid=uuid.UUID(plain["guid"]),
        code=plain["code"],
        title=plain["title"],
        place=_place(plain["place"]),
    )
