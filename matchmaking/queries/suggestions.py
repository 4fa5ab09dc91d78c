"""Kept suggestions as a page reads them: only partners of whom the reader may be told now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from matchmaking.models import (
    Dismissal,
    Exchange,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Ranking,
    Suggestion,
)
from matchmaking.queries.people import participants
from matchmaking.ranking.model import Candidate, Participant
from matchmaking.ranking.wire import matches_from_json
from matchmaking.states import MEETING_LIVE, REQUEST_LIVE, RequestState

_MEASURES = ("mutual", "gets", "gives", "theirs", "ours")


def suggestible(exchange: Exchange, reader: ExchangeProfile) -> QuerySet[ExchangeProfile]:
    """Return whom the reader may be told of: nobody who has left, or whom she asked, met, blocked or was declined by.

    ``passed`` is the reason of her "not for me", None where she said none.
    """
    pair = Q(low=reader, high=OuterRef("pk")) | Q(low=OuterRef("pk"), high=reader)
    over = [*sorted(REQUEST_LIVE), RequestState.DECLINED]
    asked = MeetingRequest.objects.filter(pair, state__in=over)
    met = Meeting.objects.filter(pair, state__in=sorted(MEETING_LIVE))
    passed = Dismissal.objects.filter(profile=reader, partner=OuterRef("pk")).values("reason")[:1]
    rows = participants(exchange, reader).filter(~Exists(asked), ~Exists(met))
    return rows.annotate(passed=Subquery(passed))


def ranked_at(exchange: Exchange) -> dt.datetime | None:
    """Return as of when the exchange's suggestions were computed, None before the first time."""
    try:
        ranking: Ranking = exchange.ranking
    except Ranking.DoesNotExist:
        return None
    return ranking.computed_at


@dataclass(frozen=True, slots=True)
class KeptPartner:
    """A partner whom the worker ranked, or whom the reader passed by: with what her place depends on.

    ``topics`` are those that brought the two together, by keys; below 0 stand the numbers of those whose
    texts say the same. ``passed`` is the reason of a "not for me".
    """

    partner: Participant
    candidate: Candidate
    rank: int
    price: float
    topics: frozenset[int]
    passed: str | None


def kept_partners(exchange: Exchange, reader: ExchangeProfile) -> list[KeptPartner]:
    """Return whom the worker ranked for the reader, of those whom she may be told of; one query."""
    kept = FilteredRelation("suggested_to", condition=Q(suggested_to__profile=reader))
    rows = suggestible(exchange, reader).prefetch_related(None).select_related(None).annotate(kept=kept)
    values = (
        rows.filter(kept__isnull=False)
        .order_by("kept__rank")
        .values_list(
            "pk", "organisation", "organisation__kind", "region", "passed", "kept__rank", "kept__price",
            "kept__topics", "kept__kin", "kept__mutual", "kept__gets", "kept__gives", "kept__theirs", "kept__ours",
        )
    )  # fmt: skip
    return [_kept(*row) for row in values]


def _kept(
    key: int, organisation: int | None, kind: str | None, region: str, passed: str | None,
    rank: int, price: float, topics: list[int], kin: int | None,
    mutual: float, gets: float, gives: float, theirs: Any, ours: Any,
) -> KeptPartner:  # fmt: skip
    return KeptPartner(
        partner=Participant(key=key, organisation=organisation, kind=kind or "", region=region),
        candidate=_candidate(key, mutual, gets, gives, theirs, ours),
        rank=rank,
        price=price,
        topics=frozenset(topics if kin is None else [*topics, -1 - kin]),
        passed=passed,
    )


def _candidate(key: int, mutual: float, gets: float, gives: float, theirs: Any, ours: Any) -> Candidate:
    return Candidate(
        partner=key,
        gets=gets,
        gives=gives,
        mutual=mutual,
        theirs=matches_from_json(theirs),
        ours=matches_from_json(ours),
    )


def with_kept(rows: QuerySet[ExchangeProfile], reader: ExchangeProfile) -> QuerySet[ExchangeProfile]:
    """Return the participants with what the worker found of each and the reader, for ``kept_of``; no query more."""
    kept = FilteredRelation("suggested_to", condition=Q(suggested_to__profile=reader))
    values = {f"kept_{name}": F(f"kept__{name}") for name in _MEASURES}
    return rows.annotate(kept=kept, **values)


def kept_of(people: Iterable[ExchangeProfile]) -> dict[int, Candidate]:
    """Return partner key to what the worker found, of people read by ``with_kept``."""
    rows = {one.pk: [getattr(one, f"kept_{name}") for name in _MEASURES] for one in people}
    return {pk: _candidate(pk, *row) for pk, row in rows.items() if row[0] is not None}


def kept_with(reader: ExchangeProfile, partners: Iterable[ExchangeProfile]) -> dict[int, Candidate]:
    """Return partner key to what the worker found of her and the reader, of these people; one query."""
    rows = Suggestion.objects.filter(profile=reader, partner__in=[one.pk for one in partners])
    values = rows.order_by().values_list("partner", *_MEASURES)
    return {row[0]: _candidate(*row) for row in values}
