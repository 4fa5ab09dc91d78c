"""What an exchange has brought: by pair of clusters, by person, and why it did not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Avg, Count, Q

from matchmaking.matrix import Matrix, matrix_of
from matchmaking.models import (
    DeclineReason,
    Exchange,
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    OccupationKind,
    Outcome,
    ProfileState,
)
from matchmaking.states import MEETING_LIVE, MeetingState, RequestState
from network.models import Organisation

MEASURES = ("requested", "agreed", "planned", "held")
BUSIEST = 10


def by_cluster(exchange: Exchange, measure: str, *, none: str, others: str) -> Matrix:
    """Return who met (or asked) whom by pair of clusters; two queries. ``none`` names those without a cluster."""
    if measure in {"requested", "agreed"}:
        rows = MeetingRequest.objects.filter(exchange=exchange)
        if measure == "agreed":
            rows = rows.filter(state=RequestState.ACCEPTED)
    else:
        states = [MeetingState.HELD] if measure == "held" else sorted(MEETING_LIVE)
        rows = Meeting.objects.filter(exchange=exchange, state__in=states)  # type: ignore[assignment]
    counted = rows.order_by().values_list("low__cluster", "high__cluster").annotate(count=Count("pk"))
    found = list(counted)
    keys = {key for low, high, _count in found for key in (low, high) if key}
    names = {one.pk: one.short_name or str(one) for one in Organisation.objects.filter(pk__in=keys)}
    pairs: Counter[tuple[str, str]] = Counter()
    for low, high, count in found:
        one, other = sorted((names.get(low, none), names.get(high, none)))
        pairs[one, other] += count
    return matrix_of(pairs, others=others)


def busiest(exchange: Exchange) -> list[ExchangeProfile]:
    """Return those with the most meetings, counted as ``met``; one query."""
    met = Count("occupations", filter=Q(occupations__kind=OccupationKind.MEETING))
    rows = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN).annotate(met=met)
    return list(rows.filter(met__gt=0).order_by("-met", "name")[:BUSIEST])


@dataclass(frozen=True, slots=True)
class Tally:
    """Something that was said, and how often."""

    label: str
    count: int


def refusals(exchange: Exchange) -> tuple[list[Tally], int]:
    """Return the reasons for "no", the most frequent first, and how many were never answered; two queries."""
    rows = MeetingRequest.objects.filter(exchange=exchange)
    counted = (
        rows.filter(state=RequestState.DECLINED)
        .order_by()
        .values_list("reason")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    labels = dict(DeclineReason.choices)
    tallies = [Tally(str(labels.get(reason, "")), count) for reason, count in counted]
    return tallies, rows.filter(state=RequestState.EXPIRED).count()


def outcomes(exchange: Exchange) -> tuple[list[Tally], float | None]:
    """Return what people say came of their meetings, and their mean rating of 1 to 4; two queries."""
    rows = Feedback.objects.filter(meeting__exchange=exchange)
    counted = dict(rows.exclude(outcome="").order_by().values_list("outcome").annotate(count=Count("pk")))
    tallies = [Tally(str(label), counted[key]) for key, label in Outcome.choices if key in counted]
    return tallies, rows.aggregate(mean=Avg("rating"))["mean"]
