"""A participant's own sessions: where she has a part, and what she starred, from the released programme."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from matchmaking.free_time import FreeTime
from matchmaking.models import Exchange, ExchangeProfile, Slot
from matchmaking.timing import Span
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule.model import SessionKind, text_in


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """A session on a participant's day; ``lang`` is the title's language where it is not the page's."""

    start: dt.datetime
    end: dt.datetime
    title: str
    lang: str
    room: str
    url: str
    has_part: bool  # she speaks or leads there; otherwise she starred it

    def covers(self, slot: Slot) -> bool:
        """Tell whether the session runs in the slot."""
        return Span(self.start, self.end).overlaps(Span(slot.start, slot.end))


def own_sessions(
    exchange: Exchange, profile: ExchangeProfile, free: FreeTime, language: str
) -> list[OwnSession]:
    """Return the participant's sessions by time, without the exchange itself; ``free`` knows her. One query at most."""
    schedule = free.schedule or released_schedule(exchange.event)
    if schedule is None:
        return []
    starred = free.stars.get(profile.pk, set())
    rooms = {room.key: room.name for room in schedule.rooms}
    found = []
    for session in schedule.sessions:
        has_part = any(credit.person == profile.person.code for credit in session.credits)
        if session.start is None or session.end is None or session.kind is SessionKind.EXCHANGE:
            continue
        if not has_part and session.guid not in starred:
            continue
        title, spoken = text_in(session.title, language, *schedule.languages)
        found.append(
            OwnSession(
                start=session.start,
                end=session.end,
                title=title,
                lang=spoken if spoken != language else "",
                room=text_in(rooms.get(session.room or "", {}), language, *schedule.languages)[0],
                url=reverse("programme_session", args=(exchange.event.slug, session.code)),
                has_part=has_part,
            )
        )
    return sorted(found, key=lambda one: one.start)
