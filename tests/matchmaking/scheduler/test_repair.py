"""Repairs: what lost its ground finds a new place, pinned meetings stay, and nobody is moved without need."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from matchmaking.scheduler.repair import repair
from matchmaking.scheduler.solving import solve
from matchmaking.scheduler.verify import verify
from tests.matchmaking.scheduler.test_solving import instance_of

pytestmark = pytest.mark.any_database

STANDING = 100


def hall(
    *, people: int = 60, meetings: int = 300, tables: int = 13, days: int = 3, slots: int = 10
) -> Instance:
    """Return an exchange in which three quarters of the places are used."""
    chance, pairs = random.Random(5), set()
    while len(pairs) < meetings:
        pairs.add(tuple(sorted(chance.sample(range(people), 2))))
    return Instance(
        days=tuple(tuple(range(day * slots, day * slots + slots)) for day in range(days)),
        tables=tuple(Table(key=n) for n in range(tables)),
        people=tuple(Person(key=n) for n in range(people)),
        meetings=tuple(
            Meeting(key=n, people=pair, optional=True, priority=STANDING)
            for n, pair in enumerate(sorted(pairs))
        ),
    )


@pytest.fixture(scope="module")
def planned() -> tuple[Instance, Plan]:
    instance = hall()
    result = solve(instance, seconds=1, seed=1)
    assert len(result.plan.places) == len(instance.meetings)
    return instance, result.plan


def without_tables(instance: Instance, slot: int, number: int) -> Instance:
    return replace(
        instance,
        tables=tuple(
            replace(table, unavailable=frozenset({slot})) if table.key < number else table
            for table in instance.tables
        ),
    )


def test_what_can_stay_stays_when_half_of_the_tables_of_a_slot_are_lost(planned):
    instance, present = planned
    found = repair(without_tables(instance, 5, 6), present, seed=1)
    gone = {key for key, place in present.places.items() if place.slot == 5 and place.table < 6}
    assert found.result.status is Status.OPTIMAL
    assert found.unavoidable == len(gone)
    assert found.changed <= 1.1 * found.unavoidable
    assert not found.lost


def test_absent_people_lose_nothing_that_fits_elsewhere(planned):
    instance, present = planned
    away = {3, 17, 29, 41, 55}
    changed = replace(
        instance,
        people=tuple(
            replace(person, unavailable=frozenset(range(10))) if person.key in away else person
            for person in instance.people
        ),
    )
    found = repair(changed, present, seed=1)
    hit = {
        n
        for n, place in present.places.items()
        if place.slot < 10 and away & set(instance.meetings[n].people)
    }
    assert not verify(changed, found.result.plan).faults
    assert found.unavoidable == len(hit)
    assert found.moved >= hit - found.lost
    assert found.changed <= 1.1 * found.unavoidable


def test_pinned_meetings_never_move(planned):
    instance, present = planned
    pinned = {
        n for n, place in present.places.items() if n % 3 == 0 and not (place.slot == 5 and place.table < 6)
    }
    fixed = tuple(
        replace(meeting, slot=present.places[n].slot, table=present.places[n].table)
        if n in pinned
        else meeting
        for n, meeting in enumerate(instance.meetings)
    )
    found = repair(without_tables(replace(instance, meetings=fixed), 5, 6), present, seed=1)
    assert not pinned & (found.moved | found.reseated | found.lost)
    assert found.changed <= 1.1 * found.unavoidable


def test_a_lost_table_costs_a_change_of_table_only_where_another_is_free():
    instance = instance_of([(1, 2), (3, 4)], slots=3, tables=3)
    present = Plan({0: Place(0, 0), 1: Place(0, 1)})
    found = repair(without_tables(instance, 0, 1), present)
    assert (found.moved, found.reseated, found.lost) == (frozenset(), frozenset({0}), frozenset())
    assert found.result.plan.places[0] == Place(0, 2)
    assert found.result.status is Status.OPTIMAL


def test_nothing_changes_where_nothing_has_to(planned):
    instance, present = planned
    found = repair(instance, present)
    assert found.result.plan == present
    assert (found.changed, found.unavoidable) == (0, 0)


def test_somebody_else_makes_room_where_that_keeps_a_meeting():
    # 1 can be met in slot 0 only, by then taken by 2 and 3's meeting, which can be later.
    instance = instance_of([(2, 3), (1, 2)], slots=2, tables=1)
    only_first = tuple(
        replace(person, unavailable=frozenset({1})) if person.key == 1 else person
        for person in instance.people
    )
    found = repair(replace(instance, people=only_first), Plan({0: Place(0, 0)}))
    assert found.result.plan.places == {0: Place(1, 0), 1: Place(0, 0)}
    assert found.moved == {0}


def test_nonsense_is_refused():
    instance = instance_of([(1, 1)], slots=2, tables=1)
    with pytest.raises(MalformedInstance):
        repair(instance, Plan({}))


def test_a_place_that_is_no_place_any_more_is_as_good_as_none():
    instance = instance_of([(1, 2)], slots=2, tables=1)
    found = repair(instance, Plan({0: Place(9, 0), 7: Place(0, 0)}))
    assert set(found.result.plan.places) == {0}
    assert found.moved == {0}


def fewest(instance: Instance, present: Plan) -> tuple[int, int]:
    """Return by trying everything: the least that is lost, and the least that changes then (time and loss count twice)."""
    slots = [*instance.slots, None]
    best = (10**9, 10**9)
    for chosen in product(slots, repeat=len(instance.meetings)):
        at: dict[int, Place] = {}
        free = {
            (slot, table.key)
            for slot in instance.slots
            for table in instance.tables
            if slot not in table.unavailable
        }
        # Those that want their old table first; the others take what is left.
        order = sorted(
            (n for n, slot in enumerate(chosen) if slot is not None),
            key=lambda n: not (n in present.places and present.places[n].slot == chosen[n]),
        )
        fits = True
        for n in order:
            wish = present.places.get(n)
            place = (chosen[n], wish.table) if wish else (chosen[n], -1)
            if place not in free:
                left = sorted(one for one in free if one[0] == chosen[n])
                if not left:
                    fits = False
                    break
                place = left[-1]
            free.remove(place)
            at[n] = Place(*place)
        if not fits or verify(instance, Plan(at)).faults:
            continue
        lost = sum(meeting.priority for meeting in instance.meetings if meeting.key not in at)
        cost = sum(
            2 if n not in at or at[n].slot != place.slot else at[n] != place
            for n, place in present.places.items()
        )
        best = min(best, (lost, cost))
    return best


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_small_plans_are_repaired_as_well_as_by_trying_everything(data):
    pairs = data.draw(
        st.lists(
            st.sampled_from([(a, b) for a in range(5) for b in range(a)]), min_size=2, max_size=5, unique=True
        )
    )
    tables = data.draw(st.integers(1, 2))
    instance = instance_of(pairs, slots=3, tables=tables)
    present = solve(instance, seconds=0.3, seed=1).plan
    away = data.draw(
        st.dictionaries(
            st.sampled_from([p.key for p in instance.people]),
            st.frozensets(st.integers(0, 2), max_size=2),
            max_size=2,
        )
    )
    lost = data.draw(st.frozensets(st.integers(0, 2), max_size=2))
    changed = replace(
        instance,
        people=tuple(
            Person(key=person.key, unavailable=away.get(person.key, frozenset()))
            for person in instance.people
        ),
        tables=tuple(
            replace(table, unavailable=lost) if table.key == 0 else table for table in instance.tables
        ),
    )
    found = repair(changed, present)
    assert found.result.plan is not None
    assert not verify(changed, found.result.plan).faults
    cost = 2 * (len(found.moved) + len(found.lost)) + len(found.reseated)
    assert (found.result.score.lost, cost) == fewest(changed, present)
    assert found.unavoidable <= found.changed
