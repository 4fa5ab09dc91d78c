"""What the exchange keeps: its frame, who takes part, requests, meetings and runs of the scheduler."""

from matchmaking.models.exchanges import Asking, Exchange, ExchangeHours, Slot, Table
from matchmaking.models.meetings import (
    DeclineReason,
    Feedback,
    Meeting,
    MeetingRequest,
    Origin,
    Outcome,
    RequestNote,
)
from matchmaking.models.profiles import (
    Block,
    Cooperation,
    Dismissal,
    ExchangeProfile,
    NotForMe,
    Occupation,
    OccupationKind,
    Offer,
    OfferKind,
    ProfileState,
    Readiness,
)
from matchmaking.models.runs import RunKind, RunState, SolverRun

__all__ = [
    "Asking",
    "Block",
    "Cooperation",
    "DeclineReason",
    "Dismissal",
    "Exchange",
    "ExchangeHours",
    "ExchangeProfile",
    "Feedback",
    "Meeting",
    "MeetingRequest",
    "NotForMe",
    "Occupation",
    "OccupationKind",
    "Offer",
    "OfferKind",
    "Origin",
    "Outcome",
    "ProfileState",
    "Readiness",
    "RequestNote",
    "RunKind",
    "RunState",
    "Slot",
    "SolverRun",
    "Table",
]
