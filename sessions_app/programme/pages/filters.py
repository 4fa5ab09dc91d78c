"""Filters of a day: they live in the address, so that a choice can be kept and sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from network.web.words import language_name
from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.pages.rows import kind_name
from sessions_app.programme.schedule.model import Session, SessionKind

NAMES = ("track", "room", "kind", "language", "organisation")
LONGEST_VALUE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a filter."""

    value: str
    label: Words
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter with the values that occur on the day."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter in force and the address of the page without it."""

    label: str
    value: Words
    url: str


Chosen = Mapping[str, str]


def chosen_filters(query: Mapping[str, str], sessions: Sequence[Session], reader: Reader) -> dict[str, str]:
    """Return the filters of an address that mean something to this event; others are passed over."""
    known = {name: _values(name, reader, sessions) for name in NAMES}
    given = {name: str(query.get(name, ""))[:LONGEST_VALUE] for name in NAMES}
    return {name: value for name, value in given.items() if value in known[name]}


def matching(sessions: Iterable[Session], chosen: Chosen) -> tuple[Session, ...]:
    """Return the sessions that pass all filters."""
    return tuple(
        session
        for session in sessions
        if all(value in _of_session(session, name) for name, value in chosen.items())
    )


def filters_of(sessions: Sequence[Session], reader: Reader, chosen: Chosen) -> tuple[Filter, ...]:
    """Return the filters that divide these sessions, each with the values that occur among them."""
    labels = {
        "track": _("Track"),
        "room": _("Room"),
        "kind": _("Kind"),
        "language": _("Language"),
        "organisation": _("Organisation"),
    }
    found = []
    for name in NAMES:
        present = {value for session in sessions for value in _of_session(session, name)}
        divides = len(present) > 1 or (
            present and not all(_of_session(session, name) for session in sessions)
        )
        present |= {chosen[name]} if name in chosen else set()
        values = [
            (value, label) for value, label in _values(name, reader, sessions).items() if value in present
        ]
        if divides or name in chosen:
            choices = tuple(
                Choice(value=value, label=label, chosen=chosen.get(name) == value) for value, label in values
            )
            found.append(Filter(name=name, label=labels[name], choices=choices))
    return tuple(found)


def chips_of(filters: Iterable[Filter], chosen: Chosen, address: str) -> tuple[Chip, ...]:
    """Return the filters in force, each with the address that takes it away."""
    return tuple(
        Chip(
            label=item.label,
            value=choice.label,
            url=with_filters(address, {name: value for name, value in chosen.items() if name != item.name}),
        )
        for item in filters
        for choice in item.choices
        if choice.chosen
    )


def with_filters(address: str, chosen: Chosen) -> str:
    """Return the address with the filters, always in the same order."""
    query = urlencode([(name, chosen[name]) for name in NAMES if name in chosen])
    return f"{address}?{query}" if query else address


def _of_session(session: Session, name: str) -> tuple[str, ...]:
    if name == "kind":
        return (session.kind.value,)
    if name == "organisation":
        bodies = (session.host, *(credit.organisation for credit in session.credits))
        return tuple(body for body in bodies if body)
    value = {"track": session.track, "room": session.room, "language": session.language}[name]
    return (value,) if value else ()


def _values(name: str, reader: Reader, sessions: Iterable[Session]) -> dict[str, Words]:
    """Return all values that a filter can have in this event, with their names, in the event's order."""
    if name == "track":
        return {key: reader.words(track.name) for key, track in reader.tracks.items()}
    if name == "room":
        return {key: reader.words(room.name) for key, room in reader.rooms.items()}
    if name == "kind":
        return {kind.value: Words(kind_name(kind)) for kind in SessionKind}
    if name == "language":
        codes = sorted({session.language for session in reader.planned if session.language})
        return {code: Words(language_name(code)) for code in codes}
    names = {key: reader.words(body.name) for key, body in reader.organisations.items()}
    return dict(sorted(names.items(), key=lambda item: item[1].text.casefold()))
