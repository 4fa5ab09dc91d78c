"""One calendar of all that a person has to attend over several events, each in its own zone.

Starred sessions are the programme's own; other floors add appointments by ``appointments_asked``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from network.models import Person
from sessions_app.programme.exports import calendar_domain, kind_names
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.calendar_lines import escaped, written
from sessions_app.programme.schedule.formats.ics_writer import REFRESH, write_ics
from sessions_app.programme.schedule.formats.outgoing import GENERATOR
from sessions_app.programme.schedule.formats.vtimezone import vtimezone
from sessions_app.programme.schedule.model import Schedule, Session
from sessions_app.programme.schedule.texts import one_line, without_control
from sessions_app.programme.signals import appointments_asked

_FIRST, _LAST = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An entry that another floor adds to a person's calendar.

    ``key`` names it for ever within this deployment; ``sequence`` grows with every change that calendars
    must hear of (RFC 5545, 3.8.7.4). Instants are aware, ``zone`` is the event's.
    """

    key: str
    start: dt.datetime
    end: dt.datetime
    zone: str
    sequence: int
    changed_at: dt.datetime
    title: str
    place: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False


def appointments_of(person: Person) -> list[Appointment]:
    """Return what other floors put on the person's calendar, by time."""
    answers: list[tuple[Any, Any]] = appointments_asked.send(sender=Person, person=person)
    found = [entry for _receiver, entries in answers for entry in entries]
    return sorted(found, key=lambda entry: (entry.start, entry.key))


def write_agenda(
    parts: Iterable[tuple[Schedule, Collection[uuid.UUID], str]],
    *,
    name: str,
    language: str,
    base_url: str,
    appointments: Iterable[Appointment] = (),
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
    for one in appointments:
        years.setdefault(one.zone, []).append(zones.local(one.start, zones.zone(one.zone)).year)
        entries.append(_appointment(one))
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


def _appointment(one: Appointment) -> bytes:
    lines = [
        written("BEGIN", "VEVENT"),
        written("UID", f"{one.key}@{calendar_domain()}"),
        written("DTSTAMP", _utc(one.changed_at)),
        written("LAST-MODIFIED", _utc(one.changed_at)),
        written("SEQUENCE", str(one.sequence)),
        written("STATUS", "CANCELLED" if one.is_cancelled else "CONFIRMED"),
        _moment("DTSTART", one.start, one.zone),
        _moment("DTEND", one.end, one.zone),
        written("SUMMARY", _text(one_line(one.title))),
    ]
    optional = {
        "LOCATION": _text(one_line(one.place)),
        "DESCRIPTION": _text(one.description),
        "URL": one.url,
    }
    lines += [written(field, value) for field, value in optional.items() if value]
    return b"".join([*lines, written("END", "VEVENT")])


def _moment(field: str, instant: dt.datetime, zone: str) -> bytes:
    """Return a local time with its zone, or UTC where the local clock shows that time twice."""
    tz = zones.zone(zone)
    if zone in ("UTC", "Etc/UTC") or instant.astimezone(tz).fold:
        return written(field, _utc(instant))
    return written(f"{field};TZID={tz.key}", zones.local(instant, tz).strftime("%Y%m%dT%H%M%S"))


def _utc(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    return escaped(without_control(text))


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
