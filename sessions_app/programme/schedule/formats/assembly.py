"""From what a reader found to a sound schedule: texts cleaned, keys made, every mending named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from anyascii import anyascii

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.days import day_of, derive_days, whole_day
from sessions_app.programme.schedule.formats.cast import Cast
from sessions_app.programme.schedule.formats.cleaning import Cleaner
from sessions_app.programme.schedule.formats.colours import hue_of
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.identity import (
    Identified,
    derived_guid,
    identify,
    parsed_guid,
)
from sessions_app.programme.schedule.formats.kinds import kind_named
from sessions_app.programme.schedule.formats.messages import Findings
from sessions_app.programme.schedule.formats.raw import RawSchedule, RawSession
from sessions_app.programme.schedule.model import (
    Day,
    Link,
    Localised,
    Organisation,
    Room,
    Schedule,
    Session,
    Track,
)

HUES = 8
TITLED = ("xml", "json", "ics")  # formats with a place for the event's title

CleanText = Callable[[str, str, str], str]

_NOT_IN_SLUG = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the caller knows: the event's slug (None: take the file's), zone and main language.

    The zone is taken only where the file names none.
    """

    slug: str | None = None
    zone: str | None = None
    language: str = "en"


@dataclass(slots=True)
class _Places:
    """The rooms, tracks and organisations of a file by the name that sessions use."""

    slug: str
    language: str
    rooms: dict[str, Room] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)

    def room(self, name: str) -> str | None:
        """Return the key of a room, making the room where it is new; None for no name."""
        if name and name not in self.rooms:
            self.rooms[name] = Room(key=self.new_room_key(name), name={self.language: name})
        return self.rooms[name].key if name else None

    def new_room_key(self, name: str) -> str:
        """Return the key made from a room's name, another one where a room has that key already."""
        taken = {room.key for room in self.rooms.values()}
        key, attempt = str(derived_guid(self.slug, "room", name)), 0
        while key in taken:
            attempt += 1
            key = str(derived_guid(self.slug, "room", name, str(attempt)))
        return key

    def track(self, name: str, slug: str = "", colour: str = "") -> str | None:
        """Return the key of a track, making the track where it is new; None for no name."""
        if name and name not in self.tracks:
            taken = {track.key for track in self.tracks.values()}
            key = _free_key(slug_of(slug) or slug_of(name) or "track", taken)
            hue = hue_of(colour) or len(self.tracks) % HUES + 1
            self.tracks[name] = Track(key=key, name={self.language: name}, hue=hue)
        return self.tracks[name].key if name else None

    def organisation(self, name: str) -> str | None:
        """Return the key of an organisation, making it where it is new; None for no name."""
        if name and name not in self.organisations:
            taken = {item.key for item in self.organisations.values()}
            key = _free_key(slug_of(name) or "organisation", taken)
            self.organisations[name] = Organisation(key=key, name={self.language: name})
        return self.organisations[name].key if name else None


def assemble(raw: RawSchedule, format_name: str, context: Context, findings: Findings) -> Reading:
    """Return the reading of a file; its schedule is None when an error was found."""
    slug = _slug(raw, context, findings)
    language = raw.languages[0] if raw.languages else context.language
    clean = Cleaner(findings)
    places = _Places(slug, language)
    _read_rooms(raw, places, clean, findings)
    for track in raw.tracks:
        places.track(clean.name("track", track.name, track.name), track.slug, track.colour)
    identified = identify(raw.sessions, slug, findings, raw.expects)
    cast = Cast(slug, language, clean, findings)
    sessions = [_session(item, places, cast, clean) for item in identified]
    zone = zones.zone(raw.zone)
    days = _days(raw, identified, zone, findings)
    identities = tuple(tuple(item.names) for item in identified)
    silent = tuple(frozenset(item.raw.silent) for item in identified)
    if findings.refused:
        return Reading(format=format_name, schedule=None, deviations=findings.sorted())
    title = clean.title("title", raw.title, slug)
    if not title and not context.slug and format_name in TITLED:
        findings.add("event_title_missing", raw.line, title=slug)
    schedule = Schedule(
        slug=slug,
        title={language: title or slug},
        zone=raw.zone,
        languages=raw.languages or (language,),
        days=days,
        rooms=tuple(places.rooms.values()),
        tracks=tuple(places.tracks.values()),
        organisations=tuple(places.organisations.values()),
        people=tuple(cast.people.values()),
        sessions=tuple(sessions),
        venue=_localised(language, clean.name("venue", raw.venue, title)),
        url=texts.safe_address(raw.url),
        version=clean.name("version", raw.version, title),
    )
    return Reading(
        format=format_name,
        schedule=schedule,
        deviations=findings.sorted(),
        identities=identities,
        silent=silent,
    )


