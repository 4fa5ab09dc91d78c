"""Both exact methods against all plans there are: the same fewest breaks, and "none" only where there is none."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from matchmaking.scheduler import cpsat, exact, refute
from matchmaking.scheduler.clauses import Formula, NotOfBooleans
from matchmaking.scheduler.formats import read_instance
from matchmaking.scheduler.grid import Grid, make_grid
from matchmaking.scheduler.model import Instance, Meeting, Person, Place, Plan, Status, Table
from matchmaking.scheduler.solving import never, seat, solve
from matchmaking.scheduler.state import NOWHERE
from matchmaking.scheduler.verify import count_breaks, verify

pytestmark = pytest.mark.any_database

SLOTS = 6


def small(seed: int) -> Instance:
    """Return up to five meetings of five people with half-days, fixed ones, order, absences and fairness."""
    chance = random.Random(seed)
    days = chance.choice([(tuple(range(SLOTS)),)] * 3 + [(tuple(range(3)), tuple(range(3, SLOTS)))])
    pairs = sorted({tuple(sorted(chance.sample(range(chance.choice([3, 5])), 2))) for _n in range(6)})[:5]
    if chance.random() < 0.3:
        pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3)]
    people = sorted({person for pair in pairs for person in pair})
    return Instance(
        days=days,
        tables=tuple(Table(key=n) for n in range(chance.choice([1, 2, 2, 3]))),
        people=tuple(
            Person(
                key=person,
                unavailable=frozenset(chance.sample(range(SLOTS), chance.choice([0, 0, 1, 2]))),
                a_day=chance.choice([None, None, None, 2]),
            )
            for person in people
        ),
        meetings=tuple(
            Meeting(
                key=n,
                people=pair,
                slots=chance.choice([None, None, frozenset(range(3)), frozenset(range(3, SLOTS))]),
                slot=chance.choice([None] * 4 + [chance.randrange(SLOTS)]),
                after=(chance.randrange(n),) if n and chance.random() < 0.3 else (),
            )
            for n, pair in enumerate(pairs)
        ),
        max_break_difference=chance.choice([None, 0, 1, 1, 2]),
    )


def fewest_breaks(instance: Instance, grid: Grid) -> int | None:
    """Return the fewest breaks of all plans that the verifier accepts, by trying them all."""
    best = None
    choices = [[slot for slot in range(SLOTS) if mask >> slot & 1] for mask in grid.allowed]
    for chosen in product(*choices):
        if any(chosen.count(slot) > len(instance.tables) for slot in range(SLOTS)):
            continue
        tables = [chosen[:n].count(slot) for n, slot in enumerate(chosen)]
        plan = Plan({n: Place(slot, tables[n]) for n, slot in enumerate(chosen)})
        verdict = verify(instance, plan)
        if verdict.is_valid and (best is None or verdict.breaks < best):
            best = verdict.breaks
    return best


def refuted(grid: Grid) -> refute.Refuter:
    """Return the second method's answer, with nothing else at work."""
    wanted = [True] * len(grid.people)
    fair = grid.instance.max_break_difference
    found = refute.Refuter(lambda: cpsat.Model(grid, wanted, fair, None, 0), 0, delay=0)
    found.start()
    found.join()
    found.stop()
    return found


def searched(grid: Grid) -> cpsat.Search:
    """Return the first method's answer."""
    model = cpsat.Model(grid, [True] * len(grid.people), grid.instance.max_break_difference, None, 0)
    found = cpsat.Search(model, seconds=20, seed=1)
    found.run(never, lambda _bound: None)
    return found


def breaks_of(grid: Grid, slots: tuple[int, ...]) -> int:
    plan = seat(grid, slots)
    assert not verify(grid.instance, plan).faults
    assert len(plan.places) == len(slots)
    return sum(count_breaks(grid.instance, plan).values())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_both_methods_find_what_trying_all_plans_finds(seed):
    instance = small(seed)
    grid = make_grid(instance)
    best = fewest_breaks(instance, grid)
    first, second = searched(grid), refuted(grid)
    if best is None:
        assert first.status == "infeasible"
        assert second.is_infeasible
        return
    assert (first.status, first.bound) == ("optimal", best)
    assert (second.is_infeasible, second.bound) == (False, best)
    assert breaks_of(grid, first.slots) == best
    assert breaks_of(grid, second.slots) == best


