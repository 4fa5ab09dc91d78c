"""What a run proposes: the differences to the plan that it started from, as rows of the run keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matchmaking.scheduler.model import Plan, Problem, Unplaced
from matchmaking.snapshot import Item, Kind, Snapshot, Where


@dataclass(frozen=True, slots=True)
class Change:
    """A meeting that gets another place, a request that gets its first, or a meeting without one any more."""

    kind: Kind
    code: str
    before: Where | None
    after: Where | None

    @property
    def is_new(self) -> bool:
        """Tell whether a request becomes a meeting."""
        return self.before is None

    @property
    def is_lost(self) -> bool:
        """Tell whether a meeting has no place any more."""
        return self.after is None

    @property
    def keeps_time(self) -> bool:
        """Tell whether only the table is another."""
        return self.before is not None and self.after is not None and self.before.slot == self.after.slot


def changes_of(snapshot: Snapshot, plan: Plan) -> list[Change]:
    """Return what differs from where things stand now, in the order of the items."""
    found = []
    for n, item in enumerate(snapshot.items):
        place = plan.places.get(n)
        after = snapshot.where(place) if place is not None else None
        if after != item.at:
            found.append(Change(item.kind, item.code, item.at, after))
    return found


def write_changes(changes: Iterable[Change]) -> list[list[Any]]:
    """Return changes as a run keeps them."""
    return [
        [change.kind.value, change.code, _write(change.before), _write(change.after)] for change in changes
    ]


def read_changes(rows: Iterable[Iterable[Any]]) -> list[Change]:
    """Return what ``write_changes`` wrote."""
    return [Change(Kind(kind), code, _read(before), _read(after)) for kind, code, before, after in rows]


def _write(where: Where | None) -> list[int | None] | None:
    return None if where is None else [where.slot, where.table]


def _read(pair: list[Any] | None) -> Where | None:
    return None if pair is None else Where(pair[0], pair[1])


@dataclass(frozen=True, slots=True)
class Missing:
    """Something without a place: why, who is meant by it, and the slots in question, by their keys."""

    kind: Kind
    code: str
    lack: str
    low: int
    high: int
    people: tuple[int, ...] = ()
    slots: tuple[int, ...] = ()


def write_unplaced(snapshot: Snapshot, unplaced: Iterable[Unplaced]) -> list[dict[str, Any]]:
    """Return what found no place as a run keeps it."""
    rows = []
    for one in unplaced:
        item = snapshot.items[one.meeting]
        rows.append(
            {
                **_of_item(item),
                "lack": one.lack.value,
                "people": list(one.people),
                "slots": [snapshot.slots[slot] for slot in one.slots],
            }
        )
    return rows


def read_unplaced(rows: Iterable[Mapping[str, Any]]) -> list[Missing]:
    """Return what ``write_unplaced`` wrote."""
    return [
        Missing(
            Kind(row["kind"]), row["code"], row["lack"], row["low"], row["high"],
            tuple(row["people"]), tuple(row["slots"]),
        )
        for row in rows
    ]  # fmt: skip


def write_problems(snapshot: Snapshot, problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return contradictions as a run keeps them."""
    return [
        {
            "code": problem.code.value,
            "items": [_of_item(snapshot.items[n]) for n in problem.meetings],
            "people": list(problem.people),
            "slots": [snapshot.slots[slot] for slot in problem.slots],
            "tables": list(problem.tables),
            "need": problem.need,
            "have": problem.have,
        }
        for problem in problems
    ]


def _of_item(item: Item) -> dict[str, Any]:
    return {"kind": item.kind.value, "code": item.code, "low": item.low, "high": item.high}
