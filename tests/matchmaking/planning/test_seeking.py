"""What a plan takes into account: agreements, free time, limits, tables, what matters more."""

from __future__ import annotations

from itertools import combinations

import pytest

from matchmaking.models import (
    Meeting,
    Occupation,
    OccupationKind,
    RunState,
    Slot,
    SolverRun,
    Table,
)
from matchmaking.proposals import read_unplaced
from matchmaking.services.joining import set_own_time
from matchmaking.services.planning import publish_run
from matchmaking.services.running import queue_run
from matchmaking.services.solving import run_solver
from matchmaking.snapshot import take_snapshot
from tests.matchmaking.planning.plans import agree, places, plan, published

pytestmark = pytest.mark.django_db


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


def test_a_plan_without_slots_left_is_said_to_be_impossible(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    Slot.objects.filter(exchange=exchange).delete()
    run_solver(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.INFEASIBLE
    assert [problem["code"] for problem in run.problems] == ["no_slots"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_snapshot_costs_the_same_however_many_meet(exchange, people, count, django_assert_max_num_queries):
    for one, other in list(combinations(people, 2))[:count]:
        agree(one, other)
    with django_assert_max_num_queries(12):
        take_snapshot(exchange)
