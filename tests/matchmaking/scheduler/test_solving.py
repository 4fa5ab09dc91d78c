"""Plans of the scheduler: whole, checked by a verifier that shares no code with it, and honest about what is left out."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.scheduler.check import check
from matchmaking.scheduler.formats import read_instance
from matchmaking.scheduler.model import (
    Instance,
    MalformedInstance,
    Meeting,
    Person,
    Place,
    Plan,
    Status,
    Table,
)
from matchmaking.scheduler.solving import solve
from matchmaking.scheduler.verify import count_breaks, verify

pytestmark = pytest.mark.any_database

# Of each kind one: solved to 0 breaks, with fixed meetings, with order, with forbidden slots.
SAMPLE = (
    "tic-12.original",
    "tic-13.forb0003",
    "forumt-14.original",
    "tic-14crafa.prec15",
    "forum-13.fixed020-Forb",
)


def instance_of(pairs: list[tuple[int, int]], *, slots: int, tables: int, **fields) -> Instance:
    """Return one day of so many slots with these meetings, all of which may be left out."""
    people = sorted({person for pair in pairs for person in pair})
    return Instance(
        days=(tuple(range(slots)),),
        tables=tuple(Table(key=number) for number in range(tables)),
        people=tuple(Person(key=person) for person in people),
        meetings=tuple(Meeting(key=n, people=pair, optional=True) for n, pair in enumerate(pairs)),
        **fields,
    )


@pytest.mark.parametrize("name", SAMPLE)
def test_published_instances_get_a_plan_no_better_than_what_was_proved(shared_data, name):
    published = json.loads((shared_data / "exchange" / "published.json").read_text())
    instance = read_instance(json.loads((shared_data / "exchange" / f"{name}.json").read_text()))
    best = published[f"{name}|2"]
    result = solve(replace(instance, max_break_difference=2), seconds=3, seed=1)
    if best["breaks"] is None:
        assert result.status is not Status.OPTIMAL
        return
    assert result.bound.breaks <= best["breaks"]
    if result.plan is not None:
        assert not verify(replace(instance, max_break_difference=2), result.plan).faults
        assert result.score.breaks >= best["breaks"]


def test_a_full_hall_of_several_days_is_placed_whole():
    chance = random.Random(5)
    pairs = list({tuple(sorted(chance.sample(range(60), 2))) for _ in range(330)})[:300]
    instance = Instance(
        days=tuple(tuple(range(day * 10, day * 10 + 10)) for day in range(3)),
        tables=tuple(Table(key=n) for n in range(13)),  # three quarters of the places are used
        people=tuple(Person(key=n) for n in range(60)),
        meetings=tuple(Meeting(key=n, people=pair) for n, pair in enumerate(pairs)),
    )
    result = solve(instance, seconds=4, seed=2)
    verdict = verify(instance, result.plan)
    assert not verdict.faults
    assert len(result.plan.places) == len(pairs) > 280
    assert result.score.breaks == sum(count_breaks(instance, result.plan).values())
    assert result.score.breaks >= result.bound.breaks


def test_the_same_seed_gives_the_same_plan():
    instance = instance_of([(a, b) for a in range(6) for b in range(6, 10)], slots=8, tables=5)
    assert solve(instance, seconds=1, seed=7).plan == solve(instance, seconds=1, seed=7).plan


def test_what_cannot_be_placed_is_left_out_by_priority_and_explained():
    pairs = [(0, n) for n in range(1, 7)]
    instance = instance_of(pairs, slots=4, tables=3)
    first = replace(instance.meetings[5], priority=9)
    instance = replace(instance, meetings=(*instance.meetings[:5], first))
    result = solve(instance, seconds=1, seed=1)
    assert len(result.plan.places) == 4
    assert 5 in result.plan.places
    assert len(result.unplaced) == 2
    assert {one.people for one in result.unplaced} != {()}


@pytest.mark.parametrize("change", [{"tables": ()}, {"days": ((),)}, {"days": ((0,),)}])
def test_impossible_frames_are_named_and_not_solved(change):
    must = [replace(one, optional=False) for one in instance_of([(1, 2), (1, 3)], slots=4, tables=2).meetings]
    instance = replace(instance_of([(1, 2), (1, 3)], slots=4, tables=2), meetings=tuple(must), **change)
    found = check(instance)
    assert found
    if any(problem.is_malformed for problem in found):
        with pytest.raises(MalformedInstance):
            solve(instance, seconds=1)
    else:
        assert solve(instance, seconds=1).status is Status.INFEASIBLE


def test_meetings_with_oneself_twice_and_in_a_circle_are_named():
    base = instance_of([(1, 2), (3, 4)], slots=4, tables=2)
    oneself = replace(base, meetings=(Meeting(key=0, people=(1, 1)),))
    circle = replace(
        base, meetings=(Meeting(key=0, people=(1, 2), after=(1,)), Meeting(key=1, people=(3, 4), after=(0,)))
    )
    twice = replace(base, meetings=(Meeting(key=0, people=(1, 2)), Meeting(key=1, people=(2, 1))))
    for instance in (oneself, circle, twice):
        assert check(instance)


def test_a_run_can_be_stopped_and_keeps_its_best():
    asked = []
    instance = instance_of([(a, b) for a in range(8) for b in range(8, 16)], slots=10, tables=8)

    def enough() -> bool:
        asked.append(1)
        return len(asked) > 3

    result = solve(instance, seconds=60, seed=1, should_stop=enough)
    assert result.plan is not None
    assert not verify(instance, result.plan).faults


def fewest_breaks(instance: Instance) -> int | None:
    """Return the fewest breaks of all plans that place every meeting, by trying them all."""
    best = None
    slots = instance.days[0]
    for chosen in product(slots, repeat=len(instance.meetings)):
        if any(chosen.count(slot) > len(instance.tables) for slot in slots):
            continue
        seats = [
            (person, slot)
            for one, slot in zip(instance.meetings, chosen, strict=True)
            for person in one.people
        ]
        if len(set(seats)) < len(seats):
            continue
        plan = Plan({one.key: Place(slot, None) for one, slot in zip(instance.meetings, chosen, strict=True)})
        breaks = sum(count_breaks(instance, plan).values())
        best = breaks if best is None else min(best, breaks)
    return best


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] < p[1]),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    st.integers(1, 2),
)
def test_small_exchanges_are_solved_as_well_as_by_trying_all_plans(pairs, tables):
    instance = instance_of(pairs, slots=4, tables=tables)
    instance = replace(instance, meetings=tuple(replace(one, optional=False) for one in instance.meetings))
    best = fewest_breaks(instance)
    result = solve(instance, seconds=0.4, seed=1)
    if best is None:
        assert result.plan is None or result.score.lost > 0
        return
    assert result.plan is not None
    assert not verify(instance, result.plan).faults
    assert result.score.breaks == best
    assert result.bound.breaks <= best
