"""What is to be planned and what comes out, as immutable plain data.

Slots are numbered 0 … n-1 in the order of time; a day is a run of them. Idle slots between two days, and a
lunch hour that is no slot, never count as a break.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who meets others; ``a_day`` is the most meetings she wants on one day (None: no limit)."""

    key: int
    unavailable: frozenset[int] = frozenset()
    a_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A place for one meeting at a time; ``features`` are names such as "quiet" or "step_free"."""

    key: int
    features: frozenset[str] = frozenset()
    unavailable: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Two or more people who are to meet once.

    ``slots`` are the only ones it may take (None: any), for example a half-day; ``slot`` and ``table`` pin it;
    it comes strictly later than each of ``after`` that is placed; ``needs`` are features its table must have;
    a ``remote`` one takes no table. An ``optional`` one may be left out, which costs its ``priority``.
    """

    key: int
    people: tuple[int, ...]
    slots: frozenset[int] | None = None
    slot: int | None = None
    table: int | None = None
    after: tuple[int, ...] = ()
    needs: frozenset[str] = frozenset()
    remote: bool = False
    optional: bool = False
    priority: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """Which aims follow after the placed meetings, in this order; none is bought with one before it."""

    few_breaks: bool = True
    few_table_changes: bool = True


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One planning problem; ``max_break_difference`` bounds max - min of breaks over all people (None: free)."""

    days: tuple[tuple[int, ...], ...]
    tables: tuple[Table, ...]
    people: tuple[Person, ...]
    meetings: tuple[Meeting, ...]
    max_break_difference: int | None = None
    aims: Aims = Aims()
    name: str = ""

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """All slots in the order of time."""
        return tuple(slot for day in self.days for slot in day)

    @cached_property
    def meeting_by_key(self) -> dict[int, Meeting]:
        """Meetings by their key."""
        return {meeting.key: meeting for meeting in self.meetings}


@dataclass(frozen=True, slots=True)
class Place:
    """When and where a meeting is; ``table`` is None when it is remote."""

    slot: int
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each placed meeting is, by the meeting's key; one that is missing is not placed."""

    places: Mapping[int, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """What a plan costs, the weightiest first, so that scores compare: less is better."""

    lost: int  # priorities of meetings without a place, added up
    breaks: int = 0
    table_changes: int = 0


class Status(StrEnum):
    """What is known of a plan."""

    OPTIMAL = "optimal"  # no plan loses less or has fewer breaks; table changes are not proved
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"  # proved: the meetings that are not optional cannot all be placed
    UNKNOWN = "unknown"


class ProblemCode(StrEnum):
    """What is wrong with an instance."""

    # No sense can be made of it.
    NO_SLOTS = "no_slots"
    SLOTS_OUT_OF_ORDER = "slots_out_of_order"  # days must hold 0 … n-1 in this order
    KEY_TWICE = "key_twice"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_TABLE = "unknown_table"
    UNKNOWN_SLOT = "unknown_slot"
    UNKNOWN_MEETING = "unknown_meeting"  # in "after"
    MEETING_WITH_ONESELF = "meeting_with_oneself"
    PRIORITY_BELOW_ONE = "priority_below_one"
    NEGATIVE_LIMIT = "negative_limit"
    # The meetings that are not optional cannot all be placed.
    NO_TABLES = "no_tables"
    NO_SUITABLE_TABLE = "no_suitable_table"  # none has what the meeting needs
    FIXED_IN_FORBIDDEN_SLOT = "fixed_in_forbidden_slot"
    FIXED_AT_LOST_TABLE = "fixed_at_lost_table"  # unavailable then, or without what is needed
    FIXED_TOGETHER = "fixed_together"  # two of one person, or at one table, in the same slot
    NO_COMMON_SLOT = "no_common_slot"
    MORE_MEETINGS_THAN_SLOTS = "more_meetings_than_slots"  # of a person
    TOO_FEW_TABLES = "too_few_tables"  # over all slots
    TOO_FEW_TABLES_IN_SLOT = "too_few_tables_in_slot"
    PRECEDENCE_CYCLE = "precedence_cycle"
    NO_ROOM_FOR_ORDER = "no_room_for_order"  # those before and after it leave the meeting no slot
    # Allowed, but perhaps a slip.
    PAIR_TWICE = "pair_twice"


MALFORMED = frozenset(list(ProblemCode)[: list(ProblemCode).index(ProblemCode.NO_TABLES)])
SLIPS = frozenset({ProblemCode.PAIR_TWICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One contradiction: its code and whom or what it is about; ``need`` exceeds ``have`` where both are told."""

    code: ProblemCode
    meetings: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()
    tables: tuple[int, ...] = ()
    need: int | None = None
    have: int | None = None

    @property
    def is_malformed(self) -> bool:
        """Tell whether no sense can be made of the instance."""
        return self.code in MALFORMED

    @property
    def proves_infeasible(self) -> bool:
        """Tell whether it proves that the meetings that are not optional cannot all be placed."""
        return self.code not in MALFORMED and self.code not in SLIPS


class MalformedInstance(ValueError):
    """No sense can be made of an instance; ``problems`` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(sorted({problem.code.value for problem in self.problems})))


class Lack(StrEnum):
    """Why a meeting has no place in a plan."""

    NO_COMMON_SLOT = "no_common_slot"  # its people, wishes and order never leave one
    NO_SUITABLE_TABLE = "no_suitable_table"
    PERSON_FULL = "person_full"  # one of its people has no free slot left (or has met the limit of the days)
    NO_TABLE_FREE = "no_table_free"  # its people are free together only where all tables are taken
    NEVER_FREE_TOGETHER = "never_free_together"  # each has free slots left, but none in common
    ORDER = (
        "order"  # where all is free, it would come before one it must follow, or after one that follows it
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A meeting without a place and why; ``people`` and ``slots`` say who and which stand in the way."""

    meeting: int
    lack: Lack
    people: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come; ``bound`` is proved: no plan has fewer breaks at that loss."""

    seconds: float
    score: Score | None
    bound: Score
    stage: str  # "placing", "breaks", "proof" or "tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The best plan that was found, what it costs, what is proved, and why meetings are missing in it."""

    status: Status
    plan: Plan | None
    score: Score | None
    bound: Score
    seconds: float
    max_difference: int = 0
    unplaced: tuple[Unplaced, ...] = ()
    problems: tuple[Problem, ...] = ()
    proved_by: str = ""  # "bounds", "cp-sat" or "maxsat"

    @property
    def gap(self) -> Score | None:
        """What the plan costs above the bound, None without a plan."""
        if self.score is None:
            return None
        return Score(self.score.lost - self.bound.lost, max(0, self.score.breaks - self.bound.breaks))
