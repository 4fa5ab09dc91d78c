"""A proposal becomes the plan: all of it in one transaction, or nothing when something stands in its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from matchmaking.errors import PlanOutdated, WrongState
from matchmaking.models import (
    Block,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    Origin,
    ProfileState,
    RunState,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.proposals import Change, read_changes
from matchmaking.services.plan_letters import enqueue_letters
from matchmaking.services.setting_up import touch
from matchmaking.snapshot import Kind, Where
from matchmaking.states import MEETING_LIVE, MeetingState, RequestState
from network.models import Person
from network.services import record_audit, record_audits
from sessions_app.registration.services.places import one_transaction


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the proposal with the row it is about; ``pair`` are the keys of the two."""

    change: Change
    meeting: Meeting | None
    request: MeetingRequest | None

    @property
    def row(self) -> Meeting | MeetingRequest:
        """The row that the change names."""
        row = self.meeting or self.request
        if row is None:
            raise MeetingRequest.DoesNotExist
        return row

    @property
    def pair(self) -> tuple[int, int]:
        """The two people by key."""
        return self.row.low_id, self.row.high_id


@one_transaction
def publish_run(
    *, run: SolverRun, actor: Person | None, reason: str = "", now: dt.datetime | None = None
) -> SolverRun:
    """Make and move the meetings of a proposal; everybody concerned is told by one letter, with the reason.

    Raises WrongState unless the proposal waits, and PlanOutdated with what has changed since it was made;
    nothing is written then.
    """
    moment = now or timezone.now()
    locked = SolverRun.objects.select_for_update(of=("self",)).select_related("exchange").get(pk=run.pk)
    if locked.state != RunState.DONE:
        raise WrongState(locked.state)
    steps, reasons = _lock(locked, read_changes(locked.plan))
    reasons += list(_in_the_way(locked, steps, moment))
    if reasons:
        raise PlanOutdated(reasons)
    try:
        with transaction.atomic():
            _write(locked, steps, actor, moment)
    except IntegrityError as error:  # a place was taken between the look and the writing
        raise PlanOutdated([("table_taken", "")]) from error
    locked.state = RunState.PUBLISHED
    locked.options = {**locked.options, "reason": reason[:300]}
    locked.save(update_fields=["state", "options"])
    record_audit(
        actor=actor, action="exchange.published", subject=locked, event_id=locked.exchange.event_id,
        changes={"meetings": (None, len(steps))}, reason=reason,
    )  # fmt: skip
    enqueue_letters(locked)
    touch(locked.exchange)
    return locked


def _lock(run: SolverRun, changes: list[Change]) -> tuple[list[Step], list[tuple[str, str]]]:
    """Lock the people of the changes in the order of their keys, then the rows; return them and what is gone."""
    codes = {
        kind: [change.code for change in changes if change.kind is kind]
        for kind in (Kind.MEETING, Kind.REQUEST)
    }
    meetings = Meeting.objects.filter(exchange=run.exchange_id, code__in=codes[Kind.MEETING])
    requests = MeetingRequest.objects.filter(exchange=run.exchange_id, code__in=codes[Kind.REQUEST])
    pairs = [*meetings.values_list("low_id", "high_id"), *requests.values_list("low_id", "high_id")]
    people = sorted({key for pair in pairs for key in pair} | set(_away(run)))
    list(
        ExchangeProfile.objects.select_for_update()
        .filter(pk__in=people, exchange=run.exchange_id)
        .order_by("pk")
        .values_list("pk")
    )
    found: dict[tuple[Kind, str], Step] = {}
    by_code = {change.code: change for change in changes if change.kind is Kind.MEETING}
    for meeting in meetings.select_for_update().order_by("pk"):
        found[Kind.MEETING, meeting.code] = Step(by_code[meeting.code], meeting, None)
    by_code = {change.code: change for change in changes if change.kind is Kind.REQUEST}
    for request in requests.select_for_update().order_by("pk"):
        found[Kind.REQUEST, request.code] = Step(by_code[request.code], None, request)
    gone = [("gone", change.code) for change in changes if (change.kind, change.code) not in found]
    return [
        found[change.kind, change.code] for change in changes if (change.kind, change.code) in found
    ], gone


def _away(run: SolverRun) -> dict[int, list[int]]:
    return {int(key): slots for key, slots in run.options.get("away", {}).items()}


def _in_the_way(run: SolverRun, steps: list[Step], moment: dt.datetime) -> Iterator[tuple[str, str]]:
    """Yield why a change does not apply any more, as a code and the names of whom it is about."""
    people = ExchangeProfile.objects.in_bulk({key for step in steps for key in step.pair})
    vacated = {step.meeting.pk for step in steps if step.meeting is not None}
    taken = _taken(steps, vacated)
    seated = set(
        Meeting.objects.filter(exchange=run.exchange_id, state__in=sorted(MEETING_LIVE), table__isnull=False)
        .exclude(pk__in=vacated)
        .values_list("table_id", "slot_id")
    )
    slots = {slot.pk: slot for slot in Slot.objects.filter(exchange=run.exchange_id)}
    tables = set(Table.objects.filter(exchange=run.exchange_id, is_active=True).values_list("pk", flat=True))
    blocked = set(
        Block.objects.filter(profile__exchange=run.exchange_id).values_list("profile_id", "other_id")
    )
    for step in steps:
        low, high = (people[key] for key in step.pair)
        names = f"{low.name} – {high.name}"
        reason = _state_of(step) or _pair_of(step, low, high, blocked)
        after = step.change.after
        if reason is None and after is not None:
            reason = _place_of(after, slots, tables, seated, moment)
            if reason is None:
                busy = [person.name for person in (low, high) if (person.pk, after.slot) in taken]
                reason, names = ("busy", ", ".join(busy)) if busy else (None, names)
        if reason is not None:
            yield reason, names


