"""Things that stand in an order of the organiser's, moved up and down one step at a time."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, QuerySet


def next_order(rows: QuerySet[Any]) -> int:
    """Return the place after the last one."""
    highest: int | None = rows.aggregate(top=Max("sort_order"))["top"]
    return 0 if highest is None else highest + 1


def swap(rows: list[Any], row: Any, step: int) -> Any | None:
    """Exchange the row with its neighbour ``step`` away and number all of them anew; return the neighbour.

    None, and nothing is written, at either end.
    """
    here = next((index for index, one in enumerate(rows) if one.pk == row.pk), None)
    if here is None or not 0 <= here + step < len(rows):
        return None
    rows[here], rows[here + step] = rows[here + step], rows[here]
    for order, one in enumerate(rows):
        if one.sort_order != order:
            one.sort_order = order
            one.save(update_fields=["sort_order"])
    return rows[here]