def test_the_small_ones_are_of_all_kinds():
    """So that what is compared above has breaks, unequal ones, proofs of none, and several days in it."""
    kinds = set()
    for seed in range(300):
        instance = small(seed)
        best = fewest_breaks(instance, make_grid(instance))
        fair = instance.max_break_difference
        loose = replace(instance, max_break_difference=None)
        is_dearer = fair is not None and best != fewest_breaks(loose, make_grid(loose))
        kinds.add((len(instance.days), "none" if best is None else min(best, 2), is_dearer))
    assert {(1, 2, False), (1, 1, False), (1, 0, False), (1, "none", False), (1, "none", True)} <= kinds
    assert {(2, 0, False), (2, "none", False)} <= kinds


def test_fairness_counts_breaks_that_everybody_has():
    """Everybody is fixed to one break, one to two: with a difference of 0 there is no plan, with 1 there is."""
    slots = {(0, 1): 0, (0, 2): 4, (1, 2): 2, (0, 3): 2, (1, 3): 4, (2, 3): 0}
    slots[0, 2] = 5  # 0: 0 2 5 with two breaks; 1: 0 2 4; 2: 0 2 5; 3: 0 2 4
    instance = Instance(
        days=(tuple(range(SLOTS)),),
        tables=(Table(key=0), Table(key=1)),
        people=tuple(Person(key=n) for n in range(4)),
        meetings=tuple(
            Meeting(key=n, people=pair, slot=slot) for n, (pair, slot) in enumerate(slots.items())
        ),
        max_break_difference=0,
    )
    grid = make_grid(instance)
    assert searched(grid).bound == refuted(grid).bound == fewest_breaks(instance, grid) == 8
    apart = replace(instance.meetings[0], slot=1)  # 0: 1 2 5 and 1: 1 2 4 have one break, 2 and 3 two
    apart = replace(instance, meetings=(apart, *instance.meetings[1:]))
    grid = make_grid(apart)
    assert searched(grid).status == "infeasible"
    assert refuted(grid).is_infeasible
    grid = make_grid(replace(apart, max_break_difference=1))
    assert searched(grid).bound == refuted(grid).bound == 6


@pytest.mark.parametrize("name", ["forumt-14.original", "tic-13.fixed020-Forb", "forum-14.prec25"])
def test_the_second_method_alone_reaches_published_results(shared_data, name):
    published = json.loads((shared_data / "exchange" / "published.json").read_text())[f"{name}|2"]
    instance = read_instance(json.loads((shared_data / "exchange" / f"{name}.json").read_text()))
    grid = make_grid(replace(instance, max_break_difference=2))
    found = refuted(grid)
    assert found.is_infeasible == (published["breaks"] is None)
    if published["breaks"] is not None:
        assert found.bound == breaks_of(grid, found.slots) == published["breaks"]


def a_break() -> Instance:
    """Return meetings whose best plan has one break, as 1 meets at both ends only."""
    return Instance(
        days=(tuple(range(4)),),
        tables=(Table(key=0),),
        people=tuple(Person(key=n) for n in range(1, 5)),
        meetings=(
            Meeting(key=0, people=(1, 2), slot=0),
            Meeting(key=1, people=(1, 3), slot=3),
            Meeting(key=2, people=(2, 4)),
        ),
    )


@pytest.fixture
def stuck_search(monkeypatch):
    """Let the first method do nothing but wait; say for each time why it ended."""
    ends = []

    def wait(self, should_stop, _on_bound, is_settled):
        while not (is_stopped := should_stop()) and not is_settled(None):
            time.sleep(0.01)
        ends.append("stopped" if is_stopped else "settled")

    monkeypatch.setattr(cpsat.Search, "run", wait)
    monkeypatch.setattr(refute, "HEAD_START_SECONDS", 0.0)
    return ends


def proved(stop_after: float):
    """Look for a plan with ``a_break`` from nothing; return its grid, the proof, and whether it was told to stop."""
    grid, end, told = make_grid(a_break()), time.monotonic() + stop_after, []

    def should_stop() -> bool:
        if time.monotonic() > end:
            told.append(True)
        return bool(told)

    proof = exact.prove(
        grid,
        [NOWHERE] * 3,
        known_breaks=None,
        bound=0,
        seconds=60,
        seed=1,
        should_stop=should_stop,
        on_bound=lambda _bound: None,
    )
    return grid, proof, bool(told)


