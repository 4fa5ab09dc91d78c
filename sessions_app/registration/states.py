"""The states of a registration and of a waiting entry, and the moves between them; plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a registration stands; the value is what the database and the API say."""

    DRAFT = "draft"  # being filled in, promises nothing
    INVITED = "invited"  # named by a delegation, has a place, must finish and consent
    PENDING = "pending"  # sent, waits for the organiser
    WAITING = "waiting"  # wanted and welcome, but there is no place
    OFFERED = "offered"  # a place is kept until a time
    CONFIRMED = "confirmed"  # comes
    DECLINED = "declined"  # the organiser said no
    CANCELLED = "cancelled"  # the person, or the head of her delegation, said no


MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PENDING, State.WAITING, State.CONFIRMED, State.INVITED, State.CANCELLED}),
    State.INVITED: frozenset({State.PENDING, State.CONFIRMED, State.DECLINED, State.CANCELLED}),
    State.PENDING: frozenset({State.CONFIRMED, State.WAITING, State.DECLINED, State.CANCELLED}),
    State.WAITING: frozenset(
        {State.OFFERED, State.CONFIRMED, State.INVITED, State.DECLINED, State.CANCELLED}
    ),
    State.OFFERED: frozenset({State.CONFIRMED, State.WAITING, State.DECLINED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.WAITING, State.DECLINED, State.CANCELLED}),
    # Somebody who was declined or gave up may be taken in again by the organiser, or start anew.
    State.DECLINED: frozenset({State.PENDING, State.CONFIRMED, State.WAITING}),
    State.CANCELLED: frozenset({State.PENDING, State.CONFIRMED, State.WAITING}),
}

# A person has at most one live registration for an event.
LIVE = frozenset({State.INVITED, State.PENDING, State.WAITING, State.OFFERED, State.CONFIRMED})
# These hold a place of their category.
HOLDING = frozenset({State.INVITED, State.OFFERED, State.CONFIRMED})
ENDED = frozenset({State.DECLINED, State.CANCELLED})


def may_move(before: State | str, after: State | str) -> bool:
    """Tell whether a registration may go from one state to the other."""
    return State(after) in MOVES[State(before)]


class EntryState(StrEnum):
    """Where an entry of a waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    EXPIRED = "expired"
    LEFT = "left"


ENTRY_OPEN = frozenset({EntryState.WAITING, EntryState.OFFERED})
