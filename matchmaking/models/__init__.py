"""What the exchange keeps: its frame, who takes part, requests, meetings, suggestions and runs of the scheduler."""

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
from matchmaking.models.suggestions import Ranking, Suggestion, TextVector

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
    "Ranking",
    "Readiness",
    "RequestNote",
    "RunKind",
    "RunState",
    "Slot",
    "SolverRun",
    "Suggestion",
    "Table",
    "TextVector",
]
