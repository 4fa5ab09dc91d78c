"""Search over published pages, released programmes and public recordings; drafts are never looked at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.models import EventFrontPage
from cms.models.base import SitePage
from media_archive.pages.everywhere import found_everywhere
from media_archive.pages.search import Hit as Film
from media_archive.templatetags.player import clock
from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.queries import latest_releases, schedule_of
from sessions_app.programme.schedule.model import Localised, Schedule, as_read_in

LONGEST_QUERY = 120
WORDS_READ = 8
SHOWN_PER_KIND = 20
RECORDINGS_SHOWN = 5
EVENTS_SEARCHED = 60
ADDRESSES = {
    "event": "event_front",
    "session": "programme_session",
    "person": "programme_person",
    "organisation": "programme_organisation",
}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A session, person, organisation or event that was found, and the arguments of its address."""

    kind: str
    arguments: tuple[str, ...]
    title: Localised
    detail: Localised
    event: Localised
    when: dt.datetime | None = None
    zone: str = ""

    @property
    def url(self) -> str:
        """Its address in the reader's language."""
        return reverse(ADDRESSES[self.kind], args=self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHit:
    """A page that was found."""

    title: Localised
    detail: Localised
    url: str
    event: Localised = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was found of one kind; ``count`` includes what is not listed, and ``all_url`` leads to all, where there is such a page."""

    title: str
    hits: tuple[Hit | PageHit, ...]
    count: int
    all_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found; ``query`` is what was read of the question."""

    query: str
    groups: tuple[Group, ...] = ()

    @property
    def total(self) -> int:
        """How much was found in all."""
        return sum(group.count for group in self.groups)


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
        return Found(query=query)
    titles = {
        "event": _("Events"),
        "session": _("Sessions"),
        "person": _("People"),
        "organisation": _("Organisations"),
    }
    hits = _hits(words)
    groups = [_group(titles[kind], hits[kind]) for kind in titles]
    told = {hit.arguments[0] for hit in hits["event"]}
    pages = [
        PageHit(
            title={page.language: page.title},
            detail={page.language: page.lead_text},
            url=page.address(language),
        )
        for page in _pages(" ".join(words), language)
        if not (isinstance(page, EventFrontPage) and page.event.slug in told)  # the event stands above
    ]
    groups.insert(1, _group(_("Pages"), pages))
    groups.append(_recordings(query, language))
    return Found(query=query, groups=tuple(group for group in groups if group.count))


def _group(title: str, hits: Sequence[Hit | PageHit]) -> Group:
    return Group(title=title, hits=tuple(hits[:SHOWN_PER_KIND]), count=len(hits))


def _recordings(query: str, language: str) -> Group:
    films = found_everywhere(query, language)
    return Group(
        title=_("Recordings"),
        hits=tuple(_film(film, language) for film in films[:RECORDINGS_SHOWN]),
        count=len(films),
        all_url=f"{reverse('media_archive:everything')}?{urlencode({'q': query})}",
    )


def _film(film: Film, language: str) -> PageHit:
    """Return a recording with the first line in which the words were said, to which it leads then."""
    line = next(iter((*film.lines, *film.chapters)), None)
    said = "".join(part.text for part in line.parts) if line else ""
    return PageHit(
        title={film.row.title.lang or language: film.row.title.text},
        detail={line.lang or language: f"{clock(line.second)} · {said}"}
        if line
        else {language: film.row.people},
        url=line.url if line else film.row.url,
        event=localised(film.event, "name"),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


def _stem(word: str) -> str:
    """Cut what Russian and English endings change, so that "кластеры" finds "кластеров"."""
    return word[: max(4, len(word) - 2)] if len(word) > 5 else word


def _pages(query: str, language: str) -> list[SitePage]:
    public = Page.objects.live().public().filter(depth__gt=1).select_related("locale")
    found = [
        page
        for page in public.search(query)[: SHOWN_PER_KIND * 2]
        if issubclass(page.specific_class, SitePage)
    ]
    here = {page.translation_key for page in found if page.locale.language_code == language}
    wanted = {
        page.pk: order
        for order, page in enumerate(found)
        if page.locale.language_code == language or page.translation_key not in here
    }
    specific = list(Page.objects.filter(pk__in=wanted).select_related("locale").specific())
    prefetch_related_objects([page for page in specific if isinstance(page, EventFrontPage)], "event")
    known = [page for page in specific if not isinstance(page, EventFrontPage) or page.event.is_public]
    return sorted(known, key=lambda page: (page.language != language, wanted[page.pk]))


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
    for _missing, _order, hit in sorted(scored, key=lambda item: item[:2]):
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
        named = [people[credit.person] for credit in session.credits if credit.person in people]
        names = {
            language: ", ".join(as_read_in(person, language).name for person in named)
            for language in ("en", "ru")
        }
        hit = Hit(
            kind="session",
            arguments=(schedule.slug, session.code),
            title=session.title,
            detail=names if named else session.subtitle,
            event=schedule.title,
            when=session.start,
            zone=schedule.zone,
        )
        lines.append(_line(hit, session.abstract, names))
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
                title={language: as_read_in(person, language).name for language in ("en", "ru")},
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
