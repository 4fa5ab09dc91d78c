"""Writes ``schedule.xml``, valid by the voc schema."""

from __future__ import annotations

import datetime as dt
import re

from lxml import etree

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.formats.colours import colour_of
from sessions_app.programme.schedule.formats.outgoing import GENERATOR, TIMESLOT, Outgoing, RoomOfDay, UrlFor
from sessions_app.programme.schedule.model import Schedule, Session

_TRACK_SLUG = re.compile(r"[a-z][a-z0-9-]+")
_CODE = re.compile(r"[0-9A-Z]{6}")
_PERSON_NUMBERS = 2**31


def write_xml(schedule: Schedule, *, language: str | None = None, url_for: UrlFor | None = None) -> bytes:
    """Return the planned sessions as ``schedule.xml``; ``url_for`` gives the page of a session."""
    out = Outgoing(schedule, language, url_for)
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name=GENERATOR)
    _sub(root, "version", schedule.version)
    _write_conference(root, out)
    for index, (day, rooms) in enumerate(out.by_day(), start=1):
        element = etree.SubElement(
            root,
            "day",
            index=str(index),
            date=day.date.isoformat(),
            start=_iso(day.start, out),
            end=_iso(day.end, out),
        )
        for room in rooms:
            _write_room(element, room, out)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_conference(root: etree._Element, out: Outgoing) -> None:
    schedule, days = out.schedule, out.days()
    conference = etree.SubElement(root, "conference")
    _sub(conference, "acronym", out.acronym("a-z0-9_-"))
    _sub(conference, "title", texts.one_line(out.title()))
    _sub(conference, "start", days[0].date.isoformat())
    _sub(conference, "end", days[-1].date.isoformat())
    _sub(conference, "days", str(len(days)))
    _sub(conference, "timeslot_duration", TIMESLOT)
    url = texts.safe_address(schedule.url)
    if url:
        _sub(conference, "url", url)
    _sub(conference, "time_zone_name", schedule.zone)
    for track in schedule.tracks:
        element = etree.SubElement(
            conference, "track", name=out.tracks[track.key], color=colour_of(track.hue)
        )
        if _TRACK_SLUG.fullmatch(track.key):
            element.set("slug", track.key)


def _write_room(day: etree._Element, room: RoomOfDay, out: Outgoing) -> None:
    element = etree.SubElement(day, "room", name=room.name)
    if room.guid:
        element.set("guid", str(room.guid))
    for session in room.sessions:
        _write_event(element, session, room, out)


def _write_event(parent: etree._Element, session: Session, room: RoomOfDay, out: Outgoing) -> None:
    if session.start is None or session.end is None:
        return
    event = etree.SubElement(parent, "event", guid=str(session.guid), id=str(session.number))
    if _CODE.fullmatch(session.code):
        event.set("code", session.code)
    start = session.start.astimezone(out.zone)
    _sub(event, "room", room.name)
    _sub(event, "title", texts.one_line(out.text(session.title)))
    _sub(event, "subtitle", texts.one_line(out.text(session.subtitle)))
    _sub(event, "type", session.kind.value)
    _sub(event, "date", start.isoformat(timespec="seconds"))
    _sub(event, "start", start.strftime("%H:%M"))
    _sub(event, "duration", zones.format_duration(session.end - session.start))
    _sub(event, "abstract", out.text(session.abstract))
    _sub(event, "slug", out.slug(session))
    _sub(event, "track", out.track(session))
    _write_persons(event, session, out)
    _sub(event, "language", session.language)
    _sub(event, "description", out.text(session.description))
    recording = etree.SubElement(event, "recording")
    _sub(recording, "license", session.licence)
    _sub(recording, "optout", "false" if session.recorded else "true")
    _write_links(event, session)
    url = out.url(session)
    if url:
        _sub(event, "url", url)


def _write_persons(event: etree._Element, session: Session, out: Outgoing) -> None:
    persons = etree.SubElement(event, "persons")
    for key in dict.fromkeys(credit.person for credit in session.credits):
        person = out.people.get(key)
        if person:
            guid = out.guid_of("person", key)
            element = _sub(persons, "person", texts.one_line(person.name))
            element.set("guid", str(guid))
            element.set("id", str(guid.int % _PERSON_NUMBERS))


def _write_links(event: etree._Element, session: Session) -> None:
    links = etree.SubElement(event, "links")
    attachments = etree.SubElement(event, "attachments")
    stream = texts.safe_address(session.stream_url)
    if stream:
        etree.SubElement(links, "link", href=stream, type="stream")
    for link in session.links:
        href = texts.safe_address(link.url, mail=True)
        if href:
            parent, tag = (attachments, "attachment") if link.is_file else (links, "link")
            _sub(parent, tag, texts.one_line(link.title)).set("href", href)


def _sub(parent: etree._Element, tag: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, tag)
    element.text = texts.without_control(text)
    return element


def _iso(moment: dt.datetime, out: Outgoing) -> str:
    return moment.astimezone(out.zone).isoformat(timespec="seconds")