def test_the_second_method_proves_a_plan_where_the_first_is_stuck(stuck_search):
    heard = []
    result = solve(
        a_break(), seconds=30, seed=1, on_progress=lambda progress: heard.append(progress.bound.breaks)
    )
    assert (result.status, result.score.breaks, result.proved_by) == (Status.OPTIMAL, 1, "maxsat")
    assert stuck_search == ["settled"]
    assert 1 in heard


def test_the_second_method_proves_that_there_is_none_where_the_first_is_stuck(stuck_search):
    instance = replace(a_break(), max_break_difference=0)
    result = solve(instance, seconds=30, seed=1)
    assert (result.status, result.proved_by) == (Status.INFEASIBLE, "maxsat")
    assert stuck_search == ["settled"]


@pytest.mark.usefixtures("stuck_search")
def test_a_plan_of_the_second_method_counts_when_time_is_up():
    grid, proof, is_stopped = proved(stop_after=2)
    assert (proof.is_closed, proof.bound, proof.by) == (True, 1, "maxsat")
    assert breaks_of(grid, proof.slots) == 1
    assert is_stopped


@pytest.mark.usefixtures("stuck_search")
def test_a_plan_of_the_second_method_counts_when_the_first_has_looked_long_enough(monkeypatch):
    monkeypatch.setattr(exact, "PATIENCE_SECONDS", 1.0)
    grid, proof, is_stopped = proved(stop_after=60)
    assert (proof.is_closed, proof.bound, proof.by) == (True, 1, "maxsat")
    assert breaks_of(grid, proof.slots) == 1
    assert not is_stopped


def test_proofs_work_without_the_second_method(monkeypatch):
    monkeypatch.setattr(refute, "is_available", lambda: False)
    result = solve(a_break(), seconds=20, seed=1)
    assert (result.status, result.proved_by) == (Status.OPTIMAL, "cp-sat")


@pytest.mark.usefixtures("stuck_search")
def test_a_large_exchange_is_not_written_as_clauses(monkeypatch):
    monkeypatch.setattr(refute, "MOST_CHOICES", 5)  # it has six
    end = time.monotonic() + 2
    result = solve(a_break(), seconds=60, seed=1, should_stop=lambda: time.monotonic() > end)
    assert (result.status, result.score.breaks, result.bound.breaks) == (Status.FEASIBLE, 1, 0)


def test_the_second_method_stops_in_the_midst_of_a_question(shared_data):
    instance = read_instance(
        json.loads((shared_data / "exchange" / "forum-13crafb.original.json").read_text())
    )
    grid = make_grid(replace(instance, tables=instance.tables[2:]))  # takes minutes
    found = refute.Refuter(lambda: cpsat.Model(grid, [True] * len(grid.people), 2, None, 0), 0, delay=0)
    found.start()
    while not found.bound and found.thread.is_alive():
        time.sleep(0.05)
    assert found.thread.is_alive()
    found.stop()
    assert not found.thread.is_alive()
    assert found.slots is None
    assert not found.is_infeasible


@pytest.mark.parametrize("most", range(5))
def test_a_count_follows_from_every_choice_that_exceeds_it(most):
    cp = cp_model.CpModel()
    variables = [cp.new_bool_var("") for _n in range(5)]
    cp.add(2 * variables[0] + variables[1] - variables[2] + (1 - variables[3]) + variables[4] <= most)
    cp.minimize(sum(variables))
    formula = Formula(cp)
    from pysat.solvers import Solver

    with Solver(refute.SOLVER, bootstrap_with=formula.clauses) as solver:
        for chosen in product([False, True], repeat=5):
            a, b, c, d, e = chosen
            signs = [n + 1 if is_true else -n - 1 for n, is_true in enumerate(chosen)]
            assert solver.solve(assumptions=signs) == (2 * a + b - c + (1 - d) + e <= most)


def test_what_is_no_clause_is_refused():
    cp = cp_model.CpModel()
    cp.minimize(cp.new_int_var(0, 3, ""))
    with pytest.raises(NotOfBooleans):
        Formula(cp)
    cp = cp_model.CpModel()
    cp.minimize(2 * cp.new_bool_var(""))
    with pytest.raises(NotOfBooleans):
        Formula(cp)
