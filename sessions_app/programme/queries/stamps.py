"""What the public pages of an event are made from, told by one query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from sessions_app.events.models import Event
from sessions_app.programme.models import Release
from sessions_app.programme.queries.released import schedule_at
from sessions_app.programme.schedule import model


@dataclass(frozen=True, slots=True)
class PageStamp:
    """What the public pages of an event are made from: the event's own words and the newest release.

    ``key`` changes whenever a page could look different; ``release`` is 0 before the first one.
    """

    event_id: int
    is_public: bool
    release: int
    released_at: dt.datetime | None
    key: str


def schedule_of_stamp(stamp: PageStamp) -> model.Schedule:
    """Return the released programme that the pages are made from; there must be one."""
    if stamp.released_at is None:
        raise Release.DoesNotExist
    return schedule_at(stamp.event_id, stamp.release, stamp.released_at)


# What pages show of an event besides its released programme.
_SHOWN = [
    "slug",
    *(f"{name}_{code}" for name in ("name", "kind") for code, _language in settings.LANGUAGES),
    *(f"venue__{name}_{code}" for name in ("name", "access_notes") for code, _language in settings.LANGUAGES),
    "venue__map_url",
    "brand_colour",
    "timezone",
    "contact_email",
]


@cache
def _stamp_query() -> tuple[str, tuple[Any, ...]]:
    """Return the compiled query: compiling it anew for each page would cost more than running it."""
    newest = Release.objects.filter(event=OuterRef("pk")).order_by("-number")
    # The plain query set: that of translated models gives the columns in an order of its own.
    rows: QuerySet[Event, Any] = (
        QuerySet(Event)
        .filter(slug=_ANY_SLUG)
        .order_by()
        .values_list(
            "pk",
            "is_public",
            Subquery(newest.values("number")[:1]),
            Subquery(newest.values("at")[:1]),
            *_SHOWN,
        )
    )
    sql, params = rows.query.sql_with_params()
    return sql, params


_ANY_SLUG = "\N{LOZENGE}"  # no slug can be this


def page_stamp(slug: str) -> PageStamp | None:
    """Return the state of an event's public pages, or None for an unknown slug; one query.

    Does not ask who looks: the caller hides events that are not public.
    """
    sql, params = _stamp_query()
    with connection.cursor() as cursor:
        cursor.execute(sql, [slug if param == _ANY_SLUG else param for param in params])
        row = cursor.fetchone()
    if row is None:
        return None
    event_id, is_public, number, at, *shown = row
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return PageStamp(
        event_id=event_id,
        is_public=bool(is_public),
        release=number or 0,
        released_at=moment,
        key=repr((event_id, number, moment, shown)),
    )
