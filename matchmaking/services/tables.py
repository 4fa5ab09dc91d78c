"""Many tables of an exchange at once: taken out of use, into it again, removed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q

from matchmaking.errors import HasMeetings
from matchmaking.models import Table
from matchmaking.services.setting_up import remove_table, save_table
from matchmaking.states import MEETING_LIVE
from network.models import Person
from sessions_app.registration.services.places import one_transaction


@one_transaction
def use_tables(*, tables: Iterable[Table], is_active: bool, actor: Person | None) -> int:
    """Take the tables into use or out of it; their meetings stay. Return how many changed."""
    changed = [table for table in tables if table.is_active != is_active]
    for table in changed:
        table.is_active = is_active
        save_table(table=table, actor=actor)
    return len(changed)


@one_transaction
def remove_tables(*, tables: Iterable[Table], actor: Person | None) -> None:
    """Delete the tables, all or none; raises HasMeetings with how many meetings stand at them."""
    rows = list(tables)
    booked = Table.objects.filter(pk__in=[row.pk for row in rows]).aggregate(
        count=Count("meetings", filter=Q(meetings__state__in=sorted(MEETING_LIVE)))
    )["count"]
    if booked:
        raise HasMeetings(booked)
    for row in rows:
        remove_table(table=row, actor=actor)
