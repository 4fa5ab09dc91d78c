"""Writes iCalendar feeds that subscribers follow: entries move, and what is removed is cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.formats.calendar_lines import (
    KIND,
    NAMES_BETWEEN,
    PERSON,
    VENUE,
    escaped,
    quoted,
    written,
)
from sessions_app.programme.schedule.formats.outgoing import GENERATOR, Outgoing, UrlFor
from sessions_app.programme.schedule.formats.vtimezone import vtimezone
from sessions_app.programme.schedule.model import Credit, Schedule, Session, SessionKind

REFRESH = "PT1H"
NO_ADDRESS = "invalid:nomail"  # what calendars write for an organiser without an address


def write_ics(
    schedule: Schedule,
    *,
    domain: str,
    language: str | None = None,
    sessions: Iterable[Session] | None = None,
    name: str | None = None,
    url_for: UrlFor | None = None,
    contact: str = "",
    kind_names: Mapping[SessionKind, str] | None = None,
) -> bytes:
    """Return a calendar of the planned and removed sessions, or of those given.

    The UID is ``guid@domain``, the same in every feed. A session of ``schedule.removed``
    is cancelled. ``contact`` is the organisers' e-mail address, ``kind_names`` the kinds in the
    language. The same schedule gives the same bytes.
    """
    out = Outgoing(schedule, language, url_for)
    cancelled = {session.guid for session in schedule.removed}
    chosen = [*out.planned, *schedule.removed] if sessions is None else list(sessions)
    chosen = [session for session in chosen if session.start and session.end]
    names = kind_names or {}
    organiser = _organiser(out, contact)
    lines = _head(out, name or out.title())
    if not _is_utc(out.zone):
        years = [zones.local(session.start, out.zone).year for session in chosen if session.start]
        now = (schedule.released_at or zones.EPOCH).year
        lines.append(vtimezone(schedule.zone, min(years, default=now), max(years, default=now) + 1))
    for session in chosen:
        kind = names.get(session.kind, session.kind.value)
        lines += _entry(session, out, domain, organiser, kind, cancelled=session.guid in cancelled)
    lines.append(written("END", "VCALENDAR"))
    return b"".join(lines)


def _head(out: Outgoing, name: str) -> list[bytes]:
    schedule = out.schedule
    lines = [
        written("BEGIN", "VCALENDAR"),
        written("VERSION", "2.0"),
        written("PRODID", f"-//{GENERATOR}//Programme//EN"),
        written("CALSCALE", "GREGORIAN"),
        written("METHOD", "PUBLISH"),
        written("NAME", _text(name)),
        written("X-WR-CALNAME", _text(name)),
        written("X-WR-TIMEZONE", schedule.zone),
        written("REFRESH-INTERVAL;VALUE=DURATION", REFRESH),
        written("X-PUBLISHED-TTL", REFRESH),
    ]
    venue = texts.one_line(out.text(schedule.venue))
    if venue:
        lines.append(written(VENUE, _text(venue)))
    url = texts.safe_address(schedule.url)
    if url:
        lines.append(written("URL", url))
    if schedule.released_at:
        lines.append(written("LAST-MODIFIED", _utc(schedule.released_at)))
    return lines


def _entry(
    session: Session, out: Outgoing, domain: str, organiser: bytes, kind: str, *, cancelled: bool
) -> list[bytes]:
    if session.start is None or session.end is None:
        raise ValueError(f"session {session.code} is not planned")
    stamp = out.schedule.released_at or session.changed_at or zones.EPOCH
    title = texts.one_line(out.text(session.title))
    venue = texts.one_line(out.text(out.schedule.venue))
    place = ", ".join(filter(None, (out.room(session), venue)))
    categories = [out.track(session), kind]
    lines = [
        written("BEGIN", "VEVENT"),
        written("UID", f"{session.guid}@{domain}"),
        written("DTSTAMP", _utc(stamp)),
        written("LAST-MODIFIED", _utc(session.changed_at or stamp)),
        written("SEQUENCE", str(session.sequence)),
        written("STATUS", "CANCELLED" if cancelled else "CONFIRMED"),
        _moment("DTSTART", session.start, out.zone),
        _moment("DTEND", session.end, out.zone),
        written("SUMMARY", _text(title)),
        organiser,
        written("CATEGORIES", ",".join(_text(category) for category in categories if category)),
        written(KIND, session.kind.value),
    ]
    optional = {
        "LOCATION": _text(place),
        "DESCRIPTION": _text(_description(session, out)),
        "URL": out.url(session),
    }
    lines += [written(field, value) for field, value in optional.items() if value]
    lines += [_person(credit, out) for credit in session.credits if credit.person in out.people]
    lines.append(written("END", "VEVENT"))
    return lines


def _person(credit: Credit, out: Outgoing) -> bytes:
    """Return a person in a role, so that our own feed comes back with its people."""
    guid = out.guid_of("person", credit.person)
    field = f"{PERSON};X-GUID={guid};X-ROLE={credit.role.value}"
    return written(field, _text(texts.one_line(out.people[credit.person].name)))


def _description(session: Session, out: Outgoing) -> str:
    """Return people, abstract and description as plain text, with an empty line between them."""
    keys = dict.fromkeys(credit.person for credit in session.credits)
    names = [texts.one_line(out.people[key].name) for key in keys if key in out.people]
    parts = [NAMES_BETWEEN.join(names), out.text(session.abstract), out.text(session.description)]
    return "\n\n".join(texts.as_plain(part) for part in parts if part)


def _organiser(out: Outgoing, contact: str) -> bytes:
    keys = out.schedule.organisers
    known = [out.organisations[key] for key in keys if key in out.organisations]
    names = ", ".join(filter(None, (texts.one_line(out.text(item.name)) for item in known)))
    urls = [texts.safe_address(item.url) for item in known]
    address = f"mailto:{contact}" if contact else next(filter(None, urls), NO_ADDRESS)
    return written(f"ORGANIZER;CN={quoted(names or out.title())}", address)


def _moment(field: str, instant: dt.datetime, tz: ZoneInfo) -> bytes:
    """Return a local time with its zone, or UTC where the local clock shows that time twice."""
    clock = zones.local(instant, tz)
    if _is_utc(tz) or instant.astimezone(tz).fold:
        return written(field, _utc(instant))
    return written(f"{field};TZID={tz.key}", clock.strftime("%Y%m%dT%H%M%S"))


def _is_utc(tz: ZoneInfo) -> bool:
    return tz.key in ("UTC", "Etc/UTC")


def _utc(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    return escaped(texts.without_control(text))
