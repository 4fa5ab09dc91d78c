"""A ticket as a calendar: one entry for each day of the event (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from network.localised import localised
from sessions_app.admission.models import Ticket
from sessions_app.programme.exports import calendar_domain
from sessions_app.programme.schedule.formats.calendar_lines import escaped, written
from sessions_app.programme.schedule.formats.outgoing import GENERATOR
from sessions_app.programme.schedule.formats.vtimezone import vtimezone
from sessions_app.registration.states import State


def ticket_calendar(ticket: Ticket, *, language: str, url: str) -> bytes:
    """Return the days of the ticket's event in the event's zone; cancelled ones when the ticket is void."""
    event, registration = ticket.event, ticket.registration
    days = list(event.days.all())
    title = _in(localised(event, "name"), language, event.main_language)
    place = ""
    if event.venue is not None:
        place = ", ".join(
            text
            for field in ("name", "address", "city")
            if (text := _in(localised(event.venue, field), language, event.main_language))
        )
    stands = registration.state == State.CONFIRMED
    lines = [
        written("BEGIN", "VCALENDAR"),
        written("VERSION", "2.0"),
        written("PRODID", f"-//{GENERATOR}//Ticket//EN"),
        written("CALSCALE", "GREGORIAN"),
        written("METHOD", "PUBLISH"),
    ]
    if days and event.timezone not in ("UTC", "Etc/UTC"):
        lines.append(vtimezone(event.timezone, days[0].date.year, days[-1].date.year + 1))
    for day in days:
        start, end = day_bounds(day.date, day.opens, day.closes, event.zone)
        lines += [
            written("BEGIN", "VEVENT"),
            written("UID", f"ticket-{registration.code}-{day.date:%Y%m%d}@{calendar_domain()}"),
            written("SEQUENCE", str(registration.version)),
            written("DTSTAMP", _utc(registration.changed_at)),
            written("LAST-MODIFIED", _utc(registration.changed_at)),
            *(_moment(name, moment, event.timezone) for name, moment in (("DTSTART", start), ("DTEND", end))),
            written("SUMMARY", escaped(title)),
            written("LOCATION", escaped(place)),
            written("URL", url),
            written("STATUS", "CONFIRMED" if stands else "CANCELLED"),
            written("END", "VEVENT"),
        ]
    lines.append(written("END", "VCALENDAR"))
    return b"".join(lines)


def day_bounds(
    date: dt.date, opens: dt.time, closes: dt.time, zone: ZoneInfo
) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end of an event's day; one that closes at or before its opening ends a day later."""
    start = dt.datetime.combine(date, opens, zone)
    last = date if closes > opens else date + dt.timedelta(days=1)
    return start, dt.datetime.combine(last, closes, zone)


def _moment(name: str, moment: dt.datetime, zone: str) -> bytes:
    if zone in ("UTC", "Etc/UTC"):
        return written(name, _utc(moment))
    return written(f"{name};TZID={zone}", f"{moment:%Y%m%dT%H%M%S}")


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _in(texts: dict[str, str], language: str, main: str) -> str:
    return texts.get(language) or texts.get(main) or next(iter(texts.values()), "")
