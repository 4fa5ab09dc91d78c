"""One letter in the morning: whom a participant meets today, where and when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from matchmaking.models import ExchangeProfile, Meeting
from matchmaking.services.telling import KIND, clock_in_words, language_of, place_in_words, room_of
from matchmaking.states import MeetingState, Phase
from matchmaking.timing import letter_due
from network.models import OutboxMessage
from network.services import enqueue_many

LONGEST_AHEAD = dt.timedelta(
    hours=25
)  # from the first minute of a day to its last meeting, on the longest day


def remind(*, now: dt.datetime | None = None) -> int:
    """Write to everybody whose letter of the day is due and whose first meeting is ahead; return to how many.

    Once for each participant and day, at the time that the exchange wants. A meeting that comes or moves later is
    told of by a letter of its own, so somebody whose whole day was booked since then gets none.
    """
    moment = now or timezone.now()
    soon = Meeting.objects.filter(
        state=MeetingState.BOOKED, exchange__phase=Phase.LIVE, exchange__morning_letter_at__isnull=False,
        slot__start__gt=moment, slot__start__lte=moment + LONGEST_AHEAD,
    )  # fmt: skip
    days = set(soon.values_list("exchange_id", "slot__date"))
    return sum(_remind_of_day(exchange, date, moment) for exchange, date in sorted(days))


def _remind_of_day(exchange: int, date: dt.date, moment: dt.datetime) -> int:
    rows = (
        Meeting.objects.filter(exchange=exchange, slot__date=date, state=MeetingState.BOOKED)
        .select_related("slot", "table", "exchange__event", "low__person", "high__person")
        .order_by("slot__start", "pk")
    )
    of: dict[ExchangeProfile, list[Meeting]] = defaultdict(list)
    for meeting in rows:
        of[meeting.low].append(meeting)
        of[meeting.high].append(meeting)
    due = {
        _key(exchange, date, profile): (profile, meetings)
        for profile, meetings in of.items()
        if _is_due(meetings, date, moment)
        and profile.wants_reminders
        and profile.person.email
        and profile.person.is_active
    }
    told = set(OutboxMessage.objects.filter(key__in=due).values_list("key", flat=True))
    messages = {
        key: _letter(profile, meetings) for key, (profile, meetings) in due.items() if key not in told
    }
    return len(enqueue_many(kind=KIND, messages=messages, due_at=timezone.now())) if messages else 0


def _is_due(meetings: list[Meeting], date: dt.date, moment: dt.datetime) -> bool:
    """Tell whether the letter about one participant's meetings of the day, in their order, is to be written now."""
    exchange, first = meetings[0].exchange, meetings[0].slot.start
    if exchange.morning_letter_at is None:
        return False
    due = letter_due(date, exchange.morning_letter_at, first, exchange.event.zone)
    return due <= moment < first and any(meeting.created_at <= due for meeting in meetings)


def _key(exchange: int, date: dt.date, profile: ExchangeProfile) -> str:
    return f"exchange:today:{exchange}:{date}:{profile.pk}"


def _letter(profile: ExchangeProfile, meetings: list[Meeting]) -> dict[str, object]:
    event = meetings[0].exchange.event
    language = language_of(profile.person, event)
    with translation.override(language):
        lines = []
        for meeting in meetings:
            meeting.slot.exchange = meeting.exchange
            other = meeting.other(profile)
            lines.append(
                {
                    "time": clock_in_words(meeting.slot),
                    "place": place_in_words(meeting.table),
                    "room": room_of(meeting),
                    "other": other.name,
                    "organisation": other.organisation_name,
                }
            )
        values = {
            "name": profile.name,
            "event": str(event),
            "lines": lines,
            "url": f"{settings.BASE_URL}{reverse('matchmaking:mine', args=(event.slug,))}",
            "off_url": f"{settings.BASE_URL}{reverse('matchmaking:time', args=(event.slug,))}#id_wants_reminders",
        }
    return {
        "template": "today",
        "language": language,
        "to": profile.person.email,
        "values": values,
        "meeting": None,
    }
