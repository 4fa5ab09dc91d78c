"""Somebody's own agenda: her starred sessions and what clashes among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.programme.pages.people import DayOfRows
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import SessionRow, session_row
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.model import Session

AT_MOST = 500  # sessions of one agenda


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaPage:
    """What the page of an agenda shows; ``cancelled`` were starred and are no longer held."""

    codes: tuple[str, ...]
    days: tuple[DayOfRows, ...]
    cancelled: tuple[SessionRow, ...]
    clashes: int
    zone: str
    version: str
    released_at: dt.datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on it."""
        return not (self.days or self.cancelled)


def agenda_page(reader: Reader, codes: Collection[str]) -> AgendaPage:
    """Return the agenda of the sessions with these codes; codes that no release knows are passed over."""
    wanted = set(codes)
    sessions = [session for session in reader.planned if session.code in wanted]
    gone = [session for session in reader.schedule.removed if session.code in wanted]
    clashes = clashing(sessions)
    found: dict[dt.date, list[SessionRow]] = {}
    for session in sessions:
        words = clash_words(clashes.get(session.code, ()), reader)
        found.setdefault(reader.date_of(session), []).append(
            session_row(session, reader, clash=words, starred=True)
        )
    return AgendaPage(
        codes=tuple(session.code for session in (*sessions, *gone)),
        days=tuple(
            DayOfRows(date=date, url=reader.addresses.named("programme_day", date), rows=tuple(rows))
            for date, rows in sorted(found.items())
        ),
        cancelled=tuple(session_row(session, reader, starred=True, cancelled=True) for session in gone),
        clashes=len(clashes),
        zone=reader.schedule.zone,
        version=reader.schedule.version,
        released_at=reader.schedule.released_at,
    )


def clashing(sessions: Sequence[Session]) -> dict[str, list[Session]]:
    """Return session code to the others of the list that are held at the same time."""
    found: dict[str, list[Session]] = {}
    timed = [(s, s.start, s.end) for s in sessions if s.start and s.end]
    for index, (session, _start, end) in enumerate(timed):
        for other, start, _end in timed[index + 1 :]:
            if start >= end:
                break
            found.setdefault(session.code, []).append(other)
            found.setdefault(other.code, []).append(session)
    return found


def clashes_in_words(reader: Reader, codes: Collection[str]) -> dict[str, str]:
    """Return the code of each of these sessions that overlaps with others of them to a sentence that names those."""
    wanted = set(codes)
    found = clashing([session for session in reader.planned if session.code in wanted])
    return {code: clash_words(others, reader) for code, others in found.items()}


def clash_words(others: Sequence[Session], reader: Reader) -> str:
    """Return the sentence that names the sessions at the same time, with the event's times; empty without any."""
    parts = []
    for other in others:
        if other.start and other.end:
            start, end = zones.local(other.start, reader.zone), zones.local(other.end, reader.zone)
            title = reader.words(other.title).text or other.code
            parts.append(
                _("“%(title)s”, %(start)s–%(end)s")
                % {"title": title, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
            )
    return _("Overlaps with %(sessions)s") % {"sessions": "; ".join(parts)} if parts else ""
