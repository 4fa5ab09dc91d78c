"""One move that makes room is found wherever there is one, and does what it says."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.scheduler.live import Held, Move, Wanted, find_moves

SLOTS, PEOPLE = range(3), range(6)
ALL = frozenset({0, 1})  # tables


def free_tables(held: list[Held]) -> dict[int, frozenset[int]]:
    return {slot: ALL - {one.table for one in held if one.slot == slot} for slot in SLOTS}


def stands(
    meetings: list[tuple[frozenset[int], int, int, frozenset[int]]], closed: dict[int, frozenset[int]]
) -> bool:
    """Tell whether people, slot, table and fitting tables of all meetings go together."""
    seats = [(slot, table) for _people, slot, table, _fits in meetings]
    busy = [(person, slot) for people, slot, _table, _fits in meetings for person in people]
    return (
        len(set(seats)) == len(seats)
        and len(set(busy)) == len(busy)
        and all(table in fits for _people, _slot, table, fits in meetings)
        and not any(slot in closed[person] for person, slot in busy)
    )


def one_move_exists(wanted: Wanted, held: list[Held], closed: dict[int, frozenset[int]]) -> bool:
    """Try every single move and every place."""
    for moved in held:
        if not moved.may_move:
            continue
        others = [(one.people, one.slot, one.table, one.fits) for one in held if one is not moved]
        for slot, table, place, seat in product(SLOTS, ALL, SLOTS, ALL):
            if moved.keeps_time and slot != moved.slot:
                continue
            plan = [
                *others,
                (moved.people, slot, table, moved.fits),
                (wanted.people, place, seat, wanted.fits),
            ]
            if stands(plan, closed):
                return True
    return False


@st.composite
def situations(draw) -> tuple[Wanted, list[Held], dict[int, frozenset[int]]]:
    closed = {person: draw(st.frozensets(st.sampled_from(SLOTS), max_size=1)) for person in PEOPLE}
    chance = random.Random(draw(st.integers(0, 10_000)))
    held: list[Held] = []
    for key in range(draw(st.integers(1, 6))):
        people = frozenset(chance.sample(PEOPLE, 2))
        fits = ALL if chance.random() < 0.7 else frozenset({0})
        one = Held(
            key=key, people=people, slot=chance.choice(SLOTS), table=chance.choice(sorted(fits)), fits=fits,
            may_move=chance.random() < 0.8, keeps_time=chance.random() < 0.2,
        )  # fmt: skip
        if people != {0, 1} and stands(
            [(each.people, each.slot, each.table, each.fits) for each in [*held, one]], closed
        ):
            held.append(one)
    fits = ALL if draw(st.booleans()) else frozenset({1})
    return Wanted(people=frozenset({0, 1}), slots=tuple(SLOTS), fits=fits), held, closed


def free_of(held: list[Held], closed: dict[int, frozenset[int]], person: int) -> frozenset[int]:
    return frozenset(SLOTS) - closed[person] - {one.slot for one in held if person in one.people}


def fits_already(wanted: Wanted, held: list[Held], closed: dict[int, frozenset[int]]) -> bool:
    common = frozenset.intersection(*(free_of(held, closed, person) for person in wanted.people))
    return any(free_tables(held)[slot] & wanted.fits for slot in common)


@settings(max_examples=400, deadline=None)
@given(situations())
def test_a_move_is_found_exactly_where_one_exists_and_leaves_everybody_in_place(situation):
    wanted, held, closed = situation
    if fits_already(wanted, held, closed):
        return
    moves = list(find_moves(wanted, held, lambda person: free_of(held, closed, person), free_tables(held)))
    assert bool(moves) == one_move_exists(wanted, held, closed)
    for move in moves:
        moved = next(one for one in held if one.key == move.key)
        plan = [(one.people, one.slot, one.table, one.fits) for one in held if one is not moved]
        plan += [(moved.people, move.slot, move.table, moved.fits)]
        plan += [(wanted.people, move.place, move.place_table, wanted.fits)]
        assert moved.may_move
        assert stands(plan, closed)


def test_a_change_of_table_comes_before_a_change_of_time():
    held = [Held(key=1, people=frozenset({2, 3}), slot=0, table=1, fits=ALL)]
    wanted = Wanted(people=frozenset({0, 1}), slots=(0,), fits=frozenset({1}))
    moves = list(find_moves(wanted, held, lambda _person: frozenset(SLOTS), free_tables(held)))
    assert moves[0] == Move(1, 0, 0, 0, 1)
    assert {move.slot for move in moves[1:]} == {1, 2}


def test_who_meets_on_line_needs_no_table_to_be_freed():
    held = [Held(key=1, people=frozenset({0, 3}), slot=0, table=0, fits=ALL)]
    wanted = Wanted(people=frozenset({0, 1}), slots=(0,), fits=ALL, remote=True)
    free = {0: frozenset({1}), 1: frozenset({0}), 3: frozenset({1})}
    assert list(find_moves(wanted, held, free.__getitem__, {1: ALL})) == [Move(1, 1, 0, 0, None)]
