"""Plans: published instances against their proven results, large halls, demand above capacity, repairs, one move.

``BENCH_PUBLISHED=tic`` (or part of another name) chooses among the published instances, ``BENCH_LARGE=1`` adds the
largest hall; each instance gets ``BENCH_SECONDS`` (60) of the clock.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaking.scheduler.formats import read_instance
from matchmaking.scheduler.live import Held, Wanted, find_moves
from matchmaking.scheduler.model import Instance, Status
from matchmaking.scheduler.repair import repair
from matchmaking.scheduler.solving import solve
from matchmaking.scheduler.verify import verify
from tests.matchmaking.scheduler.test_repair import hall as full_hall

SECONDS = float(os.environ.get("BENCH_SECONDS", "60"))
CHOSEN = os.environ.get("BENCH_PUBLISHED", "")


def hall(people: int, meetings: int, tables: int) -> Instance:
    """Return an exchange of three days of sixteen slots with random pairs, all of the same priority."""
    return full_hall(people=people, meetings=meetings, tables=tables, slots=16)


def test_published_results(table, shared_data):
    folder = shared_data / "exchange"
    published = json.loads((folder / "published.json").read_text())
    spent = theirs = 0.0
    longest, equal, open_ones, wrong = 0.0, 0, [], []
    names = [name for name in sorted(published) if CHOSEN in name]
    for name in names:
        best = published[name]
        instance = read_instance(json.loads((folder / f"{name.split('|')[0]}.json").read_text()))
        instance = replace(instance, max_break_difference=best["max_break_difference"])
        began = time.monotonic()
        result = solve(instance, seconds=SECONDS, seed=1)
        took = time.monotonic() - began
        spent, theirs, longest = spent + took, theirs + best["seconds"], max(longest, took)
        if result.plan is not None and verify(instance, result.plan).faults:
            wrong.append(name)
        if best["breaks"] is None:
            equal += result.status is Status.INFEASIBLE
            wrong += [name] if result.plan is not None else []
            open_ones += [] if result.status is Status.INFEASIBLE else [name]
        elif result.score is not None and result.score.breaks < best["breaks"]:
            wrong.append(name)
        elif result.status is Status.OPTIMAL and result.score and result.score.breaks == best["breaks"]:
            equal += 1
        else:
            open_ones.append(f"{name} ({result.score.breaks if result.score else '–'}≥{result.bound.breaks})")
        print(f"{name}: {result.status} in {took:.1f} s", file=sys.stderr, flush=True)
    table.add(f"published results equalled, of {len(names)}", str(equal), "", "all")
    table.add(
        "… seconds in all (published), longest", f"{spent:.0f} ({theirs:.0f}), {longest:.0f}", "", "60 each"
    )
    table.add("… open", "; ".join(open_ones) or "none", "", "none")
    assert not wrong


@pytest.mark.parametrize(
    ("name", "is_always_there", "fewer_tables", "forbidden"),
    [
        ("forum-13crafb.original", True, 0, 0),
        ("forum-13crafb.original", True, 0, 5),
        ("forum-13crafb.original", True, 0, 12),
        ("forum-13crafb.original", False, 1, 0),
        ("forum-13crafb.original", True, 1, 0),
        ("forum-13crafb.original", False, 2, 0),
        ("forum-13crafb.original", True, 2, 0),
        ("forum-13.original", False, 4, 0),
        ("forum-13.original", True, 4, 0),
        ("forum-14.original", False, 5, 0),
    ],
)
def test_hard_relatives(table, shared_data, name, is_always_there, fewer_tables, forbidden):
    """Of the published instances whose proofs take longest: other absences, fewer tables; their best is not published."""
    instance = read_instance(json.loads((shared_data / "exchange" / f"{name}.json").read_text()))
    people = [replace(one, unavailable=frozenset()) if is_always_there else one for one in instance.people]
    chance = random.Random(1)
    for n in chance.sample(range(len(people)), forbidden):
        people[n] = replace(people[n], unavailable=frozenset({chance.choice(instance.slots)}))
    instance = replace(
        instance,
        people=tuple(people),
        tables=instance.tables[fewer_tables:],
        max_break_difference=2,
    )
    began = time.process_time()
    result = solve(instance, seconds=SECONDS, seed=1)
    spent = time.process_time() - began
    assert result.plan is None or not verify(instance, result.plan).faults
    label = f"{name}{', all always there' if is_always_there else ''}, {len(instance.tables)} tables, {forbidden} forbidden"
    table.add(
        label,
        f"{result.status}, {result.score.breaks if result.score else '–'} ≥ {result.bound.breaks}, "
        f"{result.seconds:.0f} s ({spent:.0f} of CPU) {result.proved_by}",
        "",
        "60 s",
    )


@pytest.mark.parametrize(
    ("people", "meetings", "tables", "aim"),
    [
        (500, 3_000, 78, "2 s"),
        (2_000, 15_000, 390, "5 s"),
        pytest.param(
            5_000, 40_000, 1_040, "30 s",
            marks=pytest.mark.skipif("BENCH_LARGE" not in os.environ, reason="BENCH_LARGE=1 runs it"),
        ),
    ],
)  # fmt: skip
def test_placing(table, people, meetings, tables, aim):
    """In a process of its own, whose memory is told."""
    code = (
        "import json; from tests.benchmarks.test_scheduler import hall, place;"
        f"print(json.dumps(place(hall({people}, {meetings}, {tables}), {SECONDS})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    name = f"{people} people, {meetings} meetings"
    table.add(
        f"{name}: placed after", f"{found['placed']:.1f} s, {found['lost'] // 100} without a place", "", aim
    )
    breaks = found["breaks"] / people
    table.add(
        "… breaks a person, CPU, memory", f"{breaks:.3f}, {found['cpu']:.0f} s, {found['mb']} MB", "", "2 GB"
    )


def place(instance: Instance, seconds: float) -> dict[str, float]:
    """Solve and tell when the first whole plan stood, what came out, and what it took."""
    first: list[float] = []

    def hear(progress) -> None:
        if progress.score is not None and not first:
            first.append(progress.seconds)

    result = solve(instance, seconds=seconds, seed=1, on_progress=hear)
    assert result.plan is not None
    assert result.score is not None
    assert verify(instance, result.plan).is_valid
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return {
        "placed": first[0] if first else result.seconds,
        "lost": result.score.lost,
        "breaks": result.score.breaks,
        "cpu": time.process_time(),
        "mb": int(peak.split()[1]) // 1024,
    }


def test_demand_above_capacity(table):
    instance = hall(500, 6_000, 78)
    result = solve(instance, seconds=10, seed=1)
    wanted = sum(meeting.priority for meeting in instance.meetings)
    reached = (wanted - result.score.lost) / (wanted - result.bound.lost)
    table.add("demand above capacity: share of the bound", f"{reached:.2%}", "", "99.5 %")
    table.add(
        "… left out, explained", f"{result.score.lost // 100}, {len(result.unplaced)}", "", "all of them"
    )


def test_repairs(table):
    instance = hall(500, 3_000, 78)
    present = solve(instance, seconds=4, seed=1).plan
    away = set(random.Random(9).sample(range(500), 30))
    cases = {
        "half of a slot's tables lost": replace(
            instance,
            tables=tuple(
                replace(each, unavailable=frozenset({5})) if each.key < 39 else each
                for each in instance.tables
            ),
        ),
        "a table lost for good": replace(instance, tables=instance.tables[1:]),
        "30 people absent for a day": replace(
            instance,
            people=tuple(
                replace(each, unavailable=frozenset(range(16))) if each.key in away else each
                for each in instance.people
            ),
        ),
    }
    for name, changed in cases.items():
        began = time.monotonic()
        found = repair(changed, present)
        took = time.monotonic() - began
        table.add(
            f"repair, {name}: changed (unavoidable)",
            f"{found.changed} ({found.unavoidable}), {len(found.lost)} lost, {took:.1f} s",
            "",
            "1.1 times, 10 s",
        )


def test_one_move(table):
    """Look for the one move in a slot's full hall of 100 tables, where only a change of time helps."""
    tables, slots = frozenset(range(100)), range(20)
    held = [
        Held(key=slot * 100 + n, people=frozenset({2 * n, 2 * n + 1}), slot=slot, table=n, fits=tables)
        for slot in slots[:19]
        for n in range(100)
    ]
    left = {slot: tables - {one.table for one in held if one.slot == slot} for slot in slots}
    free = {person: frozenset({19}) for person in range(200)} | {900: frozenset({3}), 901: frozenset({3})}
    wanted = Wanted(people=frozenset({900, 901}), slots=tuple(slots), fits=tables)
    waits = []
    for _ in range(50):
        began = time.perf_counter()
        assert next(iter(find_moves(wanted, held, free.__getitem__, left)), None) is not None
        waits.append((time.perf_counter() - began) * 1000)
    table.add(
        "one move found among 1,900 meetings, p95", f"{statistics.quantiles(waits, n=20)[-1]:.2f} ms", "", ""
    )
