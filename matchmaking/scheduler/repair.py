"""A plan whose ground has changed: everybody gets a place again, and as few meetings as possible change theirs.

What cannot stay is counted before anything is sought, so that a repair can be judged: a standing meeting has to
change where its slot or table is gone, and of those in a slot as many more as the tables left cannot seat.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from matchmaking.scheduler import exact
from matchmaking.scheduler.bounds import find_bounds
from matchmaking.scheduler.check import check
from matchmaking.scheduler.explain import explain
from matchmaking.scheduler.greedy import make_room, place_directly
from matchmaking.scheduler.grid import Grid, make_grid
from matchmaking.scheduler.model import (
    Instance,
    MalformedInstance,
    Plan,
    Progress,
    Result,
    Score,
    Status,
)
from matchmaking.scheduler.pools import REMOTE
from matchmaking.scheduler.seating import Seating
from matchmaking.scheduler.solving import never, plan_of, unheard
from matchmaking.scheduler.state import NOWHERE, State
from matchmaking.scheduler.verify import verify

ROUNDS = 6  # of widening what may be moved
MOST_FREE = 1_500  # meetings the exact method may move at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A repaired plan and what it changes of the present one, by keys of meetings.

    ``moved`` come in another slot, ``reseated`` only at another table, ``lost`` have no place any more.
    ``unavoidable`` is how many of the present plan no valid plan leaves where they are.
    """

    result: Result
    moved: frozenset[int]
    reseated: frozenset[int]
    lost: frozenset[int]
    unavoidable: int

    @property
    def changed(self) -> int:
        """How many meetings of the present plan are not where they were."""
        return len(self.moved) + len(self.reseated) + len(self.lost)


def repair(
    instance: Instance,
    present: Plan,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    should_stop: Callable[[], bool] = never,
    on_progress: Callable[[Progress], None] = unheard,
) -> Repair:
    """Return a plan that loses as little as it can and, of those, changes as few meetings of ``present`` as it can.

    Another table counts one, another time or the loss of a place two. Meetings that are nowhere in
    ``present`` are placed too. The bound of fairness is let go: to be fair, it would move people who can stay.
    Raises MalformedInstance. The result's status is FEASIBLE, OPTIMAL when nothing more is lost than must be
    and only what could not stay has changed, or INFEASIBLE.
    """
    instance = replace(instance, max_break_difference=None)
    problems = check(instance)
    if any(problem.is_malformed for problem in problems):
        raise MalformedInstance(problem for problem in problems if problem.is_malformed)
    began = time.monotonic()

    def stops() -> bool:
        return time.monotonic() - began > seconds or should_stop()

    grid = make_grid(instance)
    mending = Mending(grid, present, Random(seed))  # noqa: S311 - a repeatable search, no secret
    bound = Score(find_bounds(grid).lost)
    on_progress(Progress(seconds=0.0, score=None, bound=bound, stage="placing"))
    mending.place(stops)
    if exact.is_available():
        mending.move_few(lambda: seconds - (time.monotonic() - began), seed, stops)
    mending.smooth()
    seating = Seating(grid, mending.state.slot)
    seating.seat_all(mending.tables)
    kept = frozenset(n for n, table in mending.tables.items() if seating.table[n] == table)
    seating.improve(stops, kept)
    plan = plan_of(grid, seating)
    for n, slot in enumerate(mending.state.slot):
        if slot != NOWHERE and instance.meetings[n].key not in plan.places:
            mending.state.take(n)
    verdict = verify(instance, plan)
    score = Score(verdict.lost, verdict.breaks, verdict.table_changes) if verdict.is_valid else None
    moved, reseated, lost = _differences(present, plan, instance)
    changed = len(moved) + len(reseated) + len(lost)
    best = score is not None and score.lost <= bound.lost and changed <= mending.unavoidable
    status = Status.UNKNOWN if score is None else Status.OPTIMAL if best else Status.FEASIBLE
    if score is None and any(problem.proves_infeasible for problem in problems):
        status = Status.INFEASIBLE
    result = Result(
        status=status,
        plan=plan if score is not None else None,
        score=score,
        bound=bound,
        seconds=time.monotonic() - began,
        max_difference=verdict.max_difference,
        unplaced=explain(mending.state),
        problems=problems,
        proved_by="bounds" if best else "",
    )
    on_progress(Progress(seconds=result.seconds, score=score, bound=bound, stage="tables"))
    return Repair(result=result, moved=moved, reseated=reseated, lost=lost, unavoidable=mending.unavoidable)


