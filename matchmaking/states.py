"""Phases of an exchange, states of requests and meetings, and the moves between them; plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Preset(StrEnum):
    """Who makes the meetings of an exchange."""

    SELF_SERVICE = "self_service"  # people book by agreeing
    CURATED = "curated"  # people wish, the matchmaker plans
    HYBRID = "hybrid"  # first a plan, then people book in its gaps


class Phase(StrEnum):
    """How far an exchange has come."""

    SETUP = "setup"  # only the matchmaker sees it
    PROFILES = "profiles"  # people write what they offer and need
    REQUESTS = "requests"  # people ask each other
    PLAN = "plan"  # the matchmaker plans; requests still come in
    LIVE = "live"  # the plan is out, the days of the exchange
    OVER = "over"  # read only, but for outcomes


def shows_people(phase: Phase | str) -> bool:
    """Tell whether participants see each other."""
    return Phase(phase) is not Phase.SETUP


def takes_profiles(phase: Phase | str) -> bool:
    """Tell whether people may join and change what they offer and need."""
    return Phase(phase) not in {Phase.SETUP, Phase.OVER}


def takes_requests(preset: Preset | str, phase: Phase | str) -> bool:
    """Tell whether people may ask for meetings and answer; a curated exchange is the matchmaker's once it is live."""
    if Phase(phase) is Phase.LIVE:
        return Preset(preset) is not Preset.CURATED
    return Phase(phase) in {Phase.REQUESTS, Phase.PLAN}


def books_at_once(preset: Preset | str, phase: Phase | str) -> bool:
    """Tell whether two who agree get slot and table at once; otherwise the next plan gives them."""
    match Preset(preset):
        case Preset.SELF_SERVICE:
            return Phase(phase) in {Phase.REQUESTS, Phase.PLAN, Phase.LIVE}
        case Preset.HYBRID:
            return Phase(phase) is Phase.LIVE
        case Preset.CURATED:
            return False


class RequestState(StrEnum):
    """Where a request for a meeting stands; only an accepted one can hold a slot."""

    PENDING = "pending"  # waits for the answer of whoever has the turn
    ACCEPTED = "accepted"  # both agree; a meeting exists, or the next plan makes it
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # was agreed, and one of the two, or the team, took it back


REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.PENDING: frozenset(
        {RequestState.ACCEPTED, RequestState.DECLINED, RequestState.WITHDRAWN, RequestState.EXPIRED}
    ),
    RequestState.ACCEPTED: frozenset({RequestState.CANCELLED}),
    RequestState.DECLINED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.EXPIRED: frozenset(),
    RequestState.CANCELLED: frozenset(),
}

# Two people have at most one request in these states between them.
REQUEST_LIVE = frozenset({RequestState.PENDING, RequestState.ACCEPTED})


class MeetingState(StrEnum):
    """Where a meeting stands; booked, held and missed ones keep their slot."""

    BOOKED = "booked"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


MEETING_MOVES: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.BOOKED: frozenset({MeetingState.HELD, MeetingState.NO_SHOW, MeetingState.CANCELLED}),
    # What was marked by mistake can be put right.
    MeetingState.HELD: frozenset({MeetingState.NO_SHOW}),
    MeetingState.NO_SHOW: frozenset({MeetingState.HELD}),
    MeetingState.CANCELLED: frozenset(),
}

MEETING_LIVE = frozenset({MeetingState.BOOKED, MeetingState.HELD, MeetingState.NO_SHOW})


def may_move[S: StrEnum](moves: Mapping[S, frozenset[S]], before: S, after: S) -> bool:
    """Tell whether the table of moves leads from one state to the other."""
    return after in moves[before]
