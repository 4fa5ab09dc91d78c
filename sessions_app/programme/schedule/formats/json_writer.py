"""Writes ``schedule.json`` version 1, valid by its JSON schema."""

from __future__ import annotations

import json
import re
from typing import Any

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.formats.colours import colour_of
from sessions_app.programme.schedule.formats.outgoing import GENERATOR, TIMESLOT, Outgoing, UrlFor
from sessions_app.programme.schedule.model import Credit, Room, Schedule, Session

_ZONE = re.compile(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")
_TRACK_SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")


def write_json(schedule: Schedule, *, language: str | None = None, url_for: UrlFor | None = None) -> bytes:
    """Return the planned sessions as ``schedule.json``; ``url_for`` gives the page of a session."""
    out = Outgoing(schedule, language, url_for)
    plain = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR},
        "schedule": {"version": texts.without_control(schedule.version), "conference": _conference(out)},
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _conference(out: Outgoing) -> dict[str, Any]:
    schedule, days = out.schedule, out.days()
    conference: dict[str, Any] = {
        "acronym": out.acronym("a-z0-9_"),
        "title": texts.one_line(out.title()),
        "start": days[0].date.isoformat(),
        "end": days[-1].date.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": TIMESLOT,
    }
    if _ZONE.search(schedule.zone):
        conference["time_zone_name"] = schedule.zone
    url = texts.safe_address(schedule.url)
    if url:
        conference["url"] = url
    conference["tracks"] = [_track(track.key, track.hue, out) for track in schedule.tracks]
    conference["rooms"] = [_room(room, out) for room in schedule.rooms]
    conference["meta"] = {
        "slug": schedule.slug,
        "time_zone_name": schedule.zone,
        "venue": texts.one_line(out.text(schedule.venue)),
    }
    conference["days"] = [
        {
            "index": index,
            "date": day.date.isoformat(),
            "day_start": day.start.astimezone(out.zone).isoformat(timespec="seconds"),
            "day_end": day.end.astimezone(out.zone).isoformat(timespec="seconds"),
            "rooms": {
                room.name: [_event(session, room.name, out) for session in room.sessions] for room in rooms
            },
        }
        for index, (day, rooms) in enumerate(out.by_day(), start=1)
    ]
    return conference


def _track(key: str, hue: int, out: Outgoing) -> dict[str, Any]:
    track = {"name": out.tracks[key], "color": colour_of(hue)}
    if _TRACK_SLUG.fullmatch(key):
        track["slug"] = key
    return track


def _room(room: Room, out: Outgoing) -> dict[str, Any]:
    plain: dict[str, Any] = {"name": out.rooms[room.key], "guid": str(out.guid_of("room", room.key))}
    if room.capacity is not None:
        plain["capacity"] = room.capacity
    place = out.text(room.place)
    if place:
        plain["description"] = place
    return plain


def _event(session: Session, room: str, out: Outgoing) -> dict[str, Any]:
    if session.start is None or session.end is None:
        raise ValueError(f"session {session.code} is not planned")
    start = session.start.astimezone(out.zone)
    track = out.track(session)
    return {
        "guid": str(session.guid),
        "code": session.code,
        "id": session.number,
        "date": start.isoformat(timespec="seconds"),
        "start": start.strftime("%H:%M"),
        "end": session.end.astimezone(out.zone).isoformat(timespec="seconds"),
        "duration": zones.format_duration(session.end - session.start, days=False),
        "room": room,
        "slug": out.slug(session),
        "url": out.url(session) or f"urn:uuid:{session.guid}",
        "title": texts.one_line(out.text(session.title)),
        "subtitle": texts.one_line(out.text(session.subtitle)),
        "track": track or None,
        "type": session.kind.value,
        "language": session.language or None,
        "abstract": out.text(session.abstract),
        "description": out.text(session.description),
        "recording_license": texts.one_line(session.licence),
        "do_not_record": not session.recorded,
        "persons": [_person(credit, out) for credit in session.credits if credit.person in out.people],
        "links": _links(session, out, is_file=False),
        "attachments": _links(session, out, is_file=True),
    }


def _person(credit: Credit, out: Outgoing) -> dict[str, Any]:
    person = out.people[credit.person]
    name = texts.one_line(person.name)
    organisation = out.organisations.get(credit.organisation or "")
    printed = credit.organisation_name or (organisation.name if organisation else {})
    values = {
        "post": texts.one_line(out.text(credit.post)),
        "organisation": texts.one_line(out.text(printed)),
        "biography": out.text(person.biography),
    }
    return {
        "guid": str(out.guid_of("person", credit.person)),
        "name": name,
        "public_name": name,
        "role": credit.role.value,
        **{field: value for field, value in values.items() if value},
    }


def _links(session: Session, out: Outgoing, *, is_file: bool) -> list[dict[str, str]]:
    found = [
        (texts.safe_address(link.url, mail=True), texts.one_line(link.title))
        for link in session.links
        if link.is_file is is_file
    ]
    return [{"url": url, "title": title} for url, title in found if url]
