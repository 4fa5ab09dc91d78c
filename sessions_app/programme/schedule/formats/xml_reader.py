"""Reads frab/Pentabarf ``schedule.xml``."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import cast
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from lxml import etree

from sessions_app.programme.schedule.formats.assembly import Context, assemble
from sessions_app.programme.schedule.formats.clock import Clock, checked_zone, fixed_zone, parsed
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.file_days import ListedDay, mended_day
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.raw import (
    RawLink,
    RawPerson,
    RawRoom,
    RawSchedule,
    RawSession,
    RawTrack,
)

KNOWN = frozenset(
    [
        "room",
        "title",
        "subtitle",
        "type",
        "date",
        "start",
        "duration",
        "abstract",
        "slug",
        "track",
        "logo",
        "persons",
        "language",
        "description",
        "recording",
        "links",
        "attachments",
        "video_download_url",
        "url",
        "feedback_url",
        "origin_url",
    ]
)
REQUIRED = ("room", "type", "start", "abstract", "track")
ADDRESSES = ("url", "feedback_url", "origin_url", "video_download_url")
UNSAID = (
    "kind",
    "track",
    "language",
    "subtitle",
    "abstract",
    "description",
)  # where their element is missing
NIGHT_ENDS = dt.time(4)

_SLUG = re.compile(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}")
_PROLOG = re.compile(rb"<[A-Za-z_]")


def read_xml(data: bytes, context: Context) -> Reading:
    """Return the reading of a ``schedule.xml``; raise ``Refused`` after naming why it cannot be read."""
    findings = Findings()
    try:
        root = _root(data, findings)
        raw = _Reader(root, context, findings).read()
        return assemble(raw, "xml", context, findings)
    except Refused:
        return Reading(format="xml", schedule=None, deviations=findings.sorted())


def _root(data: bytes, findings: Findings) -> etree._Element:
    start = _PROLOG.search(data)
    doctype = data.find(b"<!DOCTYPE", 0, start.start() if start else len(data))
    if doctype >= 0:
        findings.add("doctype", data.count(b"\n", 0, doctype) + 1)
        raise Refused
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        _name_syntax(error, findings)
        raise Refused from error
    if root.getroottree().docinfo.internalDTD is not None:
        findings.add("doctype", 1)
        raise Refused
    if root.tag != "schedule":
        findings.add("not_a_schedule", _line(root), reason=f"<{root.tag}>")
        raise Refused
    return root


def _name_syntax(error: Exception, findings: Findings) -> None:
    line = getattr(error, "lineno", None) or 0
    reason = getattr(error, "msg", None) or str(error)
    if "encoding" in reason.lower() or "utf-8" in reason.lower():
        findings.add("encoding", line, encoding="XML")
    else:
        findings.add("not_well_formed", line, reason=reason)


class _Reader:
    """Walks one parsed file."""

    def __init__(self, root: etree._Element, context: Context, findings: Findings) -> None:
        self._root = root
        self._findings = findings
        self._unknown: Counter[str] = Counter()
        self._unknown_lines: dict[str, int] = {}
        conference = root.find("conference")
        self._conference = conference if conference is not None else etree.Element("conference")
        self._base = _text(self._conference, "base_url").strip()
        self._clock = Clock(self._zone(context), findings)

    def read(self) -> RawSchedule:
        """Return what the file holds."""
        conference = self._conference
        raw = RawSchedule(
            zone=self._clock.zone.key,
            line=_line(conference),
            title=_text(conference, "title"),
            acronym=_text(conference, "acronym").strip(),
            version=_text(self._root, "version"),
            url=(_text(conference, "url") or self._base).strip(),
            expects=frozenset({"guid", "id"}),
        )
        if self._root.find("version") is None:
            self._findings.add("version_missing", _line(self._root))
        for track in conference.iterfind("track"):
            name = track.get("name") or _inner(track)
            raw.tracks.append(RawTrack(name=name, slug=track.get("slug", ""), colour=track.get("color", "")))
        for position, day in enumerate(self._root.iterfind("day"), start=1):
            self._read_day(day, position, raw)
        for name, count in self._unknown.items():
            self._findings.add("unknown_field", self._unknown_lines[name], field=name, count=count)
        return raw

    def _zone(self, context: Context) -> ZoneInfo:
        """Return the zone that the file names, else the caller's, else what the first offset tells."""
        named = self._conference.find("time_zone_name")
        if named is not None and (named.text or "").strip():
            return checked_zone(named.text or "", self._findings, _line(named))
        dates = (parsed(date.text or "") for date in self._root.iter("date"))
        offset = next((moment.utcoffset() for moment in dates if moment and moment.tzinfo), None)
        name = context.zone or fixed_zone(offset)
        self._findings.add("zone_missing", _line(self._conference), zone=name)
        return checked_zone(name, self._findings)

    def _read_day(self, day: etree._Element, position: int, raw: RawSchedule) -> None:
        sessions = []
        for event in day.iter("event"):
            parent = event.getparent()
            room = parent.get("name", "") if parent is not None and parent.tag == "room" else None
            sessions.append(self._session(event, room, day))
        for room_element in day.iterfind("room"):
            raw.rooms.append(
                RawRoom(
                    name=room_element.get("name", ""),
                    guid=room_element.get("guid", ""),
                    line=_line(room_element),
                )
            )
        listed = ListedDay(
            index=day.get("index", str(position)),
            date=day.get("date", ""),
            start=day.get("start", ""),
            end=day.get("end", ""),
            spans=tuple((item.start, item.end) for item in sessions if item.start and item.end),
            line=_line(day),
        )
        mended = mended_day(listed, self._clock, self._findings)
        if mended:
            raw.days.append(mended)
        raw.sessions.extend(sessions)

    def _session(self, event: etree._Element, room: str | None, day: etree._Element) -> RawSession:
        line = _line(event)
        session = RawSession(line=line, guid=event.get("guid", ""), id=event.get("id", ""))
        session.code = event.get("code", "")
        for name in ("title", "subtitle", "abstract", "description"):
            session.texts[name, ""] = _text(event, name)
        session.kind = _text(event, "type")
        session.language = _text(event, "language")
        session.track = _text(event, "track")
        session.url = _text(event, "url")
        session.room = self._room(event, room, session)
        session.people = [
            RawPerson(name=_inner(person), id=person.get("id", ""), guid=person.get("guid", ""))
            for person in event.iterfind("persons/person")
        ]
        session.silent = {name for name in UNSAID if event.find("type" if name == "kind" else name) is None}
        self._read_links(event, session)
        self._read_recording(event, session)
        self._read_time(event, day, session)
        self._name_form(event, session)
        return session

    def _room(self, event: etree._Element, room: str | None, session: RawSession) -> str:
        stated = _text(event, "room").strip()
        if room is None or not room.strip():
            return stated
        if stated and " ".join(stated.split()) != " ".join(room.split()):
            self._findings.add("room_differs", session.line, title=session.title, room=room, value=stated)
        return room

    def _read_links(self, event: etree._Element, session: RawSession) -> None:
        for path, is_file in (("links/link", False), ("attachments/attachment", True)):
            for link in event.iterfind(path):
                title = _inner(link)
                address = (link.get("href") or title).strip()
                if link.get("type") == "stream":
                    session.stream_url = address
                elif address:
                    url = resolved(address, self._base)
                    session.links.append(RawLink(url=url, title=title, is_file=is_file))

    def _read_recording(self, event: etree._Element, session: RawSession) -> None:
        recording = event.find("recording")
        if recording is None:
            session.silent |= {"recorded", "licence"}
            return
        session.recorded = _text(recording, "optout").strip().lower() in ("false", "0")
        session.licence = _text(recording, "license")
        for name in ("license", "optout"):
            if recording.find(name) is None:
                self._findings.add(
                    "element_missing",
                    _line(recording) or session.line,
                    field=f"recording/{name}",
                    title=session.title,
                )

    def _read_time(self, event: etree._Element, day: etree._Element, session: RawSession) -> None:
        date, start = _text(event, "date").strip(), _text(event, "start").strip()
        if not date:
            self._findings.add("element_missing", session.line, field="date", title=session.title)
            date = _date_of(day, start)
        session.start = self._clock.start(date, start, session.title, session.line)
        length = self._clock.length(_text(event, "duration"), session.title, session.line)
        if session.start and length:
            session.end = session.start + length

    def _name_form(self, event: etree._Element, session: RawSession) -> None:
        """Name what the schema does not allow and does no harm."""
        for name in REQUIRED:
            if event.find(name) is None:
                self._findings.add("element_missing", session.line, field=name, title=session.title)
        for child in event:
            line = _line(child) or session.line
            if child.tag not in KNOWN:
                self._unknown[str(child.tag)] += 1
                self._unknown_lines.setdefault(str(child.tag), line)
            elif child.tag in ADDRESSES and not (child.text or "").strip():
                self._findings.add("element_empty", line, field=child.tag, title=session.title)
            elif child.tag == "slug" and not _SLUG.fullmatch((child.text or "").strip()):
                self._findings.add("slug_mended", line, value=(child.text or "").strip())


def resolved(address: str, base: str) -> str:
    """Return an address made absolute by the file's base address, if that is a web address."""
    if not base.startswith(("http://", "https://")) or ":" in address.split("/", 1)[0]:
        return address
    try:
        return urljoin(base if base.endswith("/") else f"{base}/", address)
    except ValueError:
        return address


def _date_of(day: etree._Element, start: str) -> str:
    """Return the date of a session that states only its clock time; the small hours are the next date's."""
    moment = parsed(day.get("date", "") or day.get("start", ""))
    if moment is None:
        return ""
    opens = parsed(day.get("start", ""))
    night_ends = opens.time() if opens and day.get("date") else NIGHT_ENDS
    clock = parsed(f"{moment.date()}T{start.zfill(5)}")
    if clock is not None and clock.time() < min(night_ends, dt.time(6)):
        moment += dt.timedelta(days=1)
    return moment.date().isoformat()


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 0


def _inner(element: etree._Element) -> str:
    """Return the text of an element; markup within it is kept as text."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    parts += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def _text(parent: etree._Element, tag: str) -> str:
    child = parent.find(tag)
    return _inner(child) if child is not None else ""
