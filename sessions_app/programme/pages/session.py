"""The page of one session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.web.words import language_name
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.pages.rows import PersonRow, Tag, kind_name, person_row, tags_of
from sessions_app.programme.schedule import texts
from sessions_app.programme.schedule.model import Credit, Localised, Room, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class RichText:
    """A text as HTML that is safe to show, and its language when it is not the reader's."""

    html: SafeString
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The session before or after in the same room or track."""

    direction: str
    place: Words
    title: Words
    url: str
    start: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Something to read or download that belongs to the session."""

    title: str
    url: str
    is_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation by name and page."""

    name: Words
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """What the page of a session shows; a cancelled one has neither people nor materials."""

    code: str
    title: Words
    subtitle: Words
    kind: str
    track: Words
    hue: int | None
    date: dt.date
    day_url: str
    start: dt.datetime
    end: dt.datetime
    zone: str
    room: Words
    room_notes: tuple[str, ...]
    room_place: Words
    language: str
    tags: tuple[Tag, ...]
    recorded: bool
    recording: str  # the code of the one that is out
    licence: str
    seats: int | None
    host: Organisation | None
    abstract: RichText | None
    description: RichText | None
    people: tuple[PersonRow, ...]
    materials: tuple[Material, ...]
    stream_url: str
    neighbours: tuple[Neighbour, ...]
    star_url: str
    only_language: str  # of the whole page where nothing is in the reader's language
    cancelled: bool = False

    @property
    def spans_midnight(self) -> bool:
        """Whether the end needs its own date."""
        return self.end - self.start >= dt.timedelta(days=1)


def session_page(reader: Reader, code: str) -> SessionPage | None:
    """Return the page of a planned or cancelled session, or None when no release knows it."""
    session = reader.by_code.get(code)
    cancelled = session is None
    session = session or reader.removed_by_code.get(code)
    if session is None or session.start is None or session.end is None:
        return None
    title, track = reader.words(session.title), reader.tracks.get(session.track or "")
    room = reader.rooms.get(session.room or "")
    abstract, description = rich(session.abstract, reader), rich(session.description, reader)
    date = reader.date_of(session)
    return SessionPage(
        code=code,
        title=title if title else Words(code),
        subtitle=reader.words(session.subtitle),
        kind=kind_name(session.kind),
        track=reader.words(track.name) if track else NOTHING,
        hue=track.hue if track else None,
        date=date,
        day_url=reader.addresses.named("programme_day", date),
        start=session.start,
        end=session.end,
        zone=reader.schedule.zone,
        room=reader.words(room.name) if room else NOTHING,
        room_notes=_room_notes(room),
        room_place=reader.words(room.place) if room else NOTHING,
        language=language_name(session.language) if session.language else "",
        tags=tags_of(session, reader, cancelled=cancelled),
        recorded=session.recorded,
        recording="" if cancelled else reader.recordings.get(code, ""),
        licence=session.licence,
        seats=session.seats,
        host=_host(session, reader),
        abstract=abstract,
        description=description,
        people=() if cancelled else people_of(session, reader),
        materials=() if cancelled else tuple(_materials(session, reader)),
        stream_url="" if cancelled else texts.safe_address(session.stream_url),
        neighbours=() if cancelled else tuple(_neighbours(session, reader)),
        star_url=reader.addresses.of("programme_star", code),
        only_language=_only_language(title, abstract or description),
        cancelled=cancelled,
    )


def rich(text: Localised, reader: Reader) -> RichText | None:
    """Return a text of several languages as HTML in the reader's, else in another one."""
    words = reader.words(text)
    if not words:
        return None
    return RichText(html=mark_safe(texts.render(words.text)), lang=words.lang)  # noqa: S308  cleaned by render


def people_of(session: Session, reader: Reader) -> tuple[PersonRow, ...]:
    """Return the session's people in the order of print, each once with all her roles."""
    parts: dict[str, list[Credit]] = {}
    for credit in session.credits:
        parts.setdefault(credit.person, []).append(credit)
    return tuple(
        person_row(reader.people[key], reader, credits)
        for key, credits in parts.items()
        if key in reader.people
    )


def _only_language(title: Words, text: RichText | None) -> str:
    """Return the language of a session whose title and text are both missing in the reader's."""
    if title.lang and (text is None or text.lang):
        return title.lang
    return text.lang if text else ""


def _host(session: Session, reader: Reader) -> Organisation | None:
    host = reader.organisations.get(session.host or "")
    if host is None:
        return None
    url = reader.addresses.of("programme_organisation", host.key)
    return Organisation(name=reader.words(host.name), url=url)


def _room_notes(room: Room | None) -> tuple[str, ...]:
    if room is None:
        return ()
    notes = []
    if room.capacity:
        notes.append(
            ngettext("%(count)s seat in the room", "%(count)s seats in the room", room.capacity)
            % {"count": room.capacity}
        )
    if room.step_free is not None:
        notes.append(_("step-free access") if room.step_free else _("no step-free access"))
    return tuple(notes)


def _materials(session: Session, reader: Reader) -> Iterable[Material]:
    for link in session.links:
        url = texts.safe_address(link.url)
        if url:
            yield Material(title=link.title or url, url=reader.local_file(url), is_file=link.is_file)


def _neighbours(session: Session, reader: Reader) -> Iterable[Neighbour]:
    """Return what is before and after in the room, then in the track, on the same day."""
    held = reader.by_day.get(reader.date_of(session), ())
    room, track = reader.rooms.get(session.room or ""), reader.tracks.get(session.track or "")
    told = {session.code}
    for key, place in (("room", room), ("track", track)):
        if place is None:
            continue
        line = [other for other in held if getattr(other, key) == getattr(session, key)]
        index = line.index(session)
        around = ((_("Before"), line[index - 1] if index else None), (_("Next"), (*line, None)[index + 1]))
        for direction, other in around:
            if other is None or other.start is None or other.code in told:
                continue
            told.add(other.code)
            yield Neighbour(
                direction=direction,
                place=reader.words(place.name),
                title=reader.words(other.title) or Words(other.code),
                url=reader.addresses.of("programme_session", other.code),
                start=other.start,
            )