def _differences(
    present: Plan, plan: Plan, instance: Instance
) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Return the meetings of the present plan that have moved, changed their table only, and lost their place."""
    standing = {key: place for key, place in present.places.items() if key in instance.meeting_by_key}
    lost = frozenset(standing.keys() - plan.places.keys())
    moved = {key for key in standing.keys() - lost if plan.places[key].slot != standing[key].slot}
    reseated = {key for key in standing.keys() - lost - moved if plan.places[key] != standing[key]}
    return frozenset(moved), frozenset(reseated), lost


class Mending:
    """The plan while it is mended: ``home`` is the present slot of each meeting or NOWHERE.

    ``cost[n]`` is what it costs to give meeting n another slot than ``home``: nothing where it cannot stay
    there, one where its table is gone anyway, two where all of its place stands.
    """

    def __init__(self, grid: Grid, present: Plan, rng: Random) -> None:
        self.grid = grid
        self.rng = rng
        self.state = State(grid)
        instance = grid.instance
        table_at = {table.key: n for n, table in enumerate(instance.tables)}
        slots = range(grid.slots)
        self.home = [NOWHERE] * len(instance.meetings)
        self.tables: dict[int, int] = {}  # present tables that can be kept, by position
        self.cost = [0] * len(instance.meetings)
        gone = 0
        for n, meeting in enumerate(instance.meetings):
            place = present.places.get(meeting.key)
            if place is None or place.slot not in slots:
                gone += place is not None
                continue
            self.home[n] = place.slot
            if not grid.allowed[n] >> place.slot & 1:
                gone += 1
                continue
            table = table_at.get(place.table) if place.table is not None else None
            if meeting.remote or (table is not None and self._may_sit(n, table, place.slot)):
                self.cost[n] = 2
                if table is not None and not meeting.remote:
                    self.tables[n] = table
            else:
                self.cost[n] = 1
                gone += 1
        self.unavoidable = gone + self._too_many()
        self._keep_what_stands()

    def _may_sit(self, meeting: int, table: int, slot: int) -> bool:
        pools = self.grid.pools
        if pools.reserved.get((slot, table)) == meeting:
            return True
        kind = pools.kind_of[meeting]
        return kind >= 0 and bool(pools.kinds[kind] >> table & 1 and pools.open[table] >> slot & 1)

    def _too_many(self) -> int:
        """Return how many whose place stands must give way all the same: more than the tables of their slot can seat."""
        grid = self.grid
        here: Counter[tuple[int, int]] = Counter()
        for n, slot in enumerate(self.home):
            if slot != NOWHERE and grid.allowed[n] >> slot & 1:
                for pool in grid.pools.of[n]:
                    here[slot, pool] += 1
                    # One whose table is gone is counted already, and may be the one to give way.
                    here[slot, pool] -= self.cost[n] == 1
        most: dict[int, int] = {}
        for (slot, pool), number in here.items():
            most[slot] = max(most.get(slot, 0), number - grid.pools.room[pool][slot])
        return sum(most.values())

    def _keep_what_stands(self) -> None:
        """Put all that can stay where it was, those first that would be missed most."""
        state, grid = self.state, self.grid
        order = sorted(
            (n for n, slot in enumerate(self.home) if slot != NOWHERE and grid.allowed[n] >> slot & 1),
            key=lambda n: (
                grid.optional[n],
                not grid.pinned[n],
                -self.cost[n],
                grid.allowed[n].bit_count(),
                n,
            ),
        )
        for n in order:
            is_open = not grid.pools.of[n] or state.open_mask(n) >> self.home[n] & 1
            if is_open and state.people_mask(n) >> self.home[n] & 1:
                state.put(n, self.home[n])

    def place(self, should_stop: Callable[[], bool]) -> None:
        """Place what has no place, without moving anything else."""
        for n in self._by_choice(self.state.unplaced()):
            if should_stop():
                return
            place_directly(self.state, n, self.rng)

    def _by_choice(self, meetings: Iterable[int]) -> list[int]:
        grid = self.grid
        return sorted(
            (n for n in meetings if grid.allowed[n]),
            key=lambda n: (grid.optional[n], -grid.priority[n], self.state.people_mask(n).bit_count(), n),
        )

    def move_few(self, left: Callable[[], float], seed: int, should_stop: Callable[[], bool]) -> None:
        """Let the exact method choose among ever more meetings what to move, until nothing is left to gain."""
        from matchmaking.scheduler.repair_model import choose

        for turn in range(ROUNDS):
            wanting = self._wanting()
            if not wanting or should_stop():
                return
            free = self._neighbourhood(wanting, turn)
            found = choose(
                self.state, self.home, self.cost, free,
                seconds=max(0.5, left() / (ROUNDS - turn)), seed=seed + turn, should_stop=should_stop,
            )  # fmt: skip
            if found is not None:
                self.state.restore(found)
            if len(free) >= MOST_FREE:
                break
        for n in self._by_choice(self.state.unplaced()):
            if should_stop():
                return
            make_room(self.state, n, self.rng)

    def _wanting(self) -> list[int]:
        """Return what has no place, and what was moved though its place still stands."""
        return [
            n
            for n, slot in enumerate(self.state.slot)
            if self.grid.allowed[n] and (slot == NOWHERE or (self.cost[n] and slot != self.home[n]))
        ]

    def _neighbourhood(self, wanting: Sequence[int], turn: int) -> list[int]:
        """Return the wanting meetings, all that have changed, and those near them: of the same people, then of theirs.

        Where tables are short, meetings of the slots that the wanting could take are near as well.
        """
        grid, state = self.grid, self.state
        found = dict.fromkeys(wanting)
        found.update(dict.fromkeys(n for n, slot in enumerate(state.slot) if slot != self.home[n]))
        ring = list(found)
        for _step in range(turn + 1):
            people = dict.fromkeys(person for n in ring for person in grid.people[n])
            ring = [n for person in people for n in grid.meetings[person] if n not in found]
            for n in ring:
                if len(found) >= MOST_FREE:
                    return list(found)
                found[n] = None
        tight = 0
        for n in wanting:
            if grid.pools.kind_of[n] != REMOTE:
                tight |= grid.allowed[n] & ~state.open_mask(n)
        near = [n for n, slot in enumerate(state.slot) if slot != NOWHERE and tight >> slot & 1]
        self.rng.shuffle(near)
        for n in near[: 150 * (turn + 1)]:
            if len(found) >= MOST_FREE:
                break
            found.setdefault(n)
        return list(found)

    def smooth(self) -> None:
        """Put what had to move where it leaves the fewest idle gaps; nothing else changes for it."""
        for n, slot in enumerate(self.state.slot):
            if slot not in (NOWHERE, self.home[n]):
                self.state.take(n)
                if not place_directly(self.state, n, self.rng):
                    self.state.put(n, slot)
