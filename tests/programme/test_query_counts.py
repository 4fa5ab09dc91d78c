"""Public lists ask the database as often for one item as for three."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import agenda_token, star_session
from tests.factories import PersonFactory, SessionFactory, make_released_event
from tests.programme.addresses import files_of, paths_of

pytestmark = pytest.mark.django_db


def queries(client, path):
    """Return how many queries the page costs when it is made anew in a process that knows the event."""
    client.get(path)
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_pages_cost_no_more_queries_for_more_sessions(client):
    one, _release = make_released_event(sessions=1)
    three, _release = make_released_event(sessions=3)
    for small, large in zip(paths_of(one) + files_of(one), paths_of(three) + files_of(three), strict=True):
        assert queries(client, small) == queries(client, large) <= 12, small


@pytest.mark.parametrize(
    "path", ["/en/events/{}/changes/", "/events/{}/releases.atom", "/api/v1/events/{}/releases"]
)
def test_lists_of_releases_cost_no_more_queries_for_more_of_them(client, path):
    event, _release = make_released_event()
    address = path.format(event.slug)
    one = queries(client, address)
    for number in (90, 91):
        SessionFactory(event=event, number=number)
        release_programme(event=event, actor=None, note=f"With session {number}")
    assert queries(client, address) == one <= 12


def test_the_list_of_events_costs_no_more_queries_for_more_of_them(client):
    make_released_event()
    one = queries(client, "/api/v1/events")
    for _more in range(2):
        make_released_event()
    assert client.get("/api/v1/events").json()["count"] == 3
    assert queries(client, "/api/v1/events") == one <= 12


def test_an_agenda_over_three_events_costs_no_more_queries_than_over_one(client):
    person = PersonFactory()
    client.force_login(person)
    paths = ("/en/me/", f"/me/agenda/{agenda_token(person=person)}.ics")
    costs = []
    for count in (1, 2):
        for _more in range(count):
            event, _release = make_released_event()
            star_session(person=person, event=event, code=event.sessions.get().code)
        costs.append([queries(client, path) for path in paths])
    assert costs[0] == costs[1]
