"""What becomes of booked meetings: late, held, not held, pinned, and what the two say of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from matchmaking.errors import SlotTaken, WrongState
from matchmaking.models import ExchangeProfile, Feedback, Meeting
from matchmaking.services.booking import locked_meeting, occupy
from matchmaking.services.setting_up import touch
from matchmaking.services.telling import tell_of
from matchmaking.states import MEETING_MOVES, MeetingState, may_move
from network.models import Person
from network.services import record_audit
from sessions_app.registration.services.places import one_transaction


@one_transaction
def tell_late(*, meeting: Meeting, by: ExchangeProfile, minutes: int, actor: Person | None) -> Meeting:
    """Tell the other side that one comes so many minutes late (0: in time after all). Raises WrongState."""
    locked = locked_meeting(meeting)
    if locked.state != MeetingState.BOOKED or by.pk not in {locked.low_id, locked.high_id}:
        raise WrongState(locked.state)
    before, locked.late_minutes = locked.late_minutes, minutes
    locked.sequence += 1
    locked.save(update_fields=["late_minutes", "sequence", "changed_at"])
    record_audit(
        actor=actor, action="meeting.late", subject=locked, event_id=locked.exchange.event_id,
        changes={"minutes": (before, minutes)},
    )  # fmt: skip
    tell_of("late", [(locked, locked.other(by))])
    touch(locked.exchange, locked.low, locked.high)
    return locked


@one_transaction
def mark_meeting(*, meeting: Meeting, state: MeetingState, actor: Person | None) -> Meeting:
    """Say whether a meeting took place. After a no-show both are free in its slot at once.

    Raises WrongState, and SlotTaken when a no-show is put right though one of the two meets somebody else by now.
    """
    locked = locked_meeting(meeting)
    before = MeetingState(locked.state)
    if before is state:
        return locked
    if state is MeetingState.CANCELLED or not may_move(MEETING_MOVES, before, state):
        raise WrongState(locked.state)
    if state is MeetingState.NO_SHOW:
        locked.occupations.all().delete()
    elif before is MeetingState.NO_SHOW:
        try:
            with transaction.atomic():
                occupy(locked)
        except IntegrityError as error:
            raise SlotTaken from error
    locked.state = state.value
    locked.save(update_fields=["state", "changed_at"])
    record_audit(
        actor=actor, action="meeting.marked", subject=locked, event_id=locked.exchange.event_id,
        changes={"state": (before.value, state.value)},
    )  # fmt: skip
    touch(locked.exchange, locked.low, locked.high)
    return locked


@one_transaction
def pin_meetings(*, meetings: Iterable[Meeting], is_pinned: bool, actor: Person | None) -> int:
    """Let later plans leave these meetings where they are, or move them again; return how many changed."""
    rows = [meeting for meeting in meetings if meeting.is_pinned != is_pinned]
    Meeting.objects.filter(pk__in=[row.pk for row in rows]).update(is_pinned=is_pinned)
    for row in rows:
        record_audit(
            actor=actor, action="meeting.pinned", subject=row, event_id=row.exchange.event_id,
            changes={"pinned": (not is_pinned, is_pinned)},
        )  # fmt: skip
    if rows:
        touch(rows[0].exchange)
    return len(rows)


@one_transaction
def give_feedback(
    *, meeting: Meeting, by: ExchangeProfile, rating: int | None, outcome: str, note: str
) -> Feedback:
    """Write what one of the two says of the meeting; a second time it replaces the first. Raises WrongState."""
    if by.pk not in {meeting.low_id, meeting.high_id} or meeting.state == MeetingState.CANCELLED:
        raise WrongState(meeting.state)
    made, _created = Feedback.objects.update_or_create(
        meeting=meeting, profile=by, defaults={"rating": rating, "outcome": outcome, "note": note}
    )
    return made
