"""The recordings of an event: days, rooms, cameras and sessions."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch

from media_archive.links import media_base, watch_path
from media_archive.models import Access, Camera, Cut, CutState, Recording
from media_archive.pages.watch import session_of, title_of
from media_archive.queries.elsewhere import elsewhere_of, with_film
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.pages.rows import kind_name, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRow:
    """A recording in a list."""

    code: str
    title: Words
    url: str
    poster: str
    seconds: float
    start: dt.datetime
    kind: str
    people: str
    is_draft: bool
    access: str  # of those that not everybody may watch, in words
    elsewhere: str  # the other site on which it lies, if no film of it lies here


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOfDay:
    """What was filmed in one room on one day."""

    name: str
    whole: CutRow | None
    cameras: tuple[Camera, ...]
    cuts: tuple[CutRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfArchive:
    """A day with recordings; days without any are not shown."""

    date: dt.date
    number: int
    rooms: tuple[RoomOfDay, ...]


def archive_of(
    event: Event, reader: Reader, viewer: Person | AnonymousUser, *, is_team: bool
) -> list[DayOfArchive]:
    """Return the days that have recordings the viewer may know of; four queries, whatever their number."""
    recordings = (
        Recording.objects.filter(event=event)
        .select_related("room")
        .prefetch_related("cameras", Prefetch("cuts", with_film(Cut.objects.order_by("start_ms"))))
    )
    dates = list(reader.dates)
    by_date: dict[dt.date, list[RoomOfDay]] = defaultdict(list)
    for recording in recordings:
        room = _room(recording, event, reader, is_team=is_team)
        if room is not None:
            by_date[recording.date].append(room)
    return [
        DayOfArchive(date=date, number=dates.index(date) + 1 if date in dates else 0, rooms=tuple(rooms))
        for date, rooms in sorted(by_date.items())
    ]


def _room(recording: Recording, event: Event, reader: Reader, *, is_team: bool) -> RoomOfDay | None:
    whole, rows = None, []
    for cut in recording.cuts.all():
        if not is_team and not (cut.is_out() and cut.access != Access.LINK):
            continue
        cut.recording = recording
        row = row_of(cut, event.slug, reader)
        if cut.session_id is None and not cut.title:
            whole = row
        else:
            rows.append(row)
    if whole is None and not rows:
        return None
    return RoomOfDay(
        name=recording.place, whole=whole, cameras=tuple(recording.cameras.all()), cuts=tuple(rows)
    )


def row_of(cut: Cut, slug: str, reader: Reader) -> CutRow:
    """Return the line of one cut, which comes from ``with_film``."""
    session = session_of(cut, reader)
    elsewhere = elsewhere_of(cut)
    is_public = cut.access == Access.PUBLIC and cut.is_out()
    return CutRow(
        code=cut.code,
        title=title_of(cut, reader),
        url=watch_path(slug, cut.code),
        poster=f"{media_base(cut, slug=slug)}poster.jpg"
        if is_public and vars(cut)["has_poster"] and not elsewhere
        else "",
        seconds=cut.seconds,
        start=cut.starts_at,
        kind=kind_name(session.kind) if session else "",
        people=names_of(session, reader) if session else "",
        is_draft=cut.state != CutState.PUBLISHED or not cut.is_out(),
        access="" if cut.access == Access.PUBLIC else cut.get_access_display(),
        elsewhere=elsewhere,
    )
