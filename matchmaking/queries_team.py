"""Reads for those who run an exchange."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from matchmaking.models import Exchange, Meeting, MeetingRequest, Slot, Table
from matchmaking.queries import clashes_with_programme
from matchmaking.states import MEETING_LIVE, MeetingState, RequestState


def room_of(exchange: Exchange) -> tuple[int, int, int]:
    """Return how many days, slots and tables in use the exchange has; two queries."""
    slots = Slot.objects.filter(exchange=exchange).aggregate(
        slots=Count("pk"), days=Count("date", distinct=True)
    )
    tables = Table.objects.filter(exchange=exchange, is_active=True).count()
    return slots["days"], slots["slots"], tables


def tables_of(exchange: Exchange) -> QuerySet[Table]:
    """Return the exchange's tables by number, each with how many meetings stand at it as ``booked``."""
    live = Count("meetings", filter=Q(meetings__state__in=sorted(MEETING_LIVE)))
    return Table.objects.filter(exchange=exchange).annotate(booked=live).order_by("number")


@dataclass(frozen=True, slots=True)
class Demand:
    """What waits for a place, and what stands."""

    waiting: int
    standing: int
    pinned: int
    displaced: int  # meetings at tables out of use, or while one of the two speaks
    unanswered: int


def demand_of(exchange: Exchange, *, now: dt.datetime | None = None) -> Demand:
    """Return what a plan would have to place; three queries and those of the programme."""
    moment = now or timezone.now()
    requests = MeetingRequest.objects.filter(exchange=exchange).aggregate(
        waiting=Count("pk", filter=Q(state=RequestState.ACCEPTED, meeting__isnull=True)),
        unanswered=Count("pk", filter=Q(state=RequestState.PENDING, expires_at__gt=moment)),
    )
    ahead = Meeting.objects.filter(exchange=exchange, state=MeetingState.BOOKED, slot__start__gt=moment)
    meetings = ahead.aggregate(
        standing=Count("pk"),
        pinned=Count("pk", filter=Q(is_pinned=True)),
        lost=Count("pk", filter=Q(table__is_active=False)),
    )
    clashes = {
        (profile.pk, slot.pk) for profile, slot in clashes_with_programme(exchange) if slot.start > moment
    }
    return Demand(
        requests["waiting"], meetings["standing"], meetings["pinned"],
        meetings["lost"] + len(clashes), requests["unanswered"],
    )  # fmt: skip


def has_plan(exchange: Exchange, *, now: dt.datetime | None = None) -> bool:
    """Tell whether a meeting is booked that has not begun."""
    moment = now or timezone.now()
    return Meeting.objects.filter(
        exchange=exchange, state=MeetingState.BOOKED, slot__start__gt=moment
    ).exists()
