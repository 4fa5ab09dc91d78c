"""Instances and plans as JSON: how the scheduler is used without a database.

An instance::

    {"name": "market", "slots": 16, "tables": 12, "max_break_difference": 2,
     "participants": [{"id": 1, "unavailable": [3]}],
     "meetings": [{"id": 1, "participants": [1, 8], "half_day": null, "slot": null, "after": []}],
     "half_days": [[0, 1, 2, 3], [4, 5, 6, 7]]}

Slots are 0 … slots-1. ``half_day`` is a position in ``half_days`` that the meeting must lie in, ``slot`` fixes
it, ``after`` lists meetings that come strictly earlier. ``max_break_difference`` null means no bound. All
meetings must be placed. What may be added, with its default:

- ``days``: lists of slots, between which idle slots are no break (one day of all slots);
- ``tables`` as a list: ``{"id", "features": [], "unavailable": []}`` (a number: tables 1 … number, all equal);
- of a participant ``limit_a_day`` (null);
- of a meeting ``optional`` (false), ``priority`` (1), ``slots`` (null: any), ``table`` (null), ``needs`` ([]),
  ``remote`` (false), and more than two ``participants``.

A plan: ``{"name", "status", "breaks", "assignments": [{"meeting": 1, "slot": 4, "table": 7}]}``; ``table`` is
null for a remote meeting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaking.scheduler.model import Instance, Meeting, Person, Place, Plan, Result, Table

MOST_SLOTS = 4096
MOST_TABLES = 100_000


class NotAnInstance(ValueError):
    """The JSON does not have the form of an instance or a plan; the text says where."""


def read_instance(data: Any) -> Instance:
    """Return the instance of parsed JSON; raise NotAnInstance where the form is not as told above."""
    try:
        return _instance(_mapping(data, "instance"))
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAnInstance(f"{type(error).__name__}: {error}") from error


def _instance(data: Mapping[str, Any]) -> Instance:
    slots = _number(data["slots"], "slots")
    if not 0 <= slots <= MOST_SLOTS:
        raise NotAnInstance(f"slots: {slots} is not between 0 and {MOST_SLOTS}")
    half_days = [_numbers(each, "half_days") for each in data.get("half_days") or []]
    days = [_numbers(each, "days") for each in data.get("days") or [list(range(slots))]]
    if sum(len(day) for day in days) != slots:
        raise NotAnInstance("days: they do not hold each slot once")
    difference = data.get("max_break_difference")
    return Instance(
        name=str(data.get("name", "")),
        days=tuple(day for day in days if day),
        tables=_tables(data["tables"]),
        people=tuple(_person(_mapping(each, "participants")) for each in data["participants"]),
        meetings=tuple(_meeting(_mapping(each, "meetings"), half_days) for each in data["meetings"]),
        max_break_difference=None if difference is None else _number(difference, "max_break_difference"),
    )


def _tables(data: Any) -> tuple[Table, ...]:
    if isinstance(data, list):
        return tuple(
            Table(
                key=_number(each["id"], "tables"),
                features=frozenset(map(str, each.get("features") or [])),
                unavailable=frozenset(_numbers(each.get("unavailable") or [], "tables")),
            )
            for each in data
        )
    number = _number(data, "tables")
    if not 0 <= number <= MOST_TABLES:
        raise NotAnInstance(f"tables: {number} is not between 0 and {MOST_TABLES}")
    return tuple(Table(key=n + 1) for n in range(number))


def _person(data: Mapping[str, Any]) -> Person:
    limit = data.get("limit_a_day")
    return Person(
        key=_number(data["id"], "participants"),
        unavailable=frozenset(_numbers(data.get("unavailable") or [], "unavailable")),
        a_day=None if limit is None else _number(limit, "limit_a_day"),
    )


def _meeting(data: Mapping[str, Any], half_days: list[tuple[int, ...]]) -> Meeting:
    slots = data.get("slots")
    wished = None if slots is None else frozenset(_numbers(slots, "slots"))
    half = data.get("half_day")
    if half is not None:
        if not 0 <= _number(half, "half_day") < len(half_days):
            raise NotAnInstance(f"half_day: there is no {half}")
        wished = frozenset(half_days[half]) & (wished if wished is not None else frozenset(half_days[half]))
    slot, table = data.get("slot"), data.get("table")
    return Meeting(
        key=_number(data["id"], "meetings"),
        people=_numbers(data["participants"], "participants"),
        slots=wished,
        slot=None if slot is None else _number(slot, "slot"),
        table=None if table is None else _number(table, "table"),
        after=_numbers(data.get("after") or [], "after"),
        needs=frozenset(map(str, data.get("needs") or [])),
        remote=bool(data.get("remote", False)),
        optional=bool(data.get("optional", False)),
        priority=_number(data.get("priority", 1), "priority"),
    )


def read_plan(data: Any) -> Plan:
    """Return the plan of parsed JSON; raise NotAnInstance where the form is not as told above."""
    try:
        places: dict[int, Place] = {}
        for each in _mapping(data, "plan")["assignments"]:
            table = each.get("table")
            key = _number(each["meeting"], "meeting")
            if key in places:
                raise NotAnInstance(f"assignments: meeting {key} stands twice")
            places[key] = Place(
                _number(each["slot"], "slot"), None if table is None else _number(table, "table")
            )
    except (KeyError, TypeError, AttributeError) as error:
        raise NotAnInstance(f"{type(error).__name__}: {error}") from error
    return Plan(places)


def write_plan(instance: Instance, result: Result) -> dict[str, Any]:
    """Return the result's plan as JSON data, by slot and table."""
    places = result.plan.places if result.plan else {}
    ordered = sorted(places.items(), key=lambda item: (item[1].slot, item[1].table or 0, item[0]))
    return {
        "name": instance.name,
        "status": result.status.value,
        "breaks": result.score.breaks if result.score else None,
        "assignments": [{"meeting": key, "slot": place.slot, "table": place.table} for key, place in ordered],
    }


def summary(result: Result) -> dict[str, Any]:
    """Return the line that tells of a run: status, scheduled, breaks, max_difference, bound, seconds."""
    return {
        "status": result.status.value,
        "scheduled": len(result.plan.places) if result.plan else 0,
        "breaks": result.score.breaks if result.score else None,
        "max_difference": result.max_difference if result.plan else None,
        "bound": result.bound.breaks,
        "seconds": round(result.seconds, 3),
    }


def _mapping(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise NotAnInstance(f"{where}: expected an object")
    return data


def _number(data: Any, where: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise NotAnInstance(f"{where}: expected a whole number, found {data!r:.40}")
    return data


def _numbers(data: Any, where: str) -> tuple[int, ...]:
    if not isinstance(data, list):
        raise NotAnInstance(f"{where}: expected a list")
    return tuple(_number(each, where) for each in data)
