"""A proposal beside the present plan: who gets a meeting, who moves, who gains, what stays without a place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, SolverRun
from matchmaking.proposals import Change, Missing, read_changes, read_unplaced
from matchmaking.snapshot import Kind
from matchmaking.wording_of_plans import Words


@dataclass(frozen=True, slots=True)
class Row:
    """One change or lack in words."""

    one: str
    other: str
    before: str
    after: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What publishing would do; ``lost`` says why, and ``unplaced`` are those that had no place before either."""

    new: list[Row]
    moved: list[Row]
    lost: list[Row]
    unplaced: list[Row]
    problems: list[str]
    movers: int
    gaining: list[tuple[ExchangeProfile, int]]

    @property
    def changed(self) -> int:
        """How many meetings that stand change their place or lose it."""
        return len(self.moved) + len(self.lost)

    @property
    def is_empty(self) -> bool:
        """Tell whether the plan would stay as it is."""
        return not (self.new or self.moved or self.lost)


def compare(run: SolverRun) -> Comparison:
    """Return the run's proposal in words; five queries."""
    changes, missing = read_changes(run.plan), read_unplaced(run.unplaced)
    pairs = _pairs(run, changes)
    people = {key for pair in pairs.values() for key in pair}
    people |= {key for one in missing for key in (one.low, one.high, *one.people)}
    people |= {key for problem in run.problems for key in problem["people"]}
    people |= {
        item[side] for problem in run.problems for item in problem["items"] for side in ("low", "high")
    }
    words = Words.of(run.exchange, people)
    known = [change for change in changes if (change.kind, change.code) in pairs]
    new = [change for change in known if change.is_new]
    lost = [change for change in known if change.is_lost]
    moved = [change for change in known if not change.is_new and not change.is_lost]
    lost_pairs = {frozenset(pairs[change.kind, change.code]) for change in lost}
    why = {frozenset((one.low, one.high)): words.lack(one) for one in missing}
    gains = Counter(key for change in new for key in pairs[change.kind, change.code])
    return Comparison(
        new=_rows(new, pairs, words),
        moved=_rows(moved, pairs, words),
        lost=_rows(lost, pairs, words, why),
        unplaced=[
            _missing(one, words) for one in missing if frozenset((one.low, one.high)) not in lost_pairs
        ],
        problems=[words.problem(problem) for problem in run.problems],
        movers=len({key for change in moved for key in pairs[change.kind, change.code]}),
        gaining=[(words.people[key], count) for key, count in gains.most_common() if key in words.people],
    )


def _pairs(run: SolverRun, changes: Iterable[Change]) -> dict[tuple[Kind, str], tuple[int, int]]:
    codes = list(changes)
    found: dict[tuple[Kind, str], tuple[int, int]] = {}
    for kind, rows in (
        (Kind.MEETING, Meeting.objects.filter(exchange=run.exchange_id)),
        (Kind.REQUEST, MeetingRequest.objects.filter(exchange=run.exchange_id)),
    ):
        wanted = [change.code for change in codes if change.kind is kind]
        for code, low, high in rows.filter(code__in=wanted).values_list("code", "low_id", "high_id"):
            found[kind, code] = (low, high)
    return found


def _rows(
    changes: Iterable[Change],
    pairs: dict[tuple[Kind, str], tuple[int, int]],
    words: Words,
    why: Mapping[frozenset[int], str] | None = None,
) -> list[Row]:
    found = []
    for change in changes:
        low, high = pairs[change.kind, change.code]
        before, after = words.place(change.before), words.place(change.after)
        reason = (why or {}).get(frozenset((low, high)), "")
        found.append(Row(words.name(low), words.name(high), before, after, reason))
    return found


def _missing(one: Missing, words: Words) -> Row:
    return Row(words.name(one.low), words.name(one.high), "", "", words.lack(one))
