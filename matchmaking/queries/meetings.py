"""Meetings, as one of the two sees them, and a participant's days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from matchmaking.free_time import free_time, slots_while_speaking
from matchmaking.models import (
    Exchange,
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Slot,
)
from matchmaking.states import MEETING_LIVE, MeetingState
from network.models import Person
from sessions_app.programme.queries import released_schedule


def meetings_for(profile: ExchangeProfile) -> QuerySet[Meeting]:
    """Return the participant's meetings in every state, by time, with the other side, slot and table."""
    return (
        Meeting.objects.filter(Q(low=profile) | Q(high=profile))
        .select_related("slot", "table", "low__person", "high__person", "request", "exchange__event")
        .order_by("slot__start", "id")
    )


def meetings_of_person(person: Person) -> QuerySet[Meeting]:
    """Return the person's meetings in the exchanges of all public events, in every state, by time."""
    return (
        Meeting.objects.filter(
            Q(low__person=person) | Q(high__person=person), exchange__event__is_public=True
        )
        .select_related("slot", "table", "low", "high", "exchange__event__venue")
        .order_by("slot__start", "id")
    )


def meeting_of(profile: ExchangeProfile, code: str) -> Meeting:
    """Return the participant's meeting with this code; raise Http404 for anybody else's."""
    found = meetings_for(profile).filter(code=code.upper()).first()
    if found is None:
        raise Http404
    return found


def meeting_of_request(request: MeetingRequest) -> Meeting | None:
    """Return the meeting to which the request led, or None while it has none."""
    return Meeting.objects.filter(request=request).select_related("slot", "table").first()


def feedback_of(profile: ExchangeProfile, meeting: Meeting) -> Feedback | None:
    """Return what the participant said of the meeting, or None."""
    return Feedback.objects.filter(meeting=meeting, profile=profile).first()


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot on a participant's day: what she has then, and whether it is free."""

    slot: Slot
    meeting: Meeting | None
    kind: str  # of what occupies it: meeting, programme, own, starred; empty when it is free
    is_past: bool


@dataclass(frozen=True, slots=True)
class DayOfSlots:
    """One day of a participant's timeline."""

    date: dt.date
    rows: list[SlotRow] = field(default_factory=list)


def timeline_of(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> list[DayOfSlots]:
    """Return every slot of the exchange with what the participant has then, day by day."""
    moment = now or timezone.now()
    free = free_time(profile.exchange, [profile], now=moment)
    kinds, starred = free.taken[profile.pk], free.starred.get(profile.pk, set())
    meetings = {
        meeting.slot_id: meeting for meeting in meetings_for(profile).filter(state__in=sorted(MEETING_LIVE))
    }
    days: dict[dt.date, DayOfSlots] = {}
    for slot in free.all_slots:
        is_past = slot.start <= moment
        kind = kinds.get(slot.pk, "starred" if slot.pk in starred else "")
        row = SlotRow(slot, meetings.get(slot.pk), kind, is_past)
        days.setdefault(slot.date, DayOfSlots(slot.date)).rows.append(row)
    return list(days.values())


def clashes_with_programme(exchange: Exchange) -> list[tuple[ExchangeProfile, Slot]]:
    """Return the participants who have a meeting while they speak in the released programme."""

    rows = Occupation.objects.filter(profile__exchange=exchange, kind=OccupationKind.MEETING).select_related(
        "profile__person", "slot"
    )
    held = {(row.profile.person_id, row.slot_id): row for row in rows}
    people = {row.profile.person_id: row.profile.person for row in rows}
    slots = {row.slot_id: row.slot for row in rows}
    speaking = slots_while_speaking(released_schedule(exchange.event), slots.values(), people.values())
    return [
        (row.profile, row.slot) for (person, slot), row in held.items() if slot in speaking.get(person, set())
    ]


def next_meeting(profile: ExchangeProfile, *, now: dt.datetime | None = None) -> Meeting | None:
    """Return the participant's next meeting that begins within a day, or None; one query."""
    moment = now or timezone.now()
    return (
        Meeting.objects.filter(
            Q(low=profile) | Q(high=profile), state=MeetingState.BOOKED,
            slot__start__gt=moment, slot__start__lte=moment + dt.timedelta(days=1),
        )
        .select_related("slot", "table", "low", "high")
        .order_by("slot__start")
        .first()
    )  # fmt: skip
