"""A participant's days at the exchange as a timeline: meetings, requests, free time, and sessions beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from matchmaking.free_time import FreeTime
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, OccupationKind, Slot
from matchmaking.pages.programme import OwnSession
from matchmaking.services.telling import room_of
from matchmaking.states import MEETING_LIVE, MeetingState


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """A meeting as one of the two sees it; ``room`` is the address of its video room, ``contact`` her e-mail."""

    meeting: Meeting
    other: ExchangeProfile
    room: str
    contact: str = ""
    has_begun: bool = False
    is_over: bool = False

    @property
    def is_booked(self) -> bool:
        """Whether it is still to be held."""
        return self.meeting.state == MeetingState.BOOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a day, in order of time; ``kind`` is meeting, session, free, own, part or starred.

    ``partners`` are good partners who are free then, ``asked`` a request for just this time that waits
    for the reader's answer.
    """

    kind: str
    start: dt.datetime
    end: dt.datetime
    slot: Slot | None = None
    meeting: MeetingView | None = None
    session: OwnSession | None = None
    asked: MeetingRequest | None = None
    partners: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the timeline."""

    date: dt.date
    rows: list[Row] = field(default_factory=list)

    @property
    def meetings(self) -> int:
        """How many meetings the day has."""
        return sum(row.kind == "meeting" for row in self.rows)


def view_of(meeting: Meeting, reader: ExchangeProfile, *, now: dt.datetime, contact: str = "") -> MeetingView:
    """Return the meeting as the reader sees it at the moment."""
    return MeetingView(
        meeting=meeting,
        other=meeting.other(reader),
        room=room_of(meeting),
        contact=contact,
        has_begun=meeting.slot.start <= now,
        is_over=meeting.slot.end <= now,
    )


def days_of(
    reader: ExchangeProfile,
    free: FreeTime,
    *,
    meetings: Iterable[Meeting],
    now: dt.datetime,
    sessions: Sequence[OwnSession] = (),
    to_answer: Iterable[MeetingRequest] = (),
    partners: Sequence[ExchangeProfile] = (),
) -> list[Day]:
    """Return the days with what the reader has then; free time that has begun is left out. No query.

    ``partners`` are those whose free time ``free`` knows and who are counted in "free too".
    """
    days: dict[dt.date, Day] = {slot.date: Day(slot.date) for slot in free.all_slots}
    live = {m.slot_id: m for m in meetings if m.state in MEETING_LIVE}
    asked = {request.slot_id: request for request in to_answer if request.slot_id}
    for slot in free.all_slots:
        row = _row(reader, slot, free, live.get(slot.pk), asked.get(slot.pk), sessions, partners, now)
        if row is not None:
            days[slot.date].rows.append(row)
    zone = reader.exchange.event.zone
    for session in sessions:
        date = session.start.astimezone(zone).date()
        if date in days:
            days[date].rows.append(Row(kind="session", start=session.start, end=session.end, session=session))
    for day in days.values():
        day.rows.sort(key=lambda row: (row.start, row.kind != "session"))
    return list(days.values())


def _row(
    reader: ExchangeProfile,
    slot: Slot,
    free: FreeTime,
    meeting: Meeting | None,
    asked: MeetingRequest | None,
    sessions: Sequence[OwnSession],
    partners: Sequence[ExchangeProfile],
    now: dt.datetime,
) -> Row | None:
    times = {"start": slot.start, "end": slot.end, "slot": slot}
    if meeting is not None:
        return Row(kind="meeting", meeting=view_of(meeting, reader, now=now), **times)
    if slot.start <= now:
        return None
    kind = free.taken[reader.pk].get(slot.pk, "")
    if kind == OccupationKind.PROGRAMME:
        # The session itself stands in the list; without one, her part is told at least.
        is_listed = any(one.has_part and one.covers(slot) for one in sessions)
        return None if is_listed else Row(kind="part", **times)
    if kind:
        return Row(kind="own", **times)
    if slot.pk in free.starred.get(reader.pk, ()):
        return None if any(one.covers(slot) for one in sessions) else Row(kind="starred", **times)
    if slot.pk not in free.by_profile[reader.pk]:
        return None  # as many meetings that day as she wants
    count = sum(slot.pk in free.by_profile[person.pk] for person in partners)
    return Row(kind="free", asked=asked, partners=count, **times)


def nearest(days: Sequence[Day], today: dt.date) -> Day | None:
    """Return today, else the next day, else the last one; None without any."""
    coming = [day for day in days if day.date >= today]
    return (coming or list(days)[-1:] or [None])[0]
