"""Reads of sessions with limited seats: what is left, and what somebody has."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions_app.events.models import Event
from sessions_app.programme.agenda_calendar import Appointment, appointments_of
from sessions_app.programme.pages.agenda import clash_words, clashing
from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.queries import released_schedule, starred_codes
from sessions_app.programme.schedule import model, zones
from sessions_app.registration.models import Quota, Registration, WaitingEntry
from sessions_app.registration.places_in_words import places_left
from sessions_app.registration.states import ENTRY_OPEN, EntryState


@dataclass(frozen=True, kw_only=True)
class SeatRow:
    """A session with limited seats; ``state`` is "in", "waiting" or empty, ``turn`` her place in the list."""

    code: str
    title: Words
    date: dt.date
    start: dt.datetime
    end: dt.datetime
    room: Words
    places: str
    is_full: bool
    state: str
    turn: int
    clash: str
    has_begun: bool


@dataclass(frozen=True, kw_only=True)
class Seats:
    """How many seats of a session are taken, and how many people wait."""

    taken: int
    waiting: int


def seats_of(event: Event) -> dict[str, Seats]:
    """Return session code to what is taken, for sessions that somebody has signed up for; two queries."""
    waiting = dict(
        WaitingEntry.objects.filter(
            quota__event=event, quota__session__isnull=False, state=EntryState.WAITING
        )
        .order_by()
        .values_list("quota")
        .annotate(Count("pk"))
    )
    rows = Quota.objects.filter(event=event, session__isnull=False).values_list(
        "pk", "session__code", "taken"
    )
    return {code: Seats(taken=taken, waiting=waiting.get(pk, 0)) for pk, code, taken in rows}


def signed_up(event: Event) -> dict[uuid.UUID, int]:
    """Return session guid to how many people have a seat; sessions without any are left out; one query."""
    quotas = Quota.objects.filter(event=event, session__isnull=False, taken__gt=0)
    return dict(quotas.order_by().values_list("session__guid", "taken"))


def seats_left(session: model.Session, seats: Seats | None) -> str:
    """Return the seats of a session in words: "12 places left" or "full, waiting list"."""
    taken, waiting = (seats.taken, seats.waiting) if seats else (0, 0)
    size = max(session.seats or 0, taken)
    # A stand-in that is never saved: the words are those of any quota.
    quota = Quota(pk=0, size=size, taken=size if waiting else taken)
    return places_left(quota, (), has_waiting_list=True)


def _is_full(session: model.Session, seats: Seats | None) -> bool:
    return seats is not None and (seats.waiting > 0 or seats.taken >= (session.seats or 0))


def own_seats(registration: Registration) -> dict[str, int]:
    """Return session code to 0 for a seat, or to the place in the waiting list."""
    held = registration.places.filter(quota__session__isnull=False).values_list(
        "quota__session__code", flat=True
    )
    found = dict.fromkeys(held, 0)
    turns = WaitingEntry.objects.filter(
        registration=registration, quota__session__isnull=False, state__in=sorted(ENTRY_OPEN)
    ).select_related("quota__session")
    for entry in turns:
        before = WaitingEntry.objects.filter(
            quota=entry.quota_id, state=EntryState.WAITING, number__lt=entry.number
        ).count()
        if entry.quota.session is not None:
            found[entry.quota.session.code] = before + 1
    return found


def seat_rows(registration: Registration, viewer: Any, *, now: dt.datetime | None = None) -> list[SeatRow]:
    """Return the sessions with limited seats that are still to come, and those she has, in their order.

    Each names what is held at the same time of her other sign-ups and, when the viewer is she, of her
    stars, the sessions in which she appears, and her meetings.
    """
    event = registration.event
    schedule = released_schedule(event)
    if schedule is None:
        return []
    moment = now or timezone.now()
    reader = Reader(schedule, (get_language() or settings.LANGUAGE_CODE).split("-")[0])
    own, seats = own_seats(registration), seats_of(event)
    chosen = set(own)
    meetings: list[Appointment] = []
    if registration.person is not None and viewer == registration.person:
        chosen |= set(starred_codes(viewer, event)) | _appears_in(schedule, viewer.code)
        meetings = [one for one in appointments_of(viewer) if not one.is_cancelled]
    limited = [
        session
        for session in reader.planned
        if session.seats is not None and session.start and (session.start > moment or session.code in own)
    ]
    wanted = {session.code for session in limited} | chosen
    clashes = clashing([session for session in reader.planned if session.code in wanted])
    return [
        _row(
            reader,
            session,
            own,
            seats,
            [o for o in clashes.get(session.code, ()) if o.code in chosen],
            meetings,
            moment,
        )
        for session in limited
    ]


def _row(
    reader: Reader,
    session: model.Session,
    own: dict[str, int],
    seats: dict[str, Seats],
    others: list[model.Session],
    meetings: list[Appointment],
    now: dt.datetime,
) -> SeatRow:
    room = reader.rooms.get(session.room or "")
    start, end = session.start or now, session.end or now
    return SeatRow(
        code=session.code,
        title=reader.words(session.title),
        date=reader.date_of(session),
        start=start,
        end=end,
        room=reader.words(room.name) if room else reader.words({}),
        places=seats_left(session, seats.get(session.code)),
        is_full=_is_full(session, seats.get(session.code)),
        state="" if session.code not in own else "waiting" if own[session.code] else "in",
        turn=own.get(session.code, 0),
        clash=". ".join(
            words
            for words in (
                clash_words(others, reader),
                _meetings_in_words(
                    [one for one in meetings if one.start < end and start < one.end], reader.zone
                ),
            )
            if words
        ),
        has_begun=start <= now,
    )


def _appears_in(schedule: model.Schedule, person: str) -> set[str]:
    """Return the codes of the sessions in which somebody has a part."""
    return {one.code for one in schedule.sessions if any(credit.person == person for credit in one.credits)}


def _meetings_in_words(meetings: list[Appointment], zone: ZoneInfo) -> str:
    """Return the sentence that names meetings at the same time, with the event's times; empty without any."""
    parts = [
        _("“%(title)s”, %(start)s–%(end)s")
        % {
            "title": one.title,
            "start": f"{zones.local(one.start, zone):%H:%M}",
            "end": f"{zones.local(one.end, zone):%H:%M}",
        }
        for one in meetings
    ]
    return _("Overlaps with %(sessions)s") % {"sessions": "; ".join(parts)} if parts else ""
