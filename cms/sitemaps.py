"""The public addresses of the site, each with its twin in the other language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch
from wagtail.models import Page

from calls import queries as calls
from cms.compositions import address_in
from cms.models.base import SitePage
from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.queries import latest_releases, schedule_of

AT_MOST = 50_000  # addresses in one file, by the protocol


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the sitemap."""

    location: str
    lastmod: dt.datetime | None
    alternates: list[dict[str, str]]


def addresses() -> list[Address]:
    """Return pages, events with all of their programme, newest first, and published calls."""
    return list(islice(_all(), AT_MOST))


def _all() -> Iterator[Address]:
    yield from _pages()
    yield from _named("events", changed=None)
    public = list(Event.objects.filter(is_public=True).order_by("-id"))
    releases = latest_releases(public)
    for event in public:
        yield from _event(event, releases.get(event.pk))
    for slug in calls.for_viewer(AnonymousUser()).values_list("slug", flat=True):
        yield from _named("call", slug, changed=None)


def _pages() -> Iterator[Address]:
    pages = Page.objects.live().public().filter(depth__gt=1).select_related("locale").defer_streamfields()
    groups: dict[Any, list[SitePage]] = {}
    for page in pages.order_by("path").specific():
        if isinstance(page, SitePage) and page.get_sitemap_urls():
            groups.setdefault(page.translation_key, []).append(page)
    for group in groups.values():
        twins = {page.language: settings.BASE_URL + page.own_address() for page in group}
        for page in group:
            yield Address(twins[page.language], page.last_published_at, _alternates(twins))


def _event(event: Event, release: Release | None) -> Iterator[Address]:
    changed = release.at if release else None
    yield from _named("event_front", event.slug, changed=changed)
    if release is None:
        return
    schedule = schedule_of(release)
    yield from _named("programme_people", event.slug, changed=changed)
    yield from _named("programme_changes", event.slug, changed=changed)
    for day in schedule.days:
        yield from _named("programme_day", event.slug, day.date, changed=changed)
    for session in schedule.sessions:
        if session.start:
            yield from _named(
                "programme_session", event.slug, session.code, changed=session.changed_at or changed
            )
    for person in schedule.people:
        yield from _named("programme_person", event.slug, person.key, changed=changed)
    for body in schedule.organisations:
        yield from _named("programme_organisation", event.slug, body.key, changed=changed)


def _named(name: str, *arguments: Any, changed: dt.datetime | None) -> Iterator[Address]:
    try:
        twins = {
            code: settings.BASE_URL + address_in(code, name, *arguments) for code, _n in settings.LANGUAGES
        }
    except NoReverseMatch:
        return
    for location in twins.values():
        yield Address(location, changed, _alternates(twins))


def _alternates(twins: dict[str, str]) -> list[dict[str, str]]:
    if len(twins) < 2:
        return []
    return [{"lang_code": code, "location": location} for code, location in twins.items()]
