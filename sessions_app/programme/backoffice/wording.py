"""Clashes and changes said in the reader's words, with links to the sessions they name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.template.defaultfilters import date as date_in_words
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.programme.pages.changes import FIELD_NAMES
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.clashes import Clash, ClashKind
from sessions_app.programme.schedule.diff import Changes, Entry, Place
from sessions_app.programme.schedule.model import Localised, text_in

KIND_NAMES = {
    ClashKind.ROOM_DOUBLE_BOOKED: gettext_lazy("Room taken twice"),
    ClashKind.PERSON_DOUBLE_BOOKED: gettext_lazy("Person in two places"),
    ClashKind.OUTSIDE_DAY: gettext_lazy("Outside the event's days"),
    ClashKind.OVER_CAPACITY: gettext_lazy("More sign-ups than seats"),
    ClashKind.SEATS_OVER_CAPACITY: gettext_lazy("More seats than the room has"),
}


@dataclass(frozen=True, slots=True)
class Linked:
    """A session's title and the address of its form, empty where it has none any more."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ClashLine:
    """One clash in words: what, about which sessions, and the sentence."""

    kind: str
    blocking: bool
    session: Linked
    other: Linked | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change in words."""

    session: Linked
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangesInWords:
    """What changed, list by list."""

    added: list[ChangeLine]
    removed: list[ChangeLine]
    moved: list[ChangeLine]
    changed: list[ChangeLine]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.removed or self.moved or self.changed)


class Wording:
    """Says things about one event in the reader's language and the event's time."""

    def __init__(self, event: Event, known: Iterable[Session] = ()) -> None:
        """Begin with the sessions that the page has read already."""
        self.event = event
        self.language = get_language() or event.main_language
        self._known: Mapping[uuid.UUID, int] = {session.guid: session.pk for session in known}
        self._read_all = False

    def text(self, texts: Localised) -> str:
        """Return the text in the reader's language, else in the event's main one."""
        return text_in(texts, self.language[:2], *self.event.languages)[0]

    def linked(self, guid: uuid.UUID, title: Localised, code: str) -> Linked:
        """Return the session's title with its form's address; costs at most one query for all of them."""
        if guid not in self._known and not self._read_all:
            self._known = dict(Session.objects.filter(event=self.event).values_list("guid", "pk"))
            self._read_all = True
        key = self._known.get(guid)
        return Linked(self.text(title) or code, reverse("sessions:edit", args=(key,)) if key else "")

    def clock(self, instant: dt.datetime) -> str:
        """Return the local time."""
        return f"{zones.local(instant, self.event.zone):%H:%M}"

    def day(self, instant: dt.datetime) -> str:
        """Return the local date in words."""
        return date_in_words(zones.local(instant, self.event.zone), "j E")

    def span(self, start: dt.datetime, end: dt.datetime) -> str:
        """Return date and times, such as "31 October, 10:00–11:00"."""
        return f"{self.day(start)}, {self.clock(start)}–{self.clock(end)}"

    def clashes(self, clashes: Iterable[Clash]) -> list[ClashLine]:
        """Return the clashes in words."""
        return [self._clash(clash) for clash in clashes]

    def clashes_of(self, session: Session, clashes: Iterable[Clash]) -> list[ClashLine]:
        """Return the clashes of one session, each told from its side."""
        lines = []
        for clash in clashes:
            if clash.session.guid == session.guid:
                lines.append(self._clash(clash))
            elif clash.other is not None and clash.other.guid == session.guid:
                lines.append(self._clash(clash, turned=True))
        return lines

    def _clash(self, clash: Clash, *, turned: bool = False) -> ClashLine:
        one, other = (clash.other, clash.session) if turned and clash.other else (clash.session, clash.other)
        named = self.linked(other.guid, other.title, other.code) if other else None
        return ClashLine(
            kind=str(KIND_NAMES[clash.kind]),
            blocking=clash.blocking,
            session=self.linked(one.guid, one.title, one.code),
            other=named,
            sentence=self._sentence(clash),
        )

    def _sentence(self, clash: Clash) -> str:
        values = {
            "room": self.text(clash.room.name) if clash.room else "",
            "person": clash.person.name if clash.person else "",
            "when": self.span(clash.start, clash.end) if clash.start and clash.end else "",
            "wanted": clash.wanted,
            "available": clash.available,
        }
        if clash.kind is ClashKind.ROOM_DOUBLE_BOOKED:
            return _("%(room)s is taken twice: %(when)s.") % values
        if clash.kind is ClashKind.PERSON_DOUBLE_BOOKED:
            return _("%(person)s is in two places: %(when)s.") % values
        if clash.kind is ClashKind.OVER_CAPACITY:
            return _("%(wanted)s people signed up; there are seats for %(available)s.") % values
        if clash.kind is ClashKind.SEATS_OVER_CAPACITY:
            return _("%(wanted)s seats are promised, %(room)s has %(available)s.") % values
        start, end = clash.session.start, clash.session.end
        when = self.span(start, end) if start and end else ""
        return _("It is held outside the event's days: %(when)s.") % {"when": when}

    def changes(self, changes: Changes) -> ChangesInWords:
        """Return the changes in words."""
        return ChangesInWords(
            added=[self._entry(entry) for entry in changes.added],
            removed=[self._entry(entry) for entry in changes.removed],
            moved=[
                ChangeLine(
                    self._link(move.session),
                    f"{self._place(move.before)} → {self._place(move.session.place)}",
                )
                for move in changes.moved
            ],
            changed=[
                ChangeLine(
                    self._link(change.session),
                    ", ".join(str(FIELD_NAMES.get(name, name)) for name in change.fields),
                )
                for change in changes.changed
            ],
        )

    def _entry(self, entry: Entry) -> ChangeLine:
        return ChangeLine(self._link(entry), self._place(entry.place))

    def _link(self, entry: Entry) -> Linked:
        return self.linked(entry.guid, entry.title, entry.code)

    def _place(self, place: Place) -> str:
        room = self.text(place.room_name)
        when = self.span(place.start, place.end)
        return f"{when}, {room}" if room else when
