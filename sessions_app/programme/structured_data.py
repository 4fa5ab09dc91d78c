"""schema.org JSON-LD of sessions and people, for search engines."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import organisation_of
from sessions_app.programme.schedule import texts
from sessions_app.programme.schedule.model import Session

CONTEXT = "https://schema.org"
LONGEST_DESCRIPTION = 500  # characters


def session_data(reader: Reader, code: str) -> dict[str, Any]:
    """Return a planned or cancelled session as an ``Event`` within its forum."""
    session = reader.by_code.get(code) or reader.removed_by_code[code]
    cancelled = code not in reader.by_code
    return {"@context": CONTEXT, **_event(session, reader, cancelled=cancelled), "superEvent": _forum(reader)}


def day_data(reader: Reader, sessions: tuple[Session, ...]) -> dict[str, Any]:
    """Return the forum with the sessions of one day as its parts."""
    return {
        "@context": CONTEXT,
        **_forum(reader),
        "location": _place("", reader),
        "subEvent": [
            {
                "@type": "Event",
                "name": reader.words(session.title).text or session.code,
                "startDate": _iso(session.start, reader),
                "endDate": _iso(session.end, reader),
                "url": _absolute(reader.addresses.of("programme_session", session.code)),
                "location": _place(session.room or "", reader),
            }
            for session in sessions
        ],
    }


def person_data(reader: Reader, code: str) -> dict[str, Any]:
    """Return somebody with her organisations and the sessions that she takes part in."""
    person = reader.people[code]
    parts = [(s, credit) for s in reader.planned for credit in s.credits if credit.person == code]
    posts = dict.fromkeys(reader.words(credit.post).text for _session, credit in parts)
    bodies = dict.fromkeys(organisation_of(credit, reader).text for _session, credit in parts)
    return _filled(
        {
            "@context": CONTEXT,
            "@type": "Person",
            "name": person.name,
            "alternateName": person.latin,
            "url": _absolute(reader.addresses.of("programme_person", code)),
            "jobTitle": [post for post in posts if post],
            "affiliation": [{"@type": "Organization", "name": name} for name in bodies if name],
            "performerIn": [
                _absolute(reader.addresses.of("programme_session", session.code))
                for session, _credit in parts
            ],
        }
    )


def as_script(data: dict[str, Any]) -> SafeString:
    """Return the data as JSON that cannot end the script element in which it stands."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        plain = plain.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(plain)  # noqa: S308  nothing in it can be markup any more


def _event(session: Session, reader: Reader, *, cancelled: bool) -> dict[str, Any]:
    names = [person.name for person in reader.people_of([session])]
    host = reader.organisations.get(session.host or "")
    abstract = texts.as_plain(reader.words(session.abstract).text)[:LONGEST_DESCRIPTION]
    online = texts.safe_address(session.stream_url)
    place: Any = _place(session.room or "", reader)
    if online:
        place = [place, {"@type": "VirtualLocation", "url": online}]
    mode = "MixedEventAttendanceMode" if online else "OfflineEventAttendanceMode"
    return _filled(
        {
            "@type": "Event",
            "name": reader.words(session.title).text or session.code,
            "description": abstract,
            "startDate": _iso(session.start, reader),
            "endDate": _iso(session.end, reader),
            "eventStatus": f"{CONTEXT}/{'EventCancelled' if cancelled else 'EventScheduled'}",
            "eventAttendanceMode": f"{CONTEXT}/{mode}",
            "inLanguage": session.language,
            "url": _absolute(reader.addresses.of("programme_session", session.code)),
            "location": place,
            "maximumAttendeeCapacity": session.seats,
            "performer": [{"@type": "Person", "name": name} for name in names],
            "organizer": {"@type": "Organization", "name": reader.words(host.name).text} if host else None,
        }
    )


def _forum(reader: Reader) -> dict[str, Any]:
    schedule = reader.schedule
    bodies = [reader.organisations[key] for key in schedule.organisers if key in reader.organisations]
    return _filled(
        {
            "@type": "Event",
            "name": reader.words(schedule.title).text or schedule.slug,
            "startDate": reader.dates[0].isoformat() if reader.dates else "",
            "endDate": reader.dates[-1].isoformat() if reader.dates else "",
            "url": _absolute(reader.addresses.named("programme").removesuffix("programme/")),
            "organizer": [{"@type": "Organization", "name": reader.words(body.name).text} for body in bodies],
        }
    )


def _place(room: str, reader: Reader) -> dict[str, Any]:
    known = reader.rooms.get(room)
    names = [reader.words(known.name).text if known else "", reader.words(reader.schedule.venue).text]
    title = reader.words(reader.schedule.title).text or reader.schedule.slug
    return _filled(
        {
            "@type": "Place",
            "name": ", ".join(filter(None, names)) or title,
            "address": reader.words(reader.schedule.venue_address).text,
        }
    )


def _iso(moment: dt.datetime | None, reader: Reader) -> str:
    return moment.astimezone(reader.zone).isoformat() if moment else ""


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [])}
