"""A plan that stands is sought anew: what stays, what moves, what loses its place."""

from __future__ import annotations

import pytest

from matchmaking.comparison import compare
from matchmaking.models import (
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    RunState,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.proposals import read_changes
from matchmaking.services.booking import book, cancel_meeting
from matchmaking.services.joining import set_own_time
from matchmaking.services.marking import pin_meetings
from matchmaking.services.planning import publish_run
from matchmaking.services.tables import use_tables
from tests.factories import make_participant
from tests.matchmaking.planning.plans import agree, places, plan, published

pytestmark = pytest.mark.django_db


def test_pinned_meetings_stay_where_they_are(exchange, people, agreed):
    published(exchange)
    pinned = Meeting.objects.first()
    pin_meetings(meetings=[pinned], is_pinned=True, actor=None)
    before = (pinned.slot_id, pinned.table_id)
    for other in Meeting.objects.exclude(pk=pinned.pk):
        cancel_meeting(meeting=other, by=None, actor=None, reason="")
    newcomer = make_participant(exchange, name="Elena")
    agree(newcomer, pinned.low)
    published(exchange)
    pinned.refresh_from_db()
    assert (pinned.slot_id, pinned.table_id, pinned.sequence) == (*before, 0)


def test_a_table_out_of_use_loses_its_meetings_to_others(exchange, people, agreed):
    published(exchange)
    lost = Table.objects.get(exchange=exchange, number=2)
    use_tables(tables=[lost], is_active=False, actor=None)
    run = published(exchange)
    assert run.placed == 6
    assert not Meeting.objects.filter(state="booked", table=lost).exists()


def test_who_is_away_is_moved_and_her_time_stays_closed(exchange, people, agreed):
    published(exchange)
    anna = people[0]
    taken = list(
        Occupation.objects.filter(profile=anna).order_by("slot__start").values_list("slot", flat=True)
    )
    free = Slot.objects.filter(exchange=exchange).exclude(pk__in=taken)
    assert free.exists()
    published(exchange, away={str(anna.pk): taken[:1]})
    assert Occupation.objects.get(profile=anna, slot=taken[0]).kind == OccupationKind.OWN
    assert Occupation.objects.filter(profile=anna, kind=OccupationKind.MEETING).count() == 3


def test_a_meeting_that_loses_its_place_waits_for_the_next_plan_and_both_are_told(exchange, people):
    anna, boris, *_others = people
    agree(anna, boris)
    published(exchange)
    everything = list(Slot.objects.filter(exchange=exchange).values_list("pk", flat=True))
    run = plan(exchange, away={str(anna.pk): everything})
    [change] = read_changes(run.plan)
    assert change.is_lost
    publish_run(run=run, actor=None, reason="Anna is ill.")
    assert Meeting.objects.get().state == "cancelled"
    assert MeetingRequest.objects.get().state == "accepted"
    Occupation.objects.filter(kind=OccupationKind.OWN).delete()
    assert plan(exchange).placed == 1


def test_what_loses_its_place_is_told_once_with_its_reason(exchange, people):
    anna, boris, clara, dmitri = people
    agree(anna, boris)
    published(exchange)
    everything = list(Slot.objects.filter(exchange=exchange).values_list("pk", flat=True))
    set_own_time(profile=clara, busy=everything, actor=None)
    agree(clara, dmitri)
    found = compare(plan(exchange, away={str(anna.pk): everything}))
    [lost], [unplaced] = found.lost, found.unplaced
    assert {lost.one, lost.other} == {"Anna", "Boris"}
    assert lost.why
    assert {unplaced.one, unplaced.other} == {"Clara", "Dmitri"}


def test_meetings_may_swap_their_places(exchange, people):
    """Two meetings each in the other's way: emptied first, filled then."""
    from matchmaking.proposals import Change, write_changes
    from matchmaking.snapshot import Kind, Where

    anna, boris, clara, dmitri = people
    slot = Slot.objects.filter(exchange=exchange).first()
    one_table, other_table = Table.objects.filter(exchange=exchange)
    first = book(low=anna, high=boris, request=None, slot=slot, table=one_table, actor=None)
    second = book(low=clara, high=dmitri, request=None, slot=slot, table=other_table, actor=None)
    at = {meeting: Where(slot.pk, meeting.table_id) for meeting in (first, second)}
    swap = [
        Change(Kind.MEETING, first.code, at[first], at[second]),
        Change(Kind.MEETING, second.code, at[second], at[first]),
    ]
    run = SolverRun.objects.create(exchange=exchange, state=RunState.DONE, plan=write_changes(swap))
    publish_run(run=run, actor=None)
    assert places(exchange) == {
        ("Anna", "Boris"): (slot.pk, other_table.pk),
        ("Clara", "Dmitri"): (slot.pk, one_table.pk),
    }
