"""What a ticket's page shows: the code, and what comes next for its owner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from network.localised import localised
from sessions_app.admission.calendar import day_bounds
from sessions_app.admission.models import Ticket
from sessions_app.admission.services.ticketing import code_of
from sessions_app.programme import qr
from sessions_app.programme.agenda_calendar import appointments_of
from sessions_app.programme.queries import agenda_of, released_schedule
from sessions_app.registration.models import Place
from sessions_app.registration.states import State

MARGIN = dt.timedelta(hours=12)  # meetings before the doors open and after they close belong to the day too


@dataclass(frozen=True)
class Next:
    """A session or a meeting that lies ahead; times are UTC, titles and rooms by language."""

    title: dict[str, str]
    room: dict[str, str]
    start: dt.datetime
    end: dt.datetime
    url: str
    has_seat: bool


@dataclass(frozen=True)
class TicketPage:
    """A ticket as its page shows it; ``qr`` is empty where it opens no door."""

    ticket: Ticket
    qr: str
    spoken: tuple[str, str]
    name: dict[str, str]
    category: dict[str, str]
    badge_word: dict[str, str]
    days: list[dt.date]
    coming: list[Next]

    @property
    def is_good(self) -> bool:
        """Whether the ticket opens the door."""
        return bool(self.qr)


def ticket_page(ticket: Ticket, *, now: dt.datetime, limit: int = 3) -> TicketPage:
    """Return what the page of the ticket shows at ``now`` (UTC)."""
    registration, event = ticket.registration, ticket.event
    good = registration.state == State.CONFIRMED and ticket.revoked_at is None and not ticket.blocked_reason
    category = registration.category
    return TicketPage(
        ticket=ticket,
        qr=qr.svg(code_of(ticket), standalone=True) if good else "",
        spoken=(registration.code[:5], registration.code[5:]),
        name=localised(event, "name"),
        category=localised(category, "name") if category else {},
        badge_word=localised(category, "badge_word") if category else {},
        days=[day.date for day in event.days.all()],
        coming=_coming(ticket, now, limit),
    )


def _coming(ticket: Ticket, now: dt.datetime, limit: int) -> list[Next]:
    """Return the next few of her sessions and meetings by time; the next one of each kind is among them."""
    kinds = [_sessions(ticket, now), _meetings(ticket, now)]
    by_time = sorted((item for kind in kinds for item in kind), key=lambda item: item.start)
    first = [kind[0] for kind in kinds if kind]
    return [item for place, item in enumerate(by_time) if place < limit or item in first]


def _sessions(ticket: Ticket, now: dt.datetime) -> list[Next]:
    """Return the starred sessions and those with a seat that have not ended, the next one first."""
    schedule = released_schedule(ticket.event)
    if schedule is None:
        return []
    seats = set(
        Place.objects.filter(registration=ticket.registration, quota__session__isnull=False).values_list(
            "quota__session__guid", flat=True
        )
    )
    person = ticket.registration.person
    wanted = seats | (agenda_of(person).get(ticket.event_id, set()) if person else set())
    rooms = {room.key: dict(room.name) for room in schedule.rooms}
    found = [
        Next(
            title=dict(session.title),
            room=rooms.get(session.room or "", {}),
            start=session.start,
            end=session.end,
            url=reverse("programme_session", args=[ticket.event.slug, session.code]),
            has_seat=session.guid in seats,
        )
        for session in schedule.sessions
        if session.guid in wanted and session.start and session.end and session.end > now
    ]
    return sorted(found, key=lambda item: item.start)


def _meetings(ticket: Ticket, now: dt.datetime) -> list[Next]:
    """Return what other floors put on her calendar for the event's days and has not ended, the next one first."""
    person, event = ticket.registration.person, ticket.event
    days = [day_bounds(day.date, day.opens, day.closes, event.zone) for day in event.days.all()]
    if person is None or not days:
        return []
    begin, end = min(start for start, _end in days) - MARGIN, max(end for _start, end in days) + MARGIN
    language = get_language() or settings.LANGUAGE_CODE
    return [
        Next(
            title={language: one.title},
            room={language: one.place} if one.place else {},
            start=one.start,
            end=one.end,
            url=one.url,
            has_seat=False,
        )
        for one in appointments_of(person)
        if not one.is_cancelled and one.end > now and begin <= one.start < end
    ]
