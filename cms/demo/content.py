"""The demo's content as plain data: read from the TOML files beside this module; knows no Django.

Texts are pairs in the files, English first, and become language code to text here, without
empty ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "content"
EVENTS = ("strategic-session-2018", "partnership-kazan-2018", "cluster-forum")
FORUM = "cluster-forum"  # the one whose days lie around today
LANGUAGES = ("en", "ru")
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContent:
    """One session in one state; ``day`` counts the event's days from 1, times are local.

    ``state`` is "ready", "draft" or "withdrawn"; ``absent`` ones are not written down at all.
    """

    key: str
    number: int
    day: int
    start: dt.time
    end: dt.time
    kind: str
    title: Texts
    room: str = ""
    track: str = ""
    subtitle: Texts = field(default_factory=dict)
    abstract: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    language: str = ""
    people: tuple[tuple[str, str], ...] = ()  # role, key of the person
    host: str = ""
    recorded: bool = False
    seats: int | None = None
    state: str = "ready"
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContent:
    """An event's frame as its file gives it, and its sessions as the working draft has them."""

    slug: str
    frame: Mapping[str, Any]
    sessions: tuple[SessionContent, ...]
    befores: tuple[Mapping[str, Any], ...]

    def dates(self, today: dt.date) -> list[dt.date]:
        """Return the event's days; those given as offsets count from ``today``."""
        return [
            day["date"] if "date" in day else today + dt.timedelta(days=day["offset"])
            for day in self.frame["day"]
        ]

    def sessions_at(self, release: int) -> dict[str, SessionContent]:
        """Return key to session as they were in the release with this number, without absent ones."""
        states = {session.key: session for session in self.sessions}
        for before in sorted(self.befores, key=lambda item: -item.get("until", 1)):
            if before.get("until", 1) >= release:
                states[before["session"]] = _changed(states[before["session"]], before)
        return {key: session for key, session in states.items() if not session.absent}

    def draft(self) -> dict[str, SessionContent]:
        """Return key to session of the working draft."""
        return {session.key: session for session in self.sessions}


def texts(pair: list[str] | None) -> dict[str, str]:
    """Return language code to text of a pair, without empty ones."""
    return {code: text for code, text in zip(LANGUAGES, pair or (), strict=False) if text}


def code_of(kind: str, key: str) -> str:
    """Return the six-character public code of a demo item: the same in every demo."""
    number = int.from_bytes(hashlib.sha256(f"{kind}/{key}".encode()).digest()[:8])
    letters = []
    for _ in range(6):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


def guid_of(kind: str, key: str) -> uuid.UUID:
    """Return the UUID of a demo item: the same in every demo."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://plenum.example/{kind}/{key}")


@cache
def read(name: str) -> dict[str, Any]:
    """Return a file of the content folder; ``name`` is its path there."""
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@cache
def read_event(slug: str) -> EventContent:
    """Return an event's content: ``event.toml``, the days, and what was different before."""
    folder = FOLDER / slug
    frame = read(f"{slug}/event.toml")
    groups = {}
    if (folder / "groups.toml").exists():
        groups = {group["number"]: group for group in read(f"{slug}/groups.toml")["group"]}
    items = [
        item for path in sorted(folder.glob("day*.toml")) for item in read(f"{slug}/{path.name}")["session"]
    ]
    befores: list[Mapping[str, Any]] = []
    if (folder / "changes.toml").exists():
        befores = read(f"{slug}/changes.toml")["before"]
    sessions = [_session(item, number, frame, groups) for number, item in enumerate(items, start=1)]
    return EventContent(slug=slug, frame=frame, sessions=tuple(sessions), befores=tuple(befores))


def _session(
    item: Mapping[str, Any], number: int, frame: Mapping[str, Any], groups: Mapping[int, Mapping[str, Any]]
) -> SessionContent:
    kind = item.get("kind", "project_group")
    title = texts(item["title"])
    people = list(item.get("people", ()))
    if group := groups.get(item.get("group", 0)):
        title = _group_title(group, title)
        people = [*group["people"], *people]
    start, end = _times(item["time"])
    spoken = "" if kind in ("break", "social") else frame["languages"][0]
    return SessionContent(
        key=item["key"],
        number=number,
        day=item["day"],
        start=start,
        end=end,
        kind=kind,
        title=title,
        room=item.get("room", ""),
        track=item.get("track", "projects" if group else ""),
        subtitle=texts(item.get("subtitle")),
        abstract=texts(item.get("abstract")),
        description=texts(frame["notes"][item.get("note", "invented")]),
        language=item.get("language", spoken),
        people=_people(people),
        host=item.get("host", ""),
        recorded=item.get("recorded", False),
        seats=item.get("seats"),
        state="withdrawn" if item.get("withdrawn") else "draft" if item.get("draft") else "ready",
    )


def _group_title(group: Mapping[str, Any], part: Texts) -> dict[str, str]:
    words = {"en": "Group", "ru": "Группа"}
    names = texts(group["name"])
    return {code: f"{words[code]} {group['number']}. {names[code]}: {part[code]}" for code in part}


def _changed(session: SessionContent, change: Mapping[str, Any]) -> SessionContent:
    """Return the session with the fields that a [[before]] names."""
    new: dict[str, Any] = {key: change[key] for key in ("day", "room", "seats", "absent") if key in change}
    if "time" in change:
        new["start"], new["end"] = _times(change["time"])
    if "title" in change:
        new["title"] = texts(change["title"])
    if "people" in change:
        new["people"] = _people(change["people"])
    if "withdrawn" in change:
        new["state"] = "withdrawn" if change["withdrawn"] else "ready"
    return replace(session, **new)


def _times(text: str) -> tuple[dt.time, dt.time]:
    start, end = text.split("-")
    return dt.time.fromisoformat(start), dt.time.fromisoformat(end)


def _people(items: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((role, key) for role, _, key in (item.partition(":") for item in items))
