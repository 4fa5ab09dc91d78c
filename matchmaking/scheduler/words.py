"""Contradictions of an instance in words, by the keys of its own file."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaking.scheduler.model import Problem, ProblemCode

SHOWN = 8  # keys in a sentence

SENTENCES: dict[ProblemCode, str] = {
    ProblemCode.NO_SLOTS: "there is no slot",
    ProblemCode.SLOTS_OUT_OF_ORDER: "days must hold the slots 0, 1, 2 … in this order",
    ProblemCode.KEY_TWICE: "a key stands twice",
    ProblemCode.UNKNOWN_PERSON: "somebody is meant who is not among the participants",
    ProblemCode.UNKNOWN_TABLE: "a table is meant that is not there",
    ProblemCode.UNKNOWN_SLOT: "a slot is meant that is not there",
    ProblemCode.UNKNOWN_MEETING: "“after” names a meeting that is not there",
    ProblemCode.MEETING_WITH_ONESELF: "somebody would meet herself",
    ProblemCode.PRIORITY_BELOW_ONE: "a priority is below 1",
    ProblemCode.NEGATIVE_LIMIT: "a limit is negative",
    ProblemCode.NO_TABLES: "there is no table, and these meet at one",
    ProblemCode.NO_SUITABLE_TABLE: "no table has what these need",
    ProblemCode.FIXED_IN_FORBIDDEN_SLOT: "fixed in a slot in which one of its people is not there",
    ProblemCode.FIXED_AT_LOST_TABLE: "fixed at a table that is away then or lacks what is needed",
    ProblemCode.FIXED_TOGETHER: "fixed in the same place at the same time",
    ProblemCode.NO_COMMON_SLOT: "its people and wishes leave no slot in common",
    ProblemCode.MORE_MEETINGS_THAN_SLOTS: "more meetings than free slots",
    ProblemCode.TOO_FEW_TABLES: "more meetings than places at tables",
    ProblemCode.TOO_FEW_TABLES_IN_SLOT: "more meetings that can only be then than tables",
    ProblemCode.PRECEDENCE_CYCLE: "each of these must come before itself",
    ProblemCode.NO_ROOM_FOR_ORDER: "what must come before and after leaves no slot",
    ProblemCode.PAIR_TWICE: "the same people meet twice",
}


def in_words(problem: Problem) -> str:
    """Return the problem as an English sentence that names meetings, people, slots and tables by their keys."""
    parts = [SENTENCES[problem.code]]
    if problem.need is not None and problem.have is not None:
        parts.append(f"{problem.need} needed, {problem.have} there")
    for name, keys in (
        ("meetings", problem.meetings),
        ("participants", problem.people),
        ("slots", problem.slots),
        ("tables", problem.tables),
    ):
        if keys:
            parts.append(f"{name} {_listed(keys)}")
    return "; ".join(parts)


def _listed(keys: Iterable[int]) -> str:
    found = [str(key) for key in keys]
    rest = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + rest
