"""A schedule as JSON and back: the frozen snapshot of a release.

``from_plain(to_plain(schedule)) == schedule``. Values equal to the field's default are
left out, keys come in a fixed order, so equal schedules give equal JSON.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sessions_app.programme.schedule.model import (
    Credit,
    Day,
    Link,
    Localised,
    Organisation,
    Person,
    Role,
    Room,
    Schedule,
    Session,
    SessionKind,
    Track,
)

FORMAT = 1

Plain = dict[str, Any]

_KINDS = {kind.value: kind for kind in SessionKind}
_ROLES = {role.value: role for role in Role}


class UnknownFormat(ValueError):
    """The stored data was written in a form that this version cannot read."""


def to_plain(schedule: Schedule) -> Plain:
    """Return the schedule as JSON-serialisable data with keys in a fixed order."""
    plain: Plain = {"format": FORMAT, "slug": schedule.slug, "title": dict(schedule.title)}
    plain["zone"] = schedule.zone
    plain["languages"] = list(schedule.languages)
    lists: dict[str, Iterable[Plain]] = {
        "days": map(_plain_day, schedule.days),
        "rooms": map(_plain_room, schedule.rooms),
        "tracks": map(_plain_track, schedule.tracks),
        "organisations": map(_plain_organisation, schedule.organisations),
        "people": map(_plain_person, schedule.people),
        "sessions": map(session_to_plain, schedule.sessions),
        "removed": map(session_to_plain, schedule.removed),
    }
    for key, items in lists.items():
        plain[key] = list(items)
    _put_texts(plain, venue=schedule.venue, venue_address=schedule.venue_address, note=schedule.note)
    _put(plain, organisers=list(schedule.organisers), url=schedule.url, version=schedule.version)
    _put(plain, released_at=_instant(schedule.released_at))
    return plain


def from_plain(plain: Mapping[str, Any]) -> Schedule:
    """Return the schedule that ``to_plain`` wrote; raise ``UnknownFormat`` for another form."""
    if plain.get("format") != FORMAT:
        raise UnknownFormat(f"format {plain.get('format')!r}")
    get = plain.get
    return Schedule(
        slug=plain["slug"],
        title=plain["title"],
        zone=plain["zone"],
        languages=tuple(plain["languages"]),
        days=tuple(map(_day, plain["days"])),
        rooms=tuple(map(_room, plain["rooms"])),
        tracks=tuple(map(_track, plain["tracks"])),
        organisations=tuple(map(_organisation, plain["organisations"])),
        people=tuple(map(_person, plain["people"])),
        sessions=tuple(map(session_from_plain, plain["sessions"])),
        removed=tuple(map(session_from_plain, plain["removed"])),
        venue=get("venue") or {},
        venue_address=get("venue_address") or {},
        organisers=tuple(get("organisers", ())),
        url=get("url", ""),
        version=get("version", ""),
        released_at=_parsed(get("released_at")),
        note=_note(plain),
    )


def _note(plain: Plain | Mapping[str, Any]) -> Localised:
    """Return the note by language; the first snapshots hold one text, in the event's main language."""
    note = plain.get("note") or {}
    return {plain["languages"][0]: note} if isinstance(note, str) else note


def session_to_plain(session: Session) -> Plain:
    """Return one session as JSON-serialisable data."""
    plain: Plain = {
        "guid": str(session.guid),
        "code": session.code,
        "number": session.number,
        "title": dict(session.title),
        "kind": session.kind.value,
    }
    _put_texts(plain, subtitle=session.subtitle, abstract=session.abstract, description=session.description)
    _put(plain, language=session.language, track=session.track, room=session.room)
    _put(plain, start=_instant(session.start), end=_instant(session.end), host=session.host)
    _put(plain, recorded=session.recorded, licence=session.licence)
    if session.seats is not None:
        plain["seats"] = session.seats
    _put(plain, stream_url=session.stream_url, url=session.url)
    _put(plain, credits=[_plain_credit(credit) for credit in session.credits])
    _put(plain, links=[_plain_link(link) for link in session.links])
    _put(plain, sequence=session.sequence, changed_at=_instant(session.changed_at))
    return plain


