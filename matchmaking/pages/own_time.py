"""A participant's own time as a grid of days and slots: what is free, kept free, and blocked by what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from matchmaking.free_time import free_time
from matchmaking.models import ExchangeProfile, Meeting, OccupationKind, Slot
from matchmaking.pages.programme import OwnSession, own_sessions
from matchmaking.queries import meetings_for
from matchmaking.states import MEETING_LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRow:
    """A slot: ticked when she has time then; ``session`` or ``meeting`` when it is hers no more to give."""

    slot: Slot
    is_free: bool
    is_kept: bool  # she keeps it free of meetings
    is_past: bool
    session: OwnSession | None = None  # in which she has a part, or which she starred
    meeting: Meeting | None = None
    with_whom: str = ""

    @property
    def is_open(self) -> bool:
        """Whether she may say whether she has time then."""
        return not (self.is_past or self.meeting or (self.session and self.session.has_part))


@dataclass(frozen=True, slots=True)
class TimeDay:
    """One day of the grid."""

    date: dt.date
    rows: list[TimeRow] = field(default_factory=list)


def own_time(
    profile: ExchangeProfile, language: str, *, now: dt.datetime, free: Collection[int] | None = None
) -> list[TimeDay]:
    """Return the grid by day; ``free`` are the slots ticked in a form that is shown again. Five queries at most."""
    found = free_time(profile.exchange, [profile], now=now, starred_too=True)
    sessions = own_sessions(profile.exchange, profile, found, language)
    taken = found.taken[profile.pk]
    live = meetings_for(profile).filter(state__in=sorted(MEETING_LIVE))
    meetings = {meeting.slot_id: meeting for meeting in live}
    days: dict[dt.date, TimeDay] = {}
    for slot in found.all_slots:
        beside = sorted((one for one in sessions if one.covers(slot)), key=lambda one: not one.has_part)
        kind, meeting = taken.get(slot.pk, ""), meetings.get(slot.pk)
        row = TimeRow(
            slot=slot,
            is_free=kind == "" if free is None else slot.pk in free,
            is_kept=kind == OccupationKind.OWN,
            is_past=slot.start <= now,
            session=beside[0] if beside else None,
            meeting=meeting,
            with_whom=meeting.other(profile).name if meeting else "",
        )
        days.setdefault(slot.date, TimeDay(slot.date)).rows.append(row)
    return list(days.values())