def _taken(steps: list[Step], vacated: set[int]) -> set[tuple[int, int]]:
    """Return person and slot of what stands in the way of the changes' people."""
    slots = {step.change.after.slot for step in steps if step.change.after is not None}
    people = {key for step in steps for key in step.pair}
    rows = Occupation.objects.filter(profile__in=people, slot__in=slots).exclude(meeting__in=vacated)
    return set(rows.values_list("profile_id", "slot_id"))


def _state_of(step: Step) -> str | None:
    meeting, request = step.meeting, step.request
    if request is not None:
        if request.state != RequestState.ACCEPTED:
            return "request_ended"
        return "booked" if Meeting.objects.filter(request=request).exists() else None
    if meeting is None or meeting.state != MeetingState.BOOKED:
        return "ended"
    if meeting.is_pinned:
        return "pinned"
    return None if Where(meeting.slot_id, meeting.table_id) == step.change.before else "moved"


def _pair_of(
    step: Step, low: ExchangeProfile, high: ExchangeProfile, blocked: set[tuple[int, int]]
) -> str | None:
    if step.request is None:
        return None
    if low.state != ProfileState.SHOWN or high.state != ProfileState.SHOWN:
        return "left"
    return "apart" if {(low.pk, high.pk), (high.pk, low.pk)} & blocked else None


def _place_of(
    after: Where,
    slots: Mapping[int, Slot],
    tables: set[int],
    seated: set[tuple[int, int]],
    moment: dt.datetime,
) -> str | None:
    slot = slots.get(after.slot)
    if slot is None or slot.start <= moment:
        return "begun"
    if after.table is None:
        return None
    if after.table not in tables:
        return "table_lost"
    return "table_taken" if (after.table, after.slot) in seated else None


def _write(run: SolverRun, steps: Iterable[Step], actor: Person | None, moment: dt.datetime) -> None:
    """Empty the old places first, so that meetings may swap theirs; then fill the new ones."""
    moved = [step for step in steps if step.meeting is not None and step.change.after is not None]
    lost = [step for step in steps if step.change.after is None]
    new = [step for step in steps if step.meeting is None and step.change.after is not None]
    leaving = [step.meeting.pk for step in (*moved, *lost) if step.meeting is not None]
    Occupation.objects.filter(meeting__in=leaving).delete()
    Meeting.objects.filter(pk__in=leaving).update(state=MeetingState.CANCELLED.value)
    rows = [_moved(step, moment) for step in moved]
    Meeting.objects.bulk_update(
        rows, ["slot", "table", "state", "sequence", "late_minutes", "changed_at"], batch_size=500
    )
    made = Meeting.objects.bulk_create([_made(run, step, moment) for step in new], batch_size=500)
    _lose(lost, moment)
    Occupation.objects.bulk_create(
        [
            Occupation(profile_id=key, slot_id=meeting.slot_id, kind=OccupationKind.MEETING, meeting=meeting)
            for meeting in (*rows, *made)
            for key in (meeting.low_id, meeting.high_id)
        ],
        batch_size=1_000,
    )
    away = _away(run)
    slots = set(Slot.objects.filter(exchange=run.exchange_id, pk__in={s for found in away.values() for s in found})
                .values_list("pk", flat=True))  # fmt: skip
    people = set(
        ExchangeProfile.objects.filter(exchange=run.exchange_id, pk__in=away).values_list("pk", flat=True)
    )
    Occupation.objects.bulk_create(
        [
            Occupation(profile_id=key, slot_id=slot, kind=OccupationKind.OWN)
            for key, found in away.items()
            for slot in found
            if key in people and slot in slots
        ],
        ignore_conflicts=True,
    )
    event = run.exchange.event_id
    record_audits(actor=actor, action="meeting.moved", subjects=rows, event_id=event)
    record_audits(actor=actor, action="meeting.booked", subjects=made, event_id=event)
    record_audits(
        actor=actor, action="meeting.cancelled", event_id=event,
        subjects=[step.meeting for step in lost if step.meeting is not None],
    )  # fmt: skip


def _moved(step: Step, moment: dt.datetime) -> Meeting:
    meeting, after = step.row, step.change.after
    if not isinstance(meeting, Meeting) or after is None:
        raise TypeError
    meeting.slot_id, meeting.table_id = after.slot, after.table
    meeting.state, meeting.late_minutes = MeetingState.BOOKED.value, 0
    meeting.sequence += 1
    meeting.changed_at = moment
    return meeting


def _made(run: SolverRun, step: Step, moment: dt.datetime) -> Meeting:
    after = step.change.after
    if after is None:
        raise TypeError
    low, high = step.pair
    return Meeting(
        exchange_id=run.exchange_id, request=step.request, low_id=low, high_id=high, slot_id=after.slot,
        table_id=after.table, is_online=after.table is None, origin=Origin.PLAN, created_at=moment,
        changed_at=moment,
    )  # fmt: skip


def _lose(lost: Iterable[Step], moment: dt.datetime) -> None:
    """Cancel the meetings; their requests stay agreed and wait for the next plan."""
    rows = [step.meeting for step in lost if step.meeting is not None]
    for meeting in rows:
        meeting.state, meeting.request = MeetingState.CANCELLED.value, None
        meeting.sequence += 1
        meeting.changed_at = moment
    Meeting.objects.bulk_update(rows, ["state", "request", "sequence", "changed_at"], batch_size=500)
