"""Reads ``schedule.json`` version 1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule.formats.assembly import Context, assemble
from sessions_app.programme.schedule.formats.clock import Clock, checked_zone, fixed_zone, parsed
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.file_days import ListedDay, mended_day
from sessions_app.programme.schedule.formats.located_json import Located, decoded
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.raw import (
    RawLink,
    RawPerson,
    RawRoom,
    RawSchedule,
    RawSession,
    RawTrack,
)
from sessions_app.programme.schedule.formats.xml_reader import resolved

CONFERENCE = frozenset(
    [
        "acronym",
        "title",
        "description",
        "start",
        "end",
        "daysCount",
        "time_zone_name",
        "timeslot_duration",
        "logo",
        "colors",
        "keywords",
        "url",
        "tracks",
        "rooms",
        "meta",
        "days",
    ]
)
DAY = frozenset(["index", "date", "day_start", "day_end", "rooms"])
EVENT = frozenset(
    [
        "guid",
        "code",
        "id",
        "logo",
        "date",
        "start",
        "end",
        "duration",
        "room",
        "slug",
        "url",
        "title",
        "subtitle",
        "track",
        "type",
        "language",
        "abstract",
        "description",
        "recording_license",
        "do_not_record",
        "do_not_stream",
        "persons",
        "links",
        "feedback_url",
        "origin_url",
        "attachments",
    ]
)
REQUIRED = [
    "abstract",
    "date",
    "duration",
    "guid",
    "id",
    "language",
    "links",
    "persons",
    "room",
    "slug",
    "start",
    "subtitle",
    "title",
    "track",
    "type",
    "url",
]
UNSAID = {  # fields of a session, by the key that may be missing
    "kind": "type",
    "track": "track",
    "language": "language",
    "subtitle": "subtitle",
    "abstract": "abstract",
    "description": "description",
    "recorded": "do_not_record",
    "licence": "recording_license",
}
REQUIRED_OF_CONFERENCE = ["title", "acronym", "days", "daysCount", "start", "end", "timeslot_duration"]

_SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")


def read_json(data: bytes, context: Context) -> Reading:
    """Return the reading of a ``schedule.json``."""
    findings = Findings()
    try:
        plain = decoded(data, findings)
        raw = _Reader(_schedule(plain, findings), context, findings).read()
        return assemble(raw, "json", context, findings)
    except Refused:
        return Reading(format="json", schedule=None, deviations=findings.sorted())


def _schedule(plain: Any, findings: Findings) -> Located:
    schedule = plain.get("schedule") if isinstance(plain, Located) else None
    if not isinstance(schedule, Located) or not isinstance(schedule.get("conference"), Located):
        findings.add("not_a_schedule", 1, reason="schedule.conference")
        raise Refused
    return schedule


class _Reader:
    """Walks one decoded file; a value of an unexpected type is named and left out."""

    def __init__(self, schedule: Located, context: Context, findings: Findings) -> None:
        self._schedule = schedule
        self._conference: Located = schedule["conference"]
        self._findings = findings
        self._unknown: Counter[str] = Counter()
        self._unknown_lines: dict[str, int] = {}
        self._base = self._text(schedule, "base_url")
        self._clock = Clock(self._zone(context), findings)

    def read(self) -> RawSchedule:
        """Return what the file holds."""
        conference = self._conference
        meta = self._object(conference, "meta")
        raw = RawSchedule(
            zone=self._clock.zone.key,
            line=conference.line,
            title=self._text(conference, "title"),
            acronym=self._text(conference, "acronym"),
            slug=self._text(meta, "slug"),
            version=self._text(self._schedule, "version"),
            url=self._text(conference, "url") or self._base,
            venue=self._text(meta, "venue"),
            expects=frozenset({"guid", "id"}),
        )
        if "version" not in self._schedule:
            self._findings.add("version_missing", self._schedule.line)
        self._name_form(conference, CONFERENCE, REQUIRED_OF_CONFERENCE, "conference")
        for room in self._objects(conference, "rooms"):
            raw.rooms.append(self._room(room))
        for track in self._objects(conference, "tracks"):
            text = self._text
            raw.tracks.append(
                RawTrack(name=text(track, "name"), slug=text(track, "slug"), colour=text(track, "color"))
            )
        for position, day in enumerate(self._objects(conference, "days"), start=1):
            self._read_day(day, position, raw)
        for name, count in self._unknown.items():
            self._findings.add("unknown_field", self._unknown_lines[name], field=name, count=count)
        return raw

    def _zone(self, context: Context) -> ZoneInfo:
        """Return the zone that the file names, else the caller's, else what the first offset tells."""
        conference = self._conference
        stated = self._text(conference, "time_zone_name") or self._text(
            self._object(conference, "meta"), "time_zone_name"
        )
        if stated.strip():
            return checked_zone(stated, self._findings, conference.line)
        days = self._objects(conference, "days")
        starts = (parsed(self._text(day, "day_start")) for day in days)
        offset = next((moment.utcoffset() for moment in starts if moment and moment.tzinfo), None)
        name = context.zone or fixed_zone(offset)
        self._findings.add("zone_missing", conference.line, zone=name)
        return checked_zone(name, self._findings)

    def _room(self, room: Located) -> RawRoom:
        capacity = room.get("capacity")
        if isinstance(capacity, float) and capacity.is_integer():
            capacity = int(capacity)
        if isinstance(capacity, bool) or not isinstance(capacity, int) or not 0 <= capacity < 10**6:
            if capacity is not None:
                self._wrong(room, "capacity", self._text(room, "name"))
            capacity = None
        return RawRoom(
            name=self._text(room, "name"),
            guid=self._text(room, "guid"),
            capacity=capacity,
            place=self._text(room, "description"),
            line=room.line,
        )

    def _read_day(self, day: Located, position: int, raw: RawSchedule) -> None:
        sessions = []
        rooms = self._object(day, "rooms")
        for name, events in rooms.items():
            if name not in {room.name for room in raw.rooms}:
                raw.rooms.append(RawRoom(name=name, line=rooms.line))
            sessions += [self._session(event, name, day) for event in self._listed(rooms, name, events)]
        listed = ListedDay(
            index=self._text(day, "index") or str(position),
            date=self._text(day, "date"),
            start=self._text(day, "day_start"),
            end=self._text(day, "day_end"),
            spans=tuple((item.start, item.end) for item in sessions if item.start and item.end),
            line=day.line,
        )
        self._name_form(day, DAY, (), f"day {listed.index}")
        mended = mended_day(listed, self._clock, self._findings)
        if mended:
            raw.days.append(mended)
        raw.sessions.extend(sessions)

    def _session(self, event: Located, room: str, day: Located) -> RawSession:
        text = self._text
        session = RawSession(line=event.line, guid=text(event, "guid"), id=text(event, "id"))
        for name in ("title", "subtitle", "abstract", "description"):
            session.texts[name, ""] = text(event, name)
        session.code, session.kind = text(event, "code"), text(event, "type")
        session.language, session.track = text(event, "language"), text(event, "track")
        session.url = text(event, "url")
        if session.url == f"urn:uuid:{session.guid}":
            session.url = ""
        session.room = room if room.strip() else text(event, "room")
        if room.strip() and text(event, "room").strip() not in ("", room.strip()):
            self._findings.add(
                "room_differs", event.line, title=session.title, room=room, value=text(event, "room")
            )
        session.recorded = event.get("do_not_record") is False
        session.licence = text(event, "recording_license")
        session.silent = {field for field, name in UNSAID.items() if name not in event}
        session.people = [self._person(person) for person in self._objects(event, "persons")]
        for name in ("links", "attachments"):
            session.links += self._links(event, name)
        self._read_time(event, day, session)
        self._name_form(event, EVENT, REQUIRED, session.title)
        if "slug" in event and not _SLUG.fullmatch(text(event, "slug")):
            self._findings.add("slug_mended", event.line, value=text(event, "slug"))
        return session

    def _person(self, person: Located) -> RawPerson:
        text = self._text
        return RawPerson(
            name=text(person, "name") or text(person, "public_name") or text(person, "full_public_name"),
            id=text(person, "id") or text(person, "code"),
            guid=text(person, "guid"),
            role=text(person, "role"),
            post=text(person, "post"),
            organisation=text(person, "organisation"),
            biography=text(person, "biography"),
        )

    def _links(self, event: Located, name: str) -> Iterable[RawLink]:
        for link in self._objects(event, name):
            url = self._text(link, "url") or self._text(link, "href")
            if url:
                yield RawLink(
                    url=resolved(url, self._base),
                    title=self._text(link, "title"),
                    is_file=name == "attachments",
                )

    def _read_time(self, event: Located, day: Located, session: RawSession) -> None:
        date = self._text(event, "date") or self._text(day, "date")
        title, line = session.title, session.line
        session.start = self._clock.start(date, self._text(event, "start"), title, line)
        duration = self._text(event, "duration")
        end = parsed(self._text(event, "end")) if not duration else None
        if end is not None and end.tzinfo and session.start:
            length = self._clock.plausible(end - session.start, title, line)
        else:
            length = self._clock.length(duration, title, line)
        if session.start and length:
            session.end = session.start + length

    def _name_form(self, item: Located, known: frozenset[str], required: Iterable[str], title: str) -> None:
        for name in item:
            if name not in known:
                self._unknown[name] += 1
                self._unknown_lines.setdefault(name, item.line)
        for name in required:
            if name not in item:
                self._findings.add("element_missing", item.line, field=name, title=title)

    def _text(self, item: Mapping[str, Any], name: str) -> str:
        """Return a value as text; of a translated text the first translation."""
        value = item.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, Mapping):
            value = next((text for text in value.values() if isinstance(text, str)), None)
        if value is None or isinstance(value, bool):
            return ""
        if isinstance(value, list):
            self._wrong(item, name, "")
            return ""
        return str(value)

    def _object(self, item: Mapping[str, Any], name: str) -> Located:
        value = item.get(name)
        if isinstance(value, Located):
            return value
        if value is not None:
            self._wrong(item, name, "")
        empty = Located()
        empty.line = getattr(item, "line", 0)
        return empty

    def _objects(self, item: Mapping[str, Any], name: str) -> list[Located]:
        return self._listed(item, name, item.get(name))

    def _listed(self, item: Mapping[str, Any], name: str, value: Any) -> list[Located]:
        listed = value if isinstance(value, list) else []
        found = [entry for entry in listed if isinstance(entry, Located)]
        if len(found) < len(listed) or (value is not None and not isinstance(value, list)):
            self._wrong(item, name, "")
        return found

    def _wrong(self, item: Mapping[str, Any], name: str, title: str) -> None:
        self._findings.add("wrong_type", getattr(item, "line", 0), field=name, title=title)
