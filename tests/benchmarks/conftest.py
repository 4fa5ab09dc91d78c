"""Measures CPU and queries per request and prints one table at the end; nothing here fails on time."""

from __future__ import annotations

import datetime as dt
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.events.models import Event
from sessions_app.programme.schedule import model
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.services.creating import create_event_from_schedule
from sessions_app.programme.services.releasing import release_programme


@dataclass
class Table:
    """Rows of: what was measured, CPU in milliseconds, queries, and the aim."""

    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, value: str, queries: int | str = "", aim: str = "") -> None:
        """Add one row."""
        self.rows.append((what, value, str(queries), aim))


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """Collect rows and print them when all benchmarks are done."""
    found = Table()
    yield found
    heads = ("measured", "value", "queries", "aim")
    widths = [max(len(row[i]) for row in [heads, *found.rows]) for i in range(4)]
    print()
    for row in [heads, *found.rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def cpu_ms(work: Callable[[], object], times: int = 20) -> float:
    """Return the median CPU time of ``work`` in milliseconds."""
    spent = []
    for _i in range(times):
        before = time.process_time()
        work()
        spent.append((time.process_time() - before) * 1000)
    return statistics.median(spent)


def get(client: Client, path: str, **headers: str) -> tuple[int, int]:
    """Return status and number of queries of one request."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
        b"".join(response) if response.streaming else response.content
    return response.status_code, len(queries)


def synthetic_schedule(slug: str, sessions: int, days: int) -> model.Schedule:
    """Return a believable programme: ten rooms, six tracks, one or two people a session."""
    first = dt.date(2026, 9, 14)
    rooms = tuple(
        model.Room(
            key=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{slug}/{n}")), name={"en": f"Hall {n}", "ru": f"Зал {n}"}
        )
        for n in range(10)
    )
    tracks = tuple(model.Track(key=f"track-{n}", name={"en": f"Track {n}"}, hue=n + 1) for n in range(6))
    people = tuple(model.Person(key=f"p{n}", name=f"Person {n} Example") for n in range(sessions))
    a_day = -(-sessions // days)
    items = []
    for n in range(sessions):
        day, place = divmod(n, a_day)
        begin = dt.datetime.combine(first + dt.timedelta(days=day), dt.time(5, 30), dt.UTC)
        start = begin + dt.timedelta(minutes=45 * (place // 10) if a_day <= 200 else 5 * (place // 10))
        items.append(
            model.Session(
                guid=uuid.uuid5(uuid.NAMESPACE_URL, f"{slug}/session/{n}"),
                code=f"{n:06X}",
                number=n + 1,
                title={
                    "en": f"Session {n}: how regions share what they know",
                    "ru": f"Сессия {n}: обмен опытом",
                },
                abstract={"en": "What was tried, what it cost, and what others may take from it. " * 6},
                language="en",
                room=rooms[place % 10].key,
                track=tracks[n % 6].key,
                start=start,
                end=start + dt.timedelta(minutes=40 if a_day <= 200 else 5),
                credits=tuple(model.Credit(person=people[(n + k) % sessions].key) for k in range(1 + n % 2)),
            )
        )
    return model.Schedule(
        slug=slug,
        title={"en": "A large forum", "ru": "Большой форум"},
        zone="Europe/Moscow",
        languages=("en", "ru"),
        days=tuple(
            model.Day(
                date=first + dt.timedelta(days=n),
                start=dt.datetime.combine(first + dt.timedelta(days=n), dt.time(5), dt.UTC),
                end=dt.datetime.combine(first + dt.timedelta(days=n), dt.time(20), dt.UTC),
            )
            for n in range(days)
        ),
        rooms=rooms,
        tracks=tracks,
        people=people,
        sessions=tuple(items),
    )


def make_large_event(slug: str, sessions: int, days: int) -> Event:
    """Make and release an event of that size."""
    schedule = synthetic_schedule(slug, sessions, days)
    reading = Reading(format="json", schedule=schedule, identities=tuple(() for _s in schedule.sessions))
    event, _plan = create_event_from_schedule(slug=slug, reading=reading, actor=None)
    release_programme(event=event, actor=None, note="First", override_reason="benchmark")
    return event
