"""One calendar of a person's starred sessions over several events, each in its own zone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from sessions_app.programme.exports import calendar_domain, kind_names
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.calendar_lines import escaped, written
from sessions_app.programme.schedule.formats.ics_writer import REFRESH, write_ics
from sessions_app.programme.schedule.formats.outgoing import GENERATOR
from sessions_app.programme.schedule.formats.vtimezone import vtimezone
from sessions_app.programme.schedule.model import Schedule, Session

_FIRST, _LAST = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"


def write_agenda(
    parts: Iterable[tuple[Schedule, Collection[uuid.UUID], str]], *, name: str, language: str, base_url: str
) -> bytes:
    """Return the calendar of the sessions with these guids; those that were removed are cancelled in it.

    Each part is a programme, the guids and the organisers' e-mail address.
    """
    years: dict[str, list[int]] = {}
    entries: list[bytes] = []
    for schedule, guids, contact in parts:
        mine = [s for s in (*schedule.sessions, *schedule.removed) if s.guid in guids and s.start and s.end]
        if not mine:
            continue
        tz = zones.zone(schedule.zone)
        years.setdefault(schedule.zone, []).extend(zones.local(s.start, tz).year for s in mine if s.start)
        entries.append(_entries(schedule, mine, language, base_url, contact))
    lines = [
        written("BEGIN", "VCALENDAR"),
        written("VERSION", "2.0"),
        written("PRODID", f"-//{GENERATOR}//Agenda//EN"),
        written("CALSCALE", "GREGORIAN"),
        written("METHOD", "PUBLISH"),
        written("NAME", escaped(name)),
        written("X-WR-CALNAME", escaped(name)),
        written("REFRESH-INTERVAL;VALUE=DURATION", REFRESH),
        written("X-PUBLISHED-TTL", REFRESH),
    ]
    for zone, found in sorted(years.items()):
        if zone not in ("UTC", "Etc/UTC"):
            lines.append(vtimezone(zone, min(found), max(found) + 1))
    return b"".join([*lines, *entries, written("END", "VCALENDAR")])


def _entries(
    schedule: Schedule, sessions: list[Session], language: str, base_url: str, contact: str
) -> bytes:
    """Return the entries of one event without the calendar around them."""
    address = f"{base_url}/events/{schedule.slug}/sessions/"
    language = language or schedule.languages[0]
    whole = write_ics(
        schedule,
        language=language,
        sessions=sessions,
        domain=calendar_domain(),
        url_for=lambda session: f"{address}{session.code}/",
        contact=contact,
        kind_names=kind_names(language),
    )
    return whole[whole.index(_FIRST) : whole.rindex(_LAST) + len(_LAST)]
