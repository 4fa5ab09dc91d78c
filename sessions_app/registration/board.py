"""Reads of the dashboard: what needs somebody, how registrations came, how full it is.

Floors above add their own panels and needs by the signals ``board_panels_asked`` and ``board_needs_asked``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.db.models.functions import TruncDate

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import Session, SessionState
from sessions_app.registration.models import (
    Category,
    Quota,
    Registration,
    WaitingEntry,
)
from sessions_app.registration.queries import for_team
from sessions_app.registration.queries_setup import InvitationState, invitations_of
from sessions_app.registration.signals import board_needs_asked, board_panels_asked
from sessions_app.registration.states import EntryState, State
from sessions_app.registration.team_queries import bounced

MOST_BARS = 35
SOON = dt.timedelta(hours=12)
NEARLY_FULL = 0.9
SHOWN_ROOMS = 12
SHOWN_QUEUE = 6


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the dashboard that another floor adds: a template, what it needs, and its turn."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for somebody: how many, what, and where to mend it."""

    count: int
    label: str
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class ByDay:
    """Registrations as they came: first days of the bars, and for each category a number for each bar.

    ``days`` is how many days a bar stands for.
    """

    starts: list[dt.date]
    days: int
    rows: list[tuple[Category, list[int]]]


def by_day(event: Event) -> ByDay:
    """Return how many registrations came on each day, by category; long spans are put together."""
    found = (
        Registration.objects.filter(event=event, submitted_at__isnull=False, category__isnull=False)
        .order_by()
        .annotate(day=TruncDate("submitted_at", tzinfo=event.zone))
        .values_list("day", "category_id")
        .annotate(count=Count("pk"))
    )
    counted: dict[tuple[dt.date, int], int] = {(day, category): count for day, category, count in found}
    if not counted:
        return ByDay([], 1, [])
    first, last = min(day for day, _c in counted), max(day for day, _c in counted)
    span = (last - first).days + 1
    days = -(-span // MOST_BARS)
    bars = -(-span // days)
    totals: dict[int, list[int]] = defaultdict(lambda: [0] * bars)
    for (day, category), count in counted.items():
        totals[category][(day - first).days // days] += count
    categories = Category.objects.filter(pk__in=list(totals))
    starts = [first + dt.timedelta(days=days * i) for i in range(bars)]
    return ByDay(starts, days, [(category, totals[category.pk]) for category in categories])


@dataclass(frozen=True, slots=True)
class Needs:
    """What waits for somebody."""

    pending: int
    offers: int
    bounced: int
    invitations: int
    nearly_full: list[Quota]


def needs_of(event: Event, counts: Mapping[str, int], *, now: dt.datetime) -> Needs:
    """Return what waits for somebody: five queries besides the counts by state."""
    offers = WaitingEntry.objects.filter(
        quota__event=event, state=EntryState.OFFERED, offer_until__lte=now + SOON, offer_until__gt=now
    )
    return Needs(
        pending=counts.get(State.PENDING, 0),
        offers=offers.count(),
        bounced=bounced(event).order_by().values("registration").distinct().count(),
        invitations=invitations_of(event, state=InvitationState.FAILED, now=now).count(),
        nearly_full=[quota for quota in _quotas(event) if quota.taken >= quota.size * NEARLY_FULL],
    )


def approval_queue(event: Event, viewer: Person | AnonymousUser) -> list[Registration]:
    """Return those who have waited longest for the organiser, the first of them first."""
    waiting = for_team(event, viewer).filter(state=State.PENDING)
    return list(waiting.order_by("submitted_at", "pk")[:SHOWN_QUEUE])


def _quotas(event: Event) -> list[Quota]:
    quotas = Quota.objects.filter(event=event, size__gt=0, session__isnull=True)
    return list(quotas.select_related("choice").order_by("name"))


def room_load(event: Event) -> list[Quota]:
    """Return the sessions with limited seats, the fullest first, with rooms; two queries.

    One for which nobody has signed up yet has a quota that is not stored.
    """
    taken = Quota.objects.filter(event=event, session__isnull=False, size__gt=0)
    limited = Session.objects.filter(event=event, seats__isnull=False, seat_quota__isnull=True)
    empty = limited.exclude(state=SessionState.WITHDRAWN).select_related("room").order_by("start", "pk")
    quotas = [
        *taken.select_related("session__room").order_by("session__start", "pk"),
        *(Quota(event=event, session=session, size=session.seats or 0) for session in empty),
    ]
    return sorted(quotas, key=lambda quota: -quota.taken / quota.size)[:SHOWN_ROOMS]


def quota_load(event: Event) -> list[Quota]:
    """Return the quotas of categories and choices."""
    return _quotas(event)


def needs_from_above(event: Event, viewer: Person | AnonymousUser) -> list[Need]:
    """Return what waits for somebody on other floors."""
    answers: list[tuple[Any, Any]] = board_needs_asked.send(sender=Event, event=event, viewer=viewer)
    return [need for _receiver, need in answers if isinstance(need, Need) and need.count]


def panels(event: Event, viewer: Person | AnonymousUser) -> list[Panel]:
    """Return what other floors add, in their order."""
    answers: list[tuple[Any, Any]] = board_panels_asked.send(sender=Event, event=event, viewer=viewer)
    found = [panel for _receiver, panel in answers if isinstance(panel, Panel)]
    return sorted(found, key=lambda panel: panel.order)