def slug_of(text: str) -> str:
    """Return the text in the letters of a slug, "" when none of it can be written so."""
    return _NOT_IN_SLUG.sub("-", anyascii(text).lower()).strip("-_")


def _slug(raw: RawSchedule, context: Context, findings: Findings) -> str:
    if context.slug:
        return context.slug
    stated = raw.slug or raw.acronym
    slug = slug_of(stated) or slug_of(raw.title)[:50].strip("-_") or "event"
    if raw.acronym and not raw.slug and slug != raw.acronym:
        findings.add("acronym_mended", raw.line, value=raw.acronym, slug=slug)
    return slug


def _free_key(key: str, taken: set[str]) -> str:
    free, number = key, 1
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    return free


def _localised(language: str, text: str) -> Localised:
    return {language: text} if text else {}


def _read_rooms(raw: RawSchedule, places: _Places, clean: Cleaner, findings: Findings) -> None:
    for room in raw.rooms:
        name = clean.words("room", room.name, room.name)
        if not name or name in places.rooms:
            continue
        guid = parsed_guid(room.guid) if room.guid.strip() else None
        taken = {known.key for known in places.rooms.values()}
        key = str(guid) if guid and str(guid) not in taken else places.new_room_key(name)
        if room.guid.strip() and key != str(guid):
            findings.add("room_guid_invalid", room.line, value=room.guid, room=name, guid=key)
        place = clean.text("place", room.place, name)
        places.rooms[name] = Room(
            key=key,
            name={places.language: name},
            capacity=room.capacity,
            place=_localised(places.language, place),
        )


def _session(item: Identified, places: _Places, cast: Cast, clean: Cleaner) -> Session:
    raw = item.raw
    clean.line = raw.line
    title = raw.title
    return Session(
        guid=item.guid,
        code=item.code,
        number=item.number,
        title=_titles(raw, places.language, clean),
        kind=kind_named(raw.kind),
        subtitle=_texts(raw, "subtitle", places.language, clean.title),
        abstract=_texts(raw, "abstract", places.language, clean.text),
        description=_texts(raw, "description", places.language, clean.text),
        language=clean.language(raw.language),
        track=places.track(clean.name("track", raw.track, title)),
        room=places.room(clean.words("room", raw.room, title)),
        start=raw.start,
        end=raw.end if raw.start else None,
        host=places.organisation(clean.name("host", raw.host, title)),
        recorded=raw.recorded,
        licence=clean.words("licence", raw.licence, title),
        seats=raw.seats,
        stream_url=clean.address(raw.stream_url, title),
        url=clean.address(raw.url, title),
        credits=cast.credits(raw),
        links=_links(raw, clean),
    )


def _titles(raw: RawSession, language: str, clean: Cleaner) -> Localised:
    titles = _texts(raw, "title", language, clean.title)
    return titles or {language: clean.untitled()}


def _texts(raw: RawSession, name: str, main: str, clean: CleanText) -> Localised:
    found = {
        language or main: clean(name, text, raw.title)
        for (field_name, language), text in raw.texts.items()
        if field_name == name
    }
    return {language: text for language, text in found.items() if text}


def _links(raw: RawSession, clean: Cleaner) -> tuple[Link, ...]:
    links: dict[Link, None] = {}
    for link in raw.links:
        url = clean.address(link.url, raw.title, mail=True)
        if url:
            links[Link(title=clean.name("link", link.title, raw.title), url=url, is_file=link.is_file)] = None
    return tuple(links)


def _days(
    raw: RawSchedule, identified: Sequence[Identified], tz: ZoneInfo, findings: Findings
) -> tuple[Day, ...]:
    planned = [(item.raw.start, item.raw.end) for item in identified]
    if not raw.days:
        return derive_days([(start, end) for start, end in planned if start and end], tz)
    days: dict[object, Day] = {}
    for day in sorted(raw.days, key=lambda day: day.start):
        known = days.get(day.date)
        if known:
            findings.add("day_repeated", date=day.date.isoformat())
        days[day.date] = Day(
            date=day.date,
            start=min(known.start, day.start) if known else day.start,
            end=max(known.end, day.end) if known else day.end,
        )
    for item in identified:
        start = item.raw.start
        if start and day_of(start, tuple(days.values()), tz) is None:
            added = whole_day(zones.local(start, tz).date(), tz)
            findings.add("day_unlisted", item.raw.line, title=item.raw.title, date=added.date.isoformat())
            days[added.date] = added
    return tuple(sorted(days.values(), key=lambda day: day.start))
