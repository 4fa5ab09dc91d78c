"""Reads iCalendar files."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from zoneinfo import ZoneInfo

from icalendar import vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.assembly import Context, assemble
from sessions_app.programme.schedule.formats.calendar_lines import (
    KIND,
    NAMES_BETWEEN,
    PERSON,
    VENUE,
    Component,
    Property,
    parsed_calendar,
)
from sessions_app.programme.schedule.formats.clock import USUAL, Clock, checked_zone
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.kinds import exact_kind, kind_named
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.raw import RawLink, RawPerson, RawSchedule, RawSession
from sessions_app.programme.schedule.model import SessionKind

# Abbreviations name no zone by themselves; these are what files mean by them.
ABBREVIATIONS = {
    "GMT": "UTC",
    "Z": "UTC",
    "WET": "Europe/Lisbon",
    "BST": "Europe/London",
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "EET": "Europe/Helsinki",
    "EEST": "Europe/Helsinki",
    "MSK": "Europe/Moscow",
    "SAMT": "Europe/Samara",
    "YEKT": "Asia/Yekaterinburg",
    "OMST": "Asia/Omsk",
    "NOVT": "Asia/Novosibirsk",
    "KRAT": "Asia/Krasnoyarsk",
    "IRKT": "Asia/Irkutsk",
    "YAKT": "Asia/Yakutsk",
    "VLAT": "Asia/Vladivostok",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
}

_MOMENT = re.compile(r"(\d{8})T(\d{6})(Z?)", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_LISTED = re.compile(r"(?:\\.|[^,\\])+")


def read_ics(data: bytes, context: Context) -> Reading:
    """Return the reading of an iCalendar file."""
    findings = Findings()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("encoding", data.count(b"\n", 0, error.start) + 1, encoding="UTF-8")
        return Reading(format="ics", schedule=None, deviations=findings.sorted())
    try:
        calendar = parsed_calendar(text, findings)
        raw = _Reader(calendar, context, findings).read()
        return assemble(raw, "ics", context, findings)
    except Refused:
        return Reading(format="ics", schedule=None, deviations=findings.sorted())


class _Reader:
    """Walks one parsed calendar."""

    def __init__(self, calendar: Component, context: Context, findings: Findings) -> None:
        self._calendar = calendar
        self._findings = findings
        self._zones: dict[str, ZoneInfo] = {}
        self._clock = Clock(self._main_zone(context), findings)

    def read(self) -> RawSchedule:
        """Return what the calendar holds."""
        calendar = self._calendar
        raw = RawSchedule(
            zone=self._clock.zone.key,
            line=calendar.line,
            title=calendar.text("NAME") or calendar.text("X-WR-CALNAME") or calendar.text("X-WR-CALDESC"),
            url=calendar.text("URL"),
            venue=calendar.text(VENUE),
        )
        for event in calendar.events:
            session = self._session(event)
            if session:
                raw.sessions.append(session)
        return raw

    def _main_zone(self, context: Context) -> ZoneInfo:
        """Return the calendar's zone, else the one most of its events use, else the caller's."""
        stated = self._calendar.first("X-WR-TIMEZONE")
        if stated and stated.text.strip():
            return self._zone(stated.text, stated.line)
        used = Counter(
            start.parameters["TZID"]
            for event in self._calendar.events
            if (start := event.first("DTSTART")) and "TZID" in start.parameters
        )
        if used:
            name = used.most_common(1)[0][0]
            lines = (event.line for event in self._calendar.events)
            return self._zone(name, next(lines, 0))
        name = context.zone or "UTC"
        self._findings.add("zone_missing", self._calendar.line, zone=name)
        return checked_zone(name, self._findings)

    def _zone(self, name: str, line: int) -> ZoneInfo:
        name = name.strip().strip('"')
        if name not in self._zones:
            meant = ABBREVIATIONS.get(name.upper()) or _meant(name)
            self._zones[name] = checked_zone(meant, self._findings, line)
            if meant != name:
                self._findings.add("zone_by_abbreviation", line, value=name, zone=meant)
        return self._zones[name]

    def _session(self, event: Component) -> RawSession | None:
        session = RawSession(line=event.line, silent={"language", "recorded", "licence"})
        session.texts["title", ""] = event.text("SUMMARY")
        session.texts["description", ""] = event.text("DESCRIPTION")
        title = session.title
        if event.text("STATUS").strip().upper() == "CANCELLED":
            self._findings.add("cancelled_skipped", event.line, title=title)
            return None
        start = event.first("DTSTART")
        if start and _DATE.fullmatch(start.value.strip()):
            self._findings.add("all_day_skipped", start.line, title=title)
            return None
        session.uid = event.text("UID").strip()
        if not session.uid:
            self._findings.add("element_missing", event.line, field="UID", title=title)
        elif recurrence := event.first("RECURRENCE-ID"):
            session.uid = f"{session.uid}/{recurrence.value.strip()}"
        if repeated := event.first("RRULE"):
            self._findings.add("recurrence_ignored", repeated.line, title=title)
        self._read_people(event, session)
        session.room = self._room(event)
        session.url = event.text("URL")
        self._read_categories(event, session)
        session.links = [
            RawLink(url=attached.value, is_file=True)
            for attached in event.properties.get("ATTACH", [])
            if attached.value.startswith(("http://", "https://"))
        ]
        self._read_time(event, start, session)
        return session

    def _room(self, event: Component) -> str:
        """Return the location without the venue, where the calendar names it."""
        location, venue = event.text("LOCATION"), self._calendar.text(VENUE)
        return "" if location == venue else location.removesuffix(f", {venue}") if venue else location

    def _read_people(self, event: Component, session: RawSession) -> None:
        """Take the people that our own feeds name, and their names off the beginning of the description."""
        for stated in event.properties.get(PERSON, []):
            guid, role = stated.parameters.get("X-GUID", ""), stated.parameters.get("X-ROLE", "")
            session.people.append(RawPerson(name=stated.text, guid=guid, role=role))
        names = NAMES_BETWEEN.join(dict.fromkeys(person.name for person in session.people))
        description = session.texts["description", ""]
        if names and (description == names or description.startswith(f"{names}\n\n")):
            session.texts["description", ""] = description[len(names) :].lstrip("\n")

    def _read_categories(self, event: Component, session: RawSession) -> None:
        """Take the last category that means a kind as the kind and the first other one as the track.

        Our own feeds name the kind beside it, and write it as the last category in the reader's language.
        """
        words = [
            Property(part, {}, 0).text.strip()
            for category in event.properties.get("CATEGORIES", [])
            for part in _LISTED.findall(category.value)
        ]
        own = exact_kind(event.text(KIND))
        if own:
            session.kind = own.value
            words = words[:-1]
        for word in [] if own else reversed(words):
            if exact_kind(word) or kind_named(word) is not SessionKind.LECTURE:
                session.kind = word
                words.remove(word)
                break
        session.track = next((word for word in words if word), "")
        if not event.properties.get("CATEGORIES"):
            session.silent |= {"track", "kind"} if not own else {"track"}

    def _read_time(self, event: Component, start: Property | None, session: RawSession) -> None:
        title = session.title
        if start is None:
            self._findings.add("bad_date", event.line, value="", title=title)
            return
        session.start = self._moment(start, title)
        end = event.first("DTEND")
        duration = event.first("DURATION")
        length: dt.timedelta | None = None
        if end is not None:
            moment = self._moment(end, title)
            if moment and session.start:
                length = self._clock.plausible(moment - session.start, title, end.line)
        elif duration is not None:
            try:
                stated = vDuration.from_ical(duration.value.strip())  # type: ignore[no-untyped-call]
                length = self._clock.plausible(stated, title, duration.line)
            except (ValueError, OverflowError):
                self._findings.add("bad_duration", duration.line, value=duration.value, title=title)
        else:
            shown = zones.format_duration(USUAL)
            self._findings.add("end_missing", event.line, title=title, length=shown)
            length = USUAL
        if session.start and length:
            session.end = session.start + length

    def _moment(self, stated: Property, title: str) -> dt.datetime | None:
        """Return the UTC instant of a DTSTART or DTEND."""
        match = _MOMENT.fullmatch(stated.value.strip())
        try:
            moment = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}") if match else None
        except ValueError:
            moment = None
        if match is None or moment is None or not 1970 <= moment.year < 2200:
            self._findings.add("bad_date", stated.line, value=stated.value, title=title)
            return None
        if match[3]:
            return moment.replace(tzinfo=dt.UTC)
        name = stated.parameters.get("TZID")
        if name is None:
            shown = moment.strftime("%Y-%m-%d %H:%M")
            self._findings.add(
                "offset_missing", stated.line, title=title, value=shown, zone=self._clock.zone.key
            )
            return self._clock.from_local(moment, title, stated.line)
        clock = Clock(self._zone(name, stated.line), self._findings)
        return clock.from_local(moment, title, stated.line, fold=0)  # RFC 5545, 3.3.5: the first


def _meant(name: str) -> str:
    """Return the IANA name of a zone named so, by Windows, or as ``/vendor/2019_1/Europe/Berlin``."""
    parts = name.strip("/").split("/")
    for candidate in (
        name,
        WINDOWS_TO_OLSON.get(name, ""),
        *("/".join(parts[at:]) for at in range(len(parts))),
    ):
        try:
            return zones.zone(candidate).key
        except zones.UnknownZone:
            continue
    return name
