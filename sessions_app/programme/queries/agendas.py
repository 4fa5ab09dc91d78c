"""Reads of what people keep on their agendas."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.models import Star


def starred_codes(person: Person | AnonymousUser, event: Event) -> list[str]:
    """Return the codes of the event's sessions on the person's agenda."""
    if not isinstance(person, Person):
        return []
    sql, params = _stars_query()
    values = {_ANY_PERSON: person.pk, _ANY_EVENT: event.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [values[param] for param in params])
        return [code for (code,) in cursor.fetchall()]


_ANY_PERSON, _ANY_EVENT = -1, -2  # no keys are these


@cache
def _stars_query() -> tuple[str, tuple[Any, ...]]:
    """Return the compiled query, which every page of a signed-in person runs."""
    rows: QuerySet[Star] = QuerySet(Star).filter(person=_ANY_PERSON, session__event=_ANY_EVENT)
    sql, params = rows.order_by("session__code").values_list("session__code").query.sql_with_params()
    return sql, params


def agenda_of(person: Person) -> dict[int, set[uuid.UUID]]:
    """Return event id to the guids of the sessions on the person's agenda, over all public events."""
    found: dict[int, set[uuid.UUID]] = {}
    rows = Star.objects.filter(person=person, session__event__is_public=True)
    for event_id, guid in rows.values_list("session__event_id", "session__guid"):
        found.setdefault(event_id, set()).add(guid)
    return found


def person_by_agenda_token(token: str) -> Person | None:
    """Return whose calendar feed this unguessable token opens, or None."""
    return Person.objects.filter(agenda_token=token, is_active=True).first() if token else None
