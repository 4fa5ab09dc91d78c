"""Reads of published programmes: the releases of an event, and what they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.schedule import codec, model


def releases(event: Event) -> QuerySet[Release]:
    """Return the event's releases, newest first, without their large parts."""
    return Release.objects.filter(event=event).defer("snapshot")


def latest_release(event: Event) -> Release | None:
    """Return the newest release without its snapshot, or None before the first one."""
    return releases(event).first()


def latest_releases(events: Iterable[Event]) -> dict[int, Release]:
    """Return event id to its newest release, without the large parts; one query."""
    newer = Release.objects.filter(event=OuterRef("event"), number__gt=OuterRef("number"))
    found = Release.objects.filter(~Exists(newer), event__in=[event.pk for event in events])
    return {release.event_id: release for release in found.defer("snapshot", "changes").order_by("event_id")}


@lru_cache(maxsize=64)
def schedule_at(event_id: int, number: int, at: dt.datetime) -> model.Schedule:
    """Return a release's programme by all that tells it from others, reused database rows included."""
    snapshot = Release.objects.values_list("snapshot", flat=True).get(event_id=event_id, number=number)
    return _under_our_address(codec.from_plain(snapshot))


def _under_our_address(schedule: model.Schedule) -> model.Schedule:
    """Return the programme with its addresses of this site as the site is found now; it may have moved."""
    before = schedule.url.removesuffix(f"/events/{schedule.slug}/")
    if before == settings.BASE_URL or before == schedule.url:
        return schedule

    def moved(session: model.Session) -> model.Session:
        links = tuple(
            replace(link, url=settings.BASE_URL + link.url.removeprefix(before))
            if link.url.startswith(f"{before}/files/materials/")
            else link
            for link in session.links
        )
        return replace(session, links=links)

    return replace(
        schedule,
        url=f"{settings.BASE_URL}/events/{schedule.slug}/",
        sessions=tuple(map(moved, schedule.sessions)),
        removed=tuple(map(moved, schedule.removed)),
    )


def forget_decoded() -> None:
    """Empty this process's decoded releases; only tests, which reuse ids, need it."""
    schedule_at.cache_clear()


def schedule_of(release: Release) -> model.Schedule:
    """Return the release's programme; decoded once per process, for a release never changes."""
    return schedule_at(release.event_id, release.number, release.at)


def released_schedule(event: Event) -> model.Schedule | None:
    """Return the newest released programme, or None before the first release. One query when warm."""
    release = latest_release(event)
    return schedule_of(release) if release else None


def released_schedules(events: Iterable[Event]) -> dict[int, model.Schedule]:
    """Return event id to the newest released programme, of those that have one. One query when warm."""
    return {event_id: schedule_of(release) for event_id, release in latest_releases(events).items()}
