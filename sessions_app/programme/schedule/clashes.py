"""Clashes of a timetable: what cannot be held as it is planned.

Times are half-open: a session that starts when another ends does not clash with it.
"""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sessions_app.programme.schedule.model import Day, Person, Room, Schedule, Session


class ClashKind(StrEnum):
    """What is wrong."""

    ROOM_DOUBLE_BOOKED = "room_double_booked"
    PERSON_DOUBLE_BOOKED = "person_double_booked"
    OUTSIDE_DAY = "outside_day"
    OVER_CAPACITY = "over_capacity"
    SEATS_OVER_CAPACITY = "seats_over_capacity"


BLOCKING = frozenset({ClashKind.ROOM_DOUBLE_BOOKED, ClashKind.PERSON_DOUBLE_BOOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One clash. ``other`` and ``start``/``end`` (the overlap, UTC) are given for double bookings.

    For the two capacity kinds ``wanted`` people or seats meet ``available`` places.
    """

    kind: ClashKind
    session: Session
    other: Session | None = None
    room: Room | None = None
    person: Person | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    wanted: int | None = None
    available: int | None = None

    @property
    def blocking(self) -> bool:
        """Whether a release needs an override with a reason."""
        return self.kind in BLOCKING


@dataclass(frozen=True, slots=True)
class _Span:
    start: dt.datetime
    end: dt.datetime
    session: Session


def find_clashes(schedule: Schedule, sign_ups: Mapping[uuid.UUID, int] | None = None) -> list[Clash]:
    """Return the clashes in order of time; ``sign_ups`` counts people by session guid."""
    spans = [
        _Span(session.start, session.end, session)
        for session in schedule.sessions
        if session.start is not None and session.end is not None
    ]
    spans.sort(key=lambda span: (span.start, span.end, span.session.number))
    found = [
        *_double_booked_rooms(spans, schedule.rooms),
        *_double_booked_people(spans, schedule.people),
        *_outside_days(spans, schedule.days),
        *_too_full(schedule, sign_ups or {}),
    ]
    found.sort(key=lambda clash: (not clash.blocking, _moment(clash), clash.session.number))
    return found


def _moment(clash: Clash) -> dt.datetime:
    return clash.start or clash.session.start or dt.datetime.max.replace(tzinfo=dt.UTC)


def _overlaps(spans: Iterable[_Span]) -> Iterator[tuple[_Span, _Span]]:
    """Yield each pair of overlapping spans of a list sorted by start; empty spans overlap nothing."""
    running: list[tuple[dt.datetime, int, _Span]] = []
    for number, span in enumerate(spans):
        while running and running[0][0] <= span.start:
            heapq.heappop(running)
        if span.end <= span.start:
            continue
        for _, _, other in sorted(running, key=lambda item: item[1]):
            yield other, span
        heapq.heappush(running, (span.end, number, span))


def _double_booked_rooms(spans: list[_Span], rooms: Iterable[Room]) -> Iterator[Clash]:
    by_key = {room.key: room for room in rooms}
    booked: dict[str, list[_Span]] = defaultdict(list)
    for span in spans:
        if span.session.room in by_key:
            booked[span.session.room].append(span)
    for key, held in booked.items():
        for first, second in _overlaps(held):
            yield Clash(
                kind=ClashKind.ROOM_DOUBLE_BOOKED,
                session=first.session,
                other=second.session,
                room=by_key[key],
                start=second.start,
                end=min(first.end, second.end),
            )


def _double_booked_people(spans: list[_Span], people: Iterable[Person]) -> Iterator[Clash]:
    by_key = {person.key: person for person in people}
    booked: dict[str, list[_Span]] = defaultdict(list)
    for span in spans:
        for key in dict.fromkeys(credit.person for credit in span.session.credits):
            if key in by_key:
                booked[key].append(span)
    for key, held in booked.items():
        for first, second in _overlaps(held):
            yield Clash(
                kind=ClashKind.PERSON_DOUBLE_BOOKED,
                session=first.session,
                other=second.session,
                person=by_key[key],
                start=second.start,
                end=min(first.end, second.end),
            )


def _outside_days(spans: list[_Span], days: Iterable[Day]) -> Iterator[Clash]:
    windows = sorted((day.start, day.end) for day in days)
    starts = [start for start, _ in windows]
    for span in spans:
        candidates = windows[: bisect_right(starts, span.start)]
        if not any(span.end <= end for _, end in candidates):
            yield Clash(kind=ClashKind.OUTSIDE_DAY, session=span.session)


def _too_full(schedule: Schedule, sign_ups: Mapping[uuid.UUID, int]) -> Iterator[Clash]:
    rooms = {room.key: room for room in schedule.rooms}
    for session in schedule.sessions:
        room = rooms.get(session.room or "")
        capacity = room.capacity if room else None
        limits = [limit for limit in (session.seats, capacity) if limit is not None]
        signed_up = sign_ups.get(session.guid, 0)
        if limits and signed_up > min(limits):
            yield Clash(
                kind=ClashKind.OVER_CAPACITY,
                session=session,
                room=room,
                wanted=signed_up,
                available=min(limits),
            )
        if session.seats is not None and capacity is not None and session.seats > capacity:
            yield Clash(
                kind=ClashKind.SEATS_OVER_CAPACITY,
                session=session,
                room=room,
                wanted=session.seats,
                available=capacity,
            )
