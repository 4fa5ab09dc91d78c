"""Requests for meetings, as one of the two sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from matchmaking.models import (
    ExchangeProfile,
    MeetingRequest,
)
from matchmaking.states import RequestState


def standing_between(
    one: ExchangeProfile, other: ExchangeProfile, *, now: dt.datetime | None = None
) -> MeetingRequest | None:
    """Return the agreed request of the two, or the pending one that has not run out; None without any."""
    low, high = sorted((one.pk, other.pk))
    open_still = Q(state=RequestState.ACCEPTED) | Q(
        state=RequestState.PENDING, expires_at__gt=now or timezone.now()
    )
    rows = MeetingRequest.objects.filter(open_still, low=low, high=high)
    return rows.select_related("slot", "meeting").first()


def requests_of(profile: ExchangeProfile) -> QuerySet[MeetingRequest]:
    """Return all that the participant asked and was asked, the newest first, with both people and the meeting."""
    return (
        MeetingRequest.objects.filter(Q(sender=profile) | Q(recipient=profile))
        .select_related("sender", "recipient", "slot", "exchange__event", "meeting__slot", "meeting__table")
        .order_by("-asked_at", "-id")
    )


def request_of(profile: ExchangeProfile, code: str) -> MeetingRequest:
    """Return the participant's request with this code; raise Http404 for anybody else's."""
    found = requests_of(profile).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Inbox:
    """A participant's requests by what they ask of her."""

    to_answer: list[MeetingRequest]
    waiting: list[MeetingRequest]
    agreed: list[MeetingRequest]
    ended: list[MeetingRequest]

    @property
    def live(self) -> list[MeetingRequest]:
        """Those that are pending or agreed: with these people there is nothing more to ask."""
        return [*self.to_answer, *self.waiting, *self.agreed]


def inbox_of(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> Inbox:
    """Return the participant's requests: to answer (those that run out first, first), waiting, agreed, ended.

    One that has run out counts as ended, whether or not it was booked so already. One query.
    """
    moment = now or timezone.now()
    boxes = Inbox([], [], [], [])
    for request in requests_of(profile):
        if request.state == RequestState.PENDING and request.expires_at > moment:
            (boxes.to_answer if request.turn_id == profile.pk else boxes.waiting).append(request)
        elif request.state == RequestState.ACCEPTED:
            boxes.agreed.append(request)
        else:
            boxes.ended.append(request)
    boxes.to_answer.sort(key=lambda request: request.expires_at)
    return boxes


def waiting_for(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> int:
    """Return how many requests wait for the participant's answer."""
    moment = now or timezone.now()
    return MeetingRequest.objects.filter(
        turn=profile, state=RequestState.PENDING, expires_at__gt=moment
    ).count()


def request_with_people(slug: str, key: int) -> MeetingRequest | None:
    """Return the request with this key of the event's exchange, with all that answering it needs."""
    rows = MeetingRequest.objects.filter(pk=key, exchange__event__slug=slug)
    return rows.select_related(
        "exchange__event", "sender__person", "recipient__person", "low", "high", "slot"
    ).first()
