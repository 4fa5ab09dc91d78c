"""Reads for those who run an exchange."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from matchmaking.models import (
    Exchange,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    OccupationKind,
    ProfileState,
    RunState,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.queries import clashes_with_programme
from matchmaking.states import MEETING_LIVE, MeetingState, RequestState
from network.models import Organisation, OrganisationKind


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


def newest_proposal(exchange: Exchange) -> SolverRun | None:
    """Return the proposal that waits to be published, if there is one."""
    return SolverRun.objects.filter(exchange=exchange, state=RunState.DONE).first()


def clusters() -> QuerySet[Organisation]:
    """Return the clusters of the directory by name."""
    return Organisation.objects.filter(kind=OrganisationKind.CLUSTER).order_by("name", "id")


def people_counted(exchange: Exchange, *, words: str = "", alone: bool = False) -> QuerySet[ExchangeProfile]:
    """Return those shown in the exchange by name, each with ``met``, ``waiting`` and ``unanswered`` counted.

    ``words`` is a part of name or organisation, or a whole code; with ``alone`` only those without a meeting.
    """
    met = Count("occupations", filter=Q(occupations__kind=OccupationKind.MEETING))
    agreed = MeetingRequest.objects.filter(
        Q(low=OuterRef("pk")) | Q(high=OuterRef("pk")), state=RequestState.ACCEPTED, meeting__isnull=True
    )
    asked = MeetingRequest.objects.filter(turn=OuterRef("pk"), state=RequestState.PENDING)
    rows = ExchangeProfile.objects.filter(exchange=exchange).exclude(state=ProfileState.LEFT)
    if words:
        rows = rows.filter(
            Q(name__icontains=words) | Q(organisation_name__icontains=words) | Q(code__iexact=words)
        )
    rows = rows.annotate(met=met, waiting=_counted(agreed), unanswered=_counted(asked))
    if alone:
        rows = rows.filter(met=0)
    return rows.select_related("cluster").order_by("name", "pk")


def _counted(rows: QuerySet[MeetingRequest]) -> Coalesce:
    counts = rows.order_by().values(group=Value(1)).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)
