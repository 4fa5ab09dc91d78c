"""What the public's pages, feeds and files cost."""

import pytest
from django.core.cache import cache
from django.test import Client

from sessions_app.programme.models import Star
from tests.benchmarks.conftest import cpu_ms, get, make_large_event
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
DAY = "/en/events/{slug}/programme/2026-09-14/"


def anew(client: Client, path: str) -> None:
    cache.clear()
    client.get(path)


def test_programme_day_of_250_sessions(table):
    event = make_large_event("large-250", 250, 5)
    client, path = Client(), DAY.format(slug="large-250")
    cache.clear()
    status, queries = get(client, path)
    assert status == 200
    table.add(
        "day page, rendered anew", f"{cpu_ms(lambda: anew(client, path), 7):.2f} ms", queries, "60 ms, 12"
    )
    client.get(path)
    _, queries = get(client, path)
    table.add("day page, unchanged", f"{cpu_ms(lambda: client.get(path), 50):.2f} ms", queries, "3 ms")
    etag = client.get(path).headers["ETag"]
    status, queries = get(client, path, if_none_match=etag)
    assert status == 304
    table.add(
        "day page, 304",
        f"{cpu_ms(lambda: client.get(path, headers={'if-none-match': etag}), 50):.2f} ms",
        queries,
        "1 ms",
    )
    member = Client()
    person = PersonFactory()
    member.force_login(person)
    for session in event.sessions.all()[:20]:
        Star.objects.create(person=person, session=session)
    member.get(path)
    _, queries = get(member, path)
    table.add(
        "day page, signed in, 20 stars", f"{cpu_ms(lambda: member.get(path), 50):.2f} ms", queries, "3 ms"
    )


def test_session_and_person_pages(table):
    event = make_large_event("large-pages", 250, 5)
    client = Client()
    session = event.sessions.first()
    person = session.roles.first().person
    for name, path in (
        ("session page", f"/en/events/large-pages/sessions/{session.code}/"),
        ("person page", f"/en/events/large-pages/people/{person.code}/"),
    ):
        status, queries = get(client, path)
        assert status == 200
        table.add(
            f"{name}, rendered anew",
            f"{cpu_ms(lambda path=path: anew(client, path), 7):.2f} ms",
            queries,
            "20 ms",
        )
        client.get(path)
        _, queries = get(client, path)
        table.add(
            f"{name}, unchanged", f"{cpu_ms(lambda path=path: client.get(path), 50):.2f} ms", queries, "3 ms"
        )


def test_exchange_files_of_1000_sessions(table):
    make_large_event("large-1000", 1000, 5)
    client = Client()
    for name in ("schedule.ics", "schedule.json", "schedule.xml"):
        path = f"/events/large-1000/{name}"
        cache.clear()
        status, queries = get(client, path)
        assert status == 200
        table.add(
            f"{name} of 1,000, anew",
            f"{cpu_ms(lambda path=path: anew(client, path), 3):.1f} ms",
            queries,
            "15 queries",
        )
        client.get(path)
        _, queries = get(client, path)
        table.add(
            f"{name} of 1,000, unchanged",
            f"{cpu_ms(lambda path=path: client.get(path), 30):.2f} ms",
            queries,
            "5 ms",
        )
