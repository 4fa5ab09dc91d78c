"""Search over published pages and released programmes of public events; drafts are never looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from wagtail.models import Locale, Page

from cms.models.base import SitePage
from cms.queries import latest_releases
from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.queries import schedule_of
from sessions_app.programme.schedule.model import Localised, Schedule

LONGEST_QUERY = 120
WORDS_READ = 8
SHOWN_PER_KIND = 20
EVENTS_SEARCHED = 60
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A session, person, organisation or event that was found, and the arguments of its address."""

    kind: str
    arguments: tuple[str, ...]
    title: Localised
    detail: Localised
    event: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found; ``query`` is what was read of the question."""

    query: str
    pages: tuple[SitePage, ...] = ()
    hits: Mapping[str, tuple[Hit, ...]]
    total: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    hit: Hit
    title: str
    text: str


def find(question: str, language: str) -> Found:
    """Return what every word of the question occurs in; pages in the reader's language first."""
    query = " ".join("".join(c if c.isprintable() else " " for c in question[:LONGEST_QUERY]).split())
    words = _words(query)[:WORDS_READ]
    if not words:
        return Found(query=query, hits={})
    hits = _hits(words)
    pages = _pages(" ".join(words), language)
    total = len(pages) + sum(map(len, hits.values()))
    return Found(
        query=query,
        pages=pages[:SHOWN_PER_KIND],
        hits={kind: tuple(found[:SHOWN_PER_KIND]) for kind, found in hits.items() if found},
        total=total,
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


def _stem(word: str) -> str:
    """Cut what Russian and English endings change, so that "кластеры" finds "кластеров"."""
    return word[: max(4, len(word) - 2)] if len(word) > 5 else word


def _pages(query: str, language: str) -> list[SitePage]:
    public = Page.objects.live().public().filter(depth__gt=1)
    found = [page for page in public.specific().search(query)[: SHOWN_PER_KIND * 2] if isinstance(page, SitePage)]
    locales = dict(Locale.objects.values_list("pk", "language_code"))
    here = {page.translation_key for page in found if locales[page.locale_id] == language}
    first = [page for page in found if locales[page.locale_id] == language]
    return first + [page for page in found if page.translation_key not in here]


def _hits(words: Iterable[str]) -> dict[str, list[Hit]]:
    stems = [_stem(word) for word in words]
    events = list(Event.objects.filter(is_public=True).order_by("-id")[:EVENTS_SEARCHED])
    releases = latest_releases(events)
    scored: list[tuple[int, int, Hit]] = []
    for event in events:
        lines = [_event_line(event)]
        if event.pk in releases:
            lines.extend(_lines(_Released(releases[event.pk])))
        for line in lines:
            if all(stem in line.title or stem in line.text for stem in stems):
                missed = sum(stem not in line.title for stem in stems)
                scored.append((missed, len(scored), line.hit))
    found: dict[str, list[Hit]] = {"event": [], "session": [], "person": [], "organisation": []}
    for _missed, _order, hit in sorted(scored, key=lambda item: item[:2]):
        found[hit.kind].append(hit)
    return found


class _Released:
    """A release as a key of the cache below: releases never change."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.key = (release.event_id, release.number, release.at)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Released) and other.key == self.key


@lru_cache(maxsize=EVENTS_SEARCHED)
def _lines(released: _Released) -> tuple[_Line, ...]:
    """Return everything in a release that can be found, prepared for comparing."""
    schedule = schedule_of(released.release)
    lines = [*_session_lines(schedule), *_person_lines(schedule)]
    for body in schedule.organisations:
        hit = Hit(
            kind="organisation",
            arguments=(schedule.slug, body.key),
            title=body.name,
            detail={},
            event=schedule.title,
        )
        lines.append(_line(hit))
    return tuple(lines)


def _session_lines(schedule: Schedule) -> list[_Line]:
    people = {person.key: person for person in schedule.people}
    lines = []
    for session in schedule.sessions:
        if session.start is None:
            continue
        names = [people[credit.person].name for credit in session.credits if credit.person in people]
        hit = Hit(
            kind="session",
            arguments=(schedule.slug, session.code),
            title=session.title,
            detail={"": ", ".join(names)} if names else session.subtitle,
            event=schedule.title,
        )
        lines.append(_line(hit, session.abstract, {"": " ".join(names)}))
    return lines


def _person_lines(schedule: Schedule) -> list[_Line]:
    told: dict[str, Localised] = {}
    for session in schedule.sessions:
        for credit in session.credits:
            told.setdefault(credit.person, {})
            told[credit.person] = told[credit.person] or credit.post or credit.organisation_name
    return [
        _line(
            Hit(
                kind="person",
                arguments=(schedule.slug, person.key),
                title={"": person.name},
                detail=told[person.key],
                event=schedule.title,
            ),
            {"": person.latin},
        )
        for person in schedule.people
        if person.key in told
    ]


def _event_line(event: Event) -> _Line:
    hit = Hit(
        kind="event",
        arguments=(event.slug,),
        title=localised(event, "name"),
        detail=localised(event, "summary"),
        event={},
    )
    return _line(hit)


def _line(hit: Hit, *texts: Localised) -> _Line:
    return _Line(hit, _plain(hit.title), _plain(hit.detail, *texts))


def _plain(*texts: Localised) -> str:
    return " ".join(value for text in texts for value in text.values()).casefold().replace("ё", "е")