def session_from_plain(plain: Mapping[str, Any]) -> Session:
    """Return the session that ``session_to_plain`` wrote."""
    get = plain.get
    return Session(
        guid=uuid.UUID(plain["guid"]),
        code=plain["code"],
        number=plain["number"],
        title=plain["title"],
        kind=_KINDS[plain["kind"]],
        subtitle=get("subtitle") or {},
        abstract=get("abstract") or {},
        description=get("description") or {},
        language=get("language", ""),
        track=get("track"),
        room=get("room"),
        start=_parsed(get("start")),
        end=_parsed(get("end")),
        host=get("host"),
        recorded=get("recorded", False),
        licence=get("licence", ""),
        seats=get("seats"),
        stream_url=get("stream_url", ""),
        url=get("url", ""),
        credits=tuple(map(_credit, get("credits", ()))),
        links=tuple(map(_link, get("links", ()))),
        sequence=get("sequence", 0),
        changed_at=_parsed(get("changed_at")),
    )


def _put(plain: Plain, **values: Any) -> None:
    for key, value in values.items():
        if value:
            plain[key] = value


def _put_texts(plain: Plain, **texts: Localised) -> None:
    for key, text in texts.items():
        if text:
            plain[key] = dict(text)


def _instant(value: dt.datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _parsed(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value is not None else None


def _plain_day(day: Day) -> Plain:
    plain: Plain = {
        "date": day.date.isoformat(),
        "start": day.start.isoformat(),
        "end": day.end.isoformat(),
    }
    _put_texts(plain, title=day.title)
    return plain


def _day(plain: Plain) -> Day:
    return Day(
        date=dt.date.fromisoformat(plain["date"]),
        start=dt.datetime.fromisoformat(plain["start"]),
        end=dt.datetime.fromisoformat(plain["end"]),
        title=plain.get("title") or {},
    )


def _plain_room(room: Room) -> Plain:
    plain: Plain = {"key": room.key, "name": dict(room.name)}
    if room.capacity is not None:
        plain["capacity"] = room.capacity
    if room.step_free is not None:
        plain["step_free"] = room.step_free
    _put_texts(plain, place=room.place)
    return plain


def _room(plain: Plain) -> Room:
    return Room(
        key=plain["key"],
        name=plain["name"],
        capacity=plain.get("capacity"),
        step_free=plain.get("step_free"),
        place=plain.get("place") or {},
    )


def _plain_track(track: Track) -> Plain:
    return {"key": track.key, "name": dict(track.name), "hue": track.hue}


def _track(plain: Plain) -> Track:
    return Track(key=plain["key"], name=plain["name"], hue=plain["hue"])


def _plain_organisation(organisation: Organisation) -> Plain:
    plain: Plain = {"key": organisation.key, "name": dict(organisation.name)}
    _put(plain, url=organisation.url)
    return plain


def _organisation(plain: Plain) -> Organisation:
    return Organisation(key=plain["key"], name=plain["name"], url=plain.get("url", ""))


def _plain_person(person: Person) -> Plain:
    plain: Plain = {"key": person.key, "name": person.name}
    _put(plain, latin=person.latin)
    _put_texts(plain, biography=person.biography)
    return plain


def _person(plain: Plain) -> Person:
    return Person(
        key=plain["key"],
        name=plain["name"],
        latin=plain.get("latin", ""),
        biography=plain.get("biography") or {},
    )


def _plain_credit(credit: Credit) -> Plain:
    plain: Plain = {"person": credit.person, "role": credit.role.value}
    _put_texts(plain, post=credit.post)
    _put(plain, organisation=credit.organisation)
    _put_texts(plain, organisation_name=credit.organisation_name)
    return plain


def _credit(plain: Plain) -> Credit:
    return Credit(
        person=plain["person"],
        role=_ROLES[plain["role"]],
        post=plain.get("post") or {},
        organisation=plain.get("organisation"),
        organisation_name=plain.get("organisation_name") or {},
    )


def _plain_link(link: Link) -> Plain:
    plain: Plain = {"title": link.title, "url": link.url}
    if link.is_file:
        plain["is_file"] = True
    return plain


def _link(plain: Plain) -> Link:
    return Link(title=plain["title"], url=plain["url"], is_file=plain.get("is_file", False))
