"""Plans: sought by a worker, proposed, published whole or not at all."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from django.core import mail
from django.utils import timezone

from matchmaking.comparison import compare
from matchmaking.errors import NothingToPlan, PlanOutdated, RunGoing, WrongState
from matchmaking.models import (
    Block,
    Meeting,
    MeetingRequest,
    Occupation,
    OccupationKind,
    RunState,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.proposals import read_changes, read_unplaced
from matchmaking.services.asking import accept, ask
from matchmaking.services.booking import book, cancel_meeting, move_meeting
from matchmaking.services.joining import leave_exchange, set_own_time
from matchmaking.services.marking import pin_meetings
from matchmaking.services.planning import publish_run
from matchmaking.services.running import (
    LEASE,
    claim_run,
    discard_run,
    end_run,
    queue_run,
    stop_run,
    tend_runs,
)
from matchmaking.services.solving import run_solver
from matchmaking.services.tables import use_tables
from matchmaking.snapshot import take_snapshot
from network.delivery import deliver_due
from network.models import AuditEntry
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


def agree(one, other, *, slot=None, priority=2) -> MeetingRequest:
    """Return a request that both agreed on and that has no place yet."""
    asked = ask(sender=one, recipient=other, actor=one.person, slot=slot, priority=priority)
    return accept(request=asked, by=other, actor=other.person)


@pytest.fixture
def exchange():
    """Six slots of one day and two tables; people wish, the matchmaker plans."""
    return make_exchange(preset="curated", phase="plan", tables=2)


@pytest.fixture
def people(exchange):
    return [make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara", "Dmitri")]


@pytest.fixture
def agreed(people):
    """Everybody agreed to meet everybody: six meetings."""
    return [agree(one, other) for one, other in combinations(people, 2)]


def plan(exchange, **options) -> SolverRun:
    """Return a run that was worked on, for two seconds at most."""
    run = queue_run(exchange=exchange, actor=None, seconds=2, options=options)
    run_solver(run.pk)
    run.refresh_from_db()
    return run


def published(exchange, **options) -> SolverRun:
    return publish_run(run=plan(exchange, **options), actor=None)


def places(exchange) -> dict[tuple[str, str], tuple[int, int]]:
    """Return pair of names to slot and table of what is booked."""
    rows = Meeting.objects.filter(exchange=exchange, state="booked").order_by("low__name", "high__name")
    return {(row.low.name, row.high.name): (row.slot_id, row.table_id) for row in rows}


def test_all_that_is_agreed_is_planned_and_nothing_is_booked_before_it_is_published(exchange, agreed):
    run = plan(exchange)
    assert (run.state, run.wanted, run.placed, run.unplaced) == (RunState.DONE, 6, 6, [])
    assert not Meeting.objects.exists()
    publish_run(run=run, actor=None)
    assert len(places(exchange)) == 6
    assert Occupation.objects.filter(kind=OccupationKind.MEETING).count() == 12
    assert {meeting.request for meeting in Meeting.objects.all()} == set(agreed)
    assert {meeting.origin for meeting in Meeting.objects.all()} == {"plan"}
    run.refresh_from_db()
    assert run.state == RunState.PUBLISHED


def test_the_same_seed_gives_the_same_plan(exchange, agreed):
    first = plan(exchange)
    again = queue_run(exchange=exchange, actor=None, seconds=2)
    SolverRun.objects.filter(pk=again.pk).update(seed=first.seed)
    run_solver(again.pk)
    again.refresh_from_db()
    assert again.plan == first.plan


def test_a_slot_that_two_agreed_on_is_theirs(exchange, people):
    slot = Slot.objects.filter(exchange=exchange)[4]
    agree(people[0], people[1], slot=slot)
    published(exchange)
    assert Meeting.objects.get().slot == slot


def test_what_matters_more_gets_the_place(exchange, people):
    """One table and one slot left, two meetings of other people."""
    anna, boris, clara, dmitri = people
    slots = list(Slot.objects.filter(exchange=exchange))
    for person in people:
        set_own_time(profile=person, busy=[slot.pk for slot in slots[1:]], actor=None)
    Table.objects.filter(exchange=exchange, number=2).update(is_active=False)
    agree(anna, boris, priority=1)
    agree(clara, dmitri, priority=3)
    run = plan(exchange)
    assert (run.placed, run.lost) == (1, 1)
    [missing] = read_unplaced(run.unplaced)
    assert (missing.lack, {missing.low, missing.high}) == ("no_table_free", {anna.pk, boris.pk})


def test_nobody_is_planned_where_she_is_not_free(exchange, people):
    anna, boris, *_others = people
    slots = list(Slot.objects.filter(exchange=exchange))
    set_own_time(profile=anna, busy=[slot.pk for slot in slots[:3]], actor=None)
    set_own_time(profile=boris, busy=[slot.pk for slot in slots[4:]], actor=None)
    agree(anna, boris)
    published(exchange)
    assert Meeting.objects.get().slot == slots[3]


def test_two_who_are_never_free_together_are_told_of_by_name(exchange, people):
    anna, boris, *_others = people
    slots = list(Slot.objects.filter(exchange=exchange))
    set_own_time(profile=anna, busy=[slot.pk for slot in slots[:3]], actor=None)
    set_own_time(profile=boris, busy=[slot.pk for slot in slots[3:]], actor=None)
    agree(anna, boris)
    run = plan(exchange)
    [missing] = read_unplaced(run.unplaced)
    assert (run.placed, missing.lack) == (0, "no_common_slot")
    assert set(missing.people) == {anna.pk, boris.pk}


def test_limits_a_day_hold(exchange, people, agreed):
    anna = people[0]
    anna.meetings_a_day = 1
    anna.save()
    published(exchange)
    assert sum(anna.name in pair for pair in places(exchange)) == 1
    assert len(places(exchange)) == 4


def test_step_free_people_get_step_free_tables_and_remote_ones_none(people, exchange):
    anna, boris, clara, dmitri = people
    Table.objects.filter(number=1).update(step_free=False)
    type(anna).objects.filter(pk=anna.pk).update(needs_step_free=True)
    type(clara).objects.filter(pk=clara.pk).update(is_remote=True)
    exchange.room_link = "https://rooms.example/{code}"
    exchange.save()
    agree(anna, boris)
    agree(clara, dmitri)
    published(exchange)
    at_table, on_line = Meeting.objects.order_by("is_online")
    assert at_table.table.number == 2
    assert (on_line.is_online, on_line.table) == (True, None)


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


def test_everybody_concerned_gets_one_letter_with_the_reason(exchange, people, agreed):
    deliver_due()
    mail.outbox.clear()
    run = plan(exchange)
    publish_run(run=run, actor=None, reason="Table 2 was lost.")
    deliver_due()
    deliver_due()  # what is written twice is sent once
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(one.person.email for one in people)
    letter = next(one for one in mail.outbox if one.to == [people[0].person.email])
    assert "Table 2 was lost." in letter.body
    assert all(name in letter.body for name in ("Boris", "Clara", "Dmitri"))
    assert "Anna" not in letter.body.replace("Hello Anna", "")


def test_letters_speak_the_readers_language(exchange, people):
    anna, boris, *_others = people
    type(anna.person).objects.filter(pk=anna.person_id).update(locale="ru")
    agree(anna, boris)
    deliver_due()
    mail.outbox.clear()
    published(exchange)
    deliver_due()
    letter = next(one for one in mail.outbox if one.to == [anna.person.email])
    assert "Новые встречи" in letter.body


def test_a_proposal_does_not_apply_once_its_people_have_booked_elsewhere(exchange, people, agreed):
    run = plan(exchange)
    change = next(iter(read_changes(run.plan)))
    asked = MeetingRequest.objects.get(code=change.code)
    stranger = make_participant(exchange, name="Elena")
    slot = Slot.objects.get(pk=change.after.slot)
    other_table = Table.objects.filter(exchange=exchange).exclude(pk=change.after.table).first()
    book(low=asked.low, high=stranger, request=None, slot=slot, table=other_table, actor=None)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert ("busy", asked.low.name) in outdated.value.reasons
    assert Meeting.objects.count() == 1  # that of the stranger; nothing of the plan was written
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_proposal_does_not_apply_once_its_table_is_gone_or_taken(exchange, people, agreed):
    run = plan(exchange)
    Table.objects.filter(exchange=exchange, number=1).update(is_active=False)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert {reason for reason, _names in outdated.value.reasons} == {"table_lost"}
    Table.objects.filter(exchange=exchange).update(is_active=True)
    change = next(iter(read_changes(run.plan)))
    one, other = make_participant(exchange), make_participant(exchange)
    book(
        low=one, high=other, request=None, actor=None,
        slot=Slot.objects.get(pk=change.after.slot), table=Table.objects.get(pk=change.after.table),
    )  # fmt: skip
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [reason for reason, _names in outdated.value.reasons] == ["table_taken"]


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda request: leave_exchange(profile=request.low, actor=None), "request_ended"),
        (lambda request: Block.objects.create(profile=request.low, other=request.high), "apart"),
        (lambda request: MeetingRequest.objects.filter(pk=request.pk).delete(), "gone"),
        (
            lambda request: Slot.objects.update(start=timezone.now(), end=timezone.now() + dt.timedelta(1)),
            "begun",
        ),
    ],
)
def test_a_proposal_says_what_has_changed_since_it_was_made(exchange, people, happens, reason):
    request = agree(people[0], people[1])
    run = plan(exchange)
    if reason == "begun":
        slot = read_changes(run.plan)[0].after.slot
        Slot.objects.filter(pk=slot).update(start=timezone.now() - dt.timedelta(hours=1))
    else:
        happens(request)
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [found for found, _names in outdated.value.reasons] == [reason]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("happens", ["moved", "pinned", "ended"])
def test_a_meeting_that_was_touched_meanwhile_is_not_moved_by_an_old_proposal(exchange, people, happens):
    anna, boris, *_others = people
    agree(anna, boris)
    published(exchange)
    meeting = Meeting.objects.get()
    run = plan(exchange, away={str(anna.pk): [meeting.slot_id]})
    if happens == "moved":
        free = Slot.objects.filter(exchange=exchange).exclude(pk=meeting.slot_id).last()
        move_meeting(meeting=meeting, slot=free, actor=None)
    elif happens == "pinned":
        pin_meetings(meetings=[meeting], is_pinned=True, actor=None)
    else:
        cancel_meeting(meeting=meeting, by=None, actor=None, reason="")
    with pytest.raises(PlanOutdated) as outdated:
        publish_run(run=run, actor=None)
    assert [reason for reason, _names in outdated.value.reasons] == [happens]


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


def test_a_proposal_is_published_once(exchange, agreed):
    run = published(exchange)
    with pytest.raises(WrongState):
        publish_run(run=run, actor=None)
    with pytest.raises(WrongState):
        discard_run(run=run, actor=None)


def test_two_organisers_seek_one_plan_at_a_time(exchange, agreed):
    queue_run(exchange=exchange, actor=None)
    with pytest.raises(RunGoing):
        queue_run(exchange=exchange, actor=None)
    assert SolverRun.objects.count() == 1


def test_a_new_run_gives_the_old_proposal_up(exchange, agreed):
    old = plan(exchange)
    new = plan(exchange)
    old.refresh_from_db()
    assert (old.state, new.state) == (RunState.DISCARDED, RunState.DONE)
    with pytest.raises(WrongState):
        publish_run(run=old, actor=None)


def test_nothing_agreed_is_nothing_to_plan(exchange, people):
    ask(sender=people[0], recipient=people[1], actor=None)
    with pytest.raises(NothingToPlan):
        queue_run(exchange=exchange, actor=None)


def test_a_run_that_waits_ends_at_once_when_it_is_stopped(exchange, agreed):
    run = stop_run(run=queue_run(exchange=exchange, actor=None), actor=None)
    assert run.state == RunState.DISCARDED
    assert not run_solver(run.pk)


def test_a_run_that_is_stopped_keeps_the_best_plan(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None, seconds=60)
    SolverRun.objects.filter(pk=run.pk).update(stop_asked=True)
    before = timezone.now()
    run_solver(run.pk)
    run.refresh_from_db()
    assert timezone.now() - before < dt.timedelta(seconds=30)
    assert (run.state, run.placed) == (RunState.DONE, 6)


def test_one_worker_has_a_run_at_a_time(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    assert claim_run(run.pk) is not None
    assert claim_run(run.pk) is None
    assert tend_runs() == []


def test_the_run_of_a_killed_worker_is_taken_up_again_and_the_late_one_writes_nothing(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    killed = claim_run(run.pk)
    later = timezone.now() + LEASE + dt.timedelta(seconds=1)
    assert tend_runs(now=later) == [run.pk]
    assert claim_run(run.pk, now=later).attempts == 2
    assert not end_run(killed, RunState.DONE, plan=[["meeting", "X", None, None]])
    run.refresh_from_db()
    assert (run.state, run.plan) == (RunState.RUNNING, [])


def test_a_run_that_kills_its_workers_has_failed_after_three(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    now = timezone.now()
    for attempt in range(3):
        assert claim_run(run.pk, now=now).attempts == attempt + 1
        now += LEASE + dt.timedelta(seconds=1)
        assert tend_runs(now=now) == ([run.pk] if attempt < 2 else [])
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert claim_run(run.pk, now=now) is None
    queue_run(exchange=exchange, actor=None)  # and stands in nobody's way


def test_a_run_whose_worker_was_never_woken_gets_one(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    assert tend_runs() == []
    assert tend_runs(now=timezone.now() + dt.timedelta(seconds=30)) == [run.pk]


def test_a_run_that_breaks_is_tried_again_and_then_has_failed(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None, options={"away": {"no number": []}})
    for _attempt in range(3):
        assert not run_solver(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.FAILED, 3)


def test_a_plan_without_slots_left_is_said_to_be_impossible(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    Slot.objects.filter(exchange=exchange).delete()
    run_solver(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.INFEASIBLE
    assert [problem["code"] for problem in run.problems] == ["no_slots"]


def test_what_is_done_is_written_down(exchange, agreed):
    published(exchange)
    actions = set(AuditEntry.objects.filter(action__startswith="exchange.").values_list("action", flat=True))
    assert {"exchange.run_queued", "exchange.published"} <= actions
    assert AuditEntry.objects.filter(action="meeting.booked").count() == 6


@pytest.mark.parametrize("count", [1, 3])
def test_a_snapshot_costs_the_same_however_many_meet(exchange, people, count, django_assert_max_num_queries):
    for one, other in list(combinations(people, 2))[:count]:
        agree(one, other)
    with django_assert_max_num_queries(12):
        take_snapshot(exchange)
