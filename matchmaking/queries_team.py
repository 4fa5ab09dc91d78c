"""Reads for those who run an exchange."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from matchmaking.models import Exchange, Slot, Table
from matchmaking.states import MEETING_LIVE


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
