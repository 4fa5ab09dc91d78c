"""What changed between releases, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.diff import Changes, Entry, Place
from sessions_app.programme.schedule.model import Localised

SHOWN_AT_ONCE = 12  # lines of one release in the list of releases

FIELD_NAMES = {
    "title": gettext_lazy("title"),
    "subtitle": gettext_lazy("subtitle"),
    "kind": gettext_lazy("kind"),
    "track": gettext_lazy("track"),
    "language": gettext_lazy("language"),
    "abstract": gettext_lazy("abstract"),
    "description": gettext_lazy("description"),
    "credits": gettext_lazy("people"),
    "host": gettext_lazy("host organisation"),
    "links": gettext_lazy("materials"),
    "seats": gettext_lazy("seats"),
    "recorded": gettext_lazy("recording"),
    "licence": gettext_lazy("licence"),
    "stream_url": gettext_lazy("stream link"),
    "url": gettext_lazy("address"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One change: ``kind`` is added, removed, moved or changed; ``before`` and ``after`` say when and where."""

    kind: str
    title: Words
    url: str
    before: str = ""
    after: str = ""
    fields: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLines:
    """A release with its note and the lines that are shown of it."""

    number: int
    at: dt.datetime
    note: Words
    url: str
    summary: str
    lines: tuple[Line, ...]
    hidden: int
    first: bool


def release_lines(
    number: int,
    at: dt.datetime,
    note: Localised,
    changes: Changes,
    reader: Reader,
    *,
    limit: int | None = None,
) -> ReleaseLines:
    """Return a release in words; ``reader`` tells the zone, the languages and which sessions still have a page."""
    lines = [] if number == 1 else list(_lines(changes, reader))
    shown = lines if limit is None else lines[:limit]
    return ReleaseLines(
        number=number,
        at=at,
        note=reader.words(note),
        url=reader.addresses.named("programme_release", number),
        summary=_("The first release.") if number == 1 else summary_of(changes),
        lines=tuple(shown),
        hidden=len(lines) - len(shown),
        first=number == 1,
    )


def summary_of(changes: Changes) -> str:
    """Return how many sessions are new, moved, cancelled and changed otherwise."""
    moved = {move.session.guid for move in changes.moved}
    others = [change for change in changes.changed if change.session.guid not in moved]
    counts = [
        (len(changes.added), ngettext("%(count)s new", "%(count)s new", len(changes.added))),
        (len(moved), ngettext("%(count)s moved", "%(count)s moved", len(moved))),
        (len(changes.removed), ngettext("%(count)s cancelled", "%(count)s cancelled", len(changes.removed))),
        (len(others), ngettext("%(count)s changed", "%(count)s changed", len(others))),
    ]
    parts = [words % {"count": count} for count, words in counts if count]
    return ", ".join(parts) if parts else _("Nothing that readers see has changed.")


def _lines(changes: Changes, reader: Reader) -> Iterator[Line]:
    other_fields = {change.session.guid: change.fields for change in changes.changed}
    for move in changes.moved:
        before, after = _places(move.before, move.session.place, reader)
        fields = other_fields.pop(move.session.guid, ())
        yield _line("moved", move.session, reader, before=before, after=after, fields=_names(fields))
    for entry in changes.removed:
        yield _line("removed", entry, reader, before=_place(entry.place, reader))
    for entry in changes.added:
        yield _line("added", entry, reader, after=_place(entry.place, reader))
    for change in changes.changed:
        if change.session.guid in other_fields:
            yield _line("changed", change.session, reader, fields=_names(change.fields))


def _line(kind: str, entry: Entry, reader: Reader, **more: str) -> Line:
    known = entry.code in reader.by_code or entry.code in reader.removed_by_code
    url = reader.addresses.of("programme_session", entry.code) if known else ""
    title = reader.words(entry.title) or Words(entry.code)
    return Line(kind=kind, title=title or NOTHING, url=url, **more)


def _names(fields: Iterable[str]) -> str:
    return ", ".join(str(FIELD_NAMES.get(field, field)) for field in fields)


def _places(before: Place, after: Place, reader: Reader) -> tuple[str, str]:
    """Return both places, each saying no more than is needed to tell them apart."""
    old, new = zones.local(before.start, reader.zone), zones.local(after.start, reader.zone)
    same_room = before.room == after.room
    with_date = old.date() != new.date()
    same_time = (before.start, before.end) == (after.start, after.end)
    return (
        _place(before, reader, date=with_date, time=not same_time, room=not same_room),
        _place(after, reader, date=with_date, time=not same_time, room=not same_room),
    )


def _place(place: Place, reader: Reader, *, date: bool = True, time: bool = True, room: bool = True) -> str:
    start, end = zones.local(place.start, reader.zone), zones.local(place.end, reader.zone)
    parts = []
    if date:
        parts.append(formats.date_format(start.date(), "j E"))
    if time:
        parts.append(f"{start:%H:%M}–{end:%H:%M}")
    if room:
        parts.append(reader.words(place.room_name).text or _("no room"))
    return ", ".join(parts)
