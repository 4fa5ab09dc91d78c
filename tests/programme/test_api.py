"""The read-only REST API, as programs use it."""

import datetime as dt

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from sessions_app.programme.models import SessionState
from sessions_app.programme.services.releasing import release_programme
from tests.factories import FIRST_DAY, OrganisationFactory, make_event, make_released_event

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/events"


def test_public_events_are_listed_and_others_are_not(client):
    event, _release = make_released_event()
    make_event(is_public=False)
    coming = make_event()
    found = client.get(ROOT).json()
    assert found["count"] == 2
    assert [(item["slug"], item["release"]) for item in found["items"]] == [(coming.slug, 0), (event.slug, 1)]
    assert found["items"][1]["name"] == {"en": event.name_en, "ru": event.name_ru}


def test_an_event_tells_its_days_and_size(client):
    event, _release = make_released_event(sessions=3)
    found = client.get(f"{ROOT}/{event.slug}").json()
    assert [day["date"] for day in found["days"]] == found["dates"]
    assert (found["sessions"], found["rooms"], found["people"]) == (3, 2, 3)
    assert found["zone"] == "Europe/Moscow"


def test_sessions_come_in_pages_by_start(client):
    event, _release = make_released_event(sessions=3)
    codes = [session.code for session in event.sessions.order_by("start", "number")]
    first = client.get(f"{ROOT}/{event.slug}/sessions", {"limit": 2}).json()
    rest = client.get(f"{ROOT}/{event.slug}/sessions", {"limit": 2, "offset": 2}).json()
    assert first["count"] == rest["count"] == 3
    assert [item["code"] for item in first["items"] + rest["items"]] == codes


@pytest.mark.parametrize("name", ["track", "room", "kind", "language", "person", "organisation", "q", "day"])
def test_sessions_are_filtered(client, name):
    event = make_event(sessions=2)
    wanted, other = event.sessions.order_by("number")
    wanted.kind, wanted.language, wanted.title_ru = "panel", "ru", "Ёлки в цеху"
    wanted.host = OrganisationFactory()
    wanted.save()
    other.track = None
    other.start += dt.timedelta(days=1)
    other.end += dt.timedelta(days=1)
    other.save()
    release_programme(event=event, actor=None, note="")
    value = {
        "track": wanted.track.slug,
        "room": str(wanted.room.guid),
        "kind": "panel",
        "language": "ru",
        "person": wanted.roles.get().person.code,
        "organisation": wanted.host.code,
        "q": "елки",
        "day": FIRST_DAY.isoformat(),
    }[name]
    found = client.get(f"{ROOT}/{event.slug}/sessions", {name: value}).json()
    assert [item["code"] for item in found["items"]] == [wanted.code]


def test_a_cancelled_session_is_told_on_request(client):
    event, _release = make_released_event(sessions=2)
    gone = event.sessions.order_by("number").first()
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=event, actor=None, note="")
    path = f"{ROOT}/{event.slug}/sessions"
    assert gone.code not in [item["code"] for item in client.get(path).json()["items"]]
    told = {item["code"]: item["cancelled"] for item in client.get(path, {"cancelled": True}).json()["items"]}
    assert told[gone.code] is True
    assert client.get(f"{path}/{gone.code}").json()["cancelled"] is True


def test_a_person_is_told_with_her_sessions(client):
    event, _release = make_released_event(sessions=2)
    session = event.sessions.order_by("number").first()
    person = session.roles.get().person
    found = client.get(f"{ROOT}/{event.slug}/people/{person.code}").json()
    assert (found["name"], found["sessions"]) == (person.name, [session.code])


def test_releases_are_counted(client):
    event, _release = make_released_event(sessions=2)
    session = event.sessions.first()
    session.start += dt.timedelta(hours=3)
    session.end += dt.timedelta(hours=3)
    session.save()
    release_programme(event=event, actor=None, note="Moved")
    newest = client.get(f"{ROOT}/{event.slug}/releases").json()["items"][0]
    assert (newest["number"], newest["note"], newest["moved"], newest["added"]) == (2, {"en": "Moved"}, 1, 0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=201", 422),
        ("offset=-1", 422),
        ("day=soon", 422),
        ("kind=dance", 422),
        ("q=%00", 200),
    ],
)
def test_wrong_parameters_are_named(client, query, status):
    event, _release = make_released_event()
    response = client.get(f"{ROOT}/{event.slug}/sessions?{query}")
    assert response.status_code == status
    if status == 422:
        assert query.partition("=")[0] in response.content.decode()


def test_other_sites_may_read_it_and_nobody_may_write(client):
    event, _release = make_released_event()
    response = client.get(f"{ROOT}/{event.slug}")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.post(f"{ROOT}/{event.slug}").status_code == 405


def test_too_many_requests_are_slowed_down(client):
    event, _release = make_released_event()
    for _time in range(245):
        response = client.get(f"{ROOT}/{event.slug}/tracks")
        if response.status_code != 200:
            break
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


@pytest.fixture
def application():
    """The site as a server calls it, on the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in signals:
        signal.connect(close_old_connections)


def test_answers_keep_to_the_published_description(application):
    event, _release = make_released_event(sessions=3)
    session = event.sessions.first()
    known = {"slug": event.slug, "code": session.code}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    assert schema.raw_schema["openapi"].startswith("3.1")
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= 9
    for operation in operations:
        cache.clear()  # forgets how many requests there were, or all answers would be 429
        ask(operation, known)


def ask(operation, known):
    """Ask an operation for what is known and for what a generator thinks up; check each answer."""

    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask_thought_up(case):
        case.call_and_validate()

    ask_thought_up()
    names = {parameter.name for parameter in operation.path_parameters}
    operation.Case(path_parameters={name: known[name] for name in names}).call_and_validate()
