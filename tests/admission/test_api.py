"""The door's REST API: tokens with scopes, one event each, few queries a scan."""

import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.ticketing import code_of
from sessions_app.events.tokens import create_token
from tests.factories import PersonFactory, make_open_event, make_registration, make_team_member

pytestmark = pytest.mark.django_db

AT = "2026-09-14T09:12:00+03:00"


@pytest.fixture
def door():
    event, category = make_open_event()
    Gate.objects.create(event=event, slug="main", name_en="Main entrance")
    registration = make_registration(event, category, organisation_name="Cluster")
    _token, secret = create_token(event=event, actor=None, name="Door", scopes=["admission.redeem"])
    return event, registration, code_of(valid_ticket(registration)), {"Authorization": f"Bearer {secret}"}


def post(event, name, body, headers, client=None):
    return (client or Client()).post(
        f"/api/v1/events/{event.slug}/admission/{name}",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_a_ticket_is_redeemed_once(door):
    event, registration, code, headers = door
    body = {"code": code, "nonce": "a", "gate": "main", "at": AT}
    first = post(event, "redeem", body, headers)
    assert first.status_code == 200
    told = first.json()
    assert told["result"] == "ok"
    assert told["reason"] == ""
    assert told["registration"]["code"] == registration.code
    assert told["first_entry"]["gate"] == "main"
    assert dt.datetime.fromisoformat(told["first_entry"]["at"]) <= dt.datetime.now(dt.UTC)
    assert registration.email not in first.content.decode()
    assert post(event, "redeem", body, headers).json() == told
    assert post(event, "redeem", {**body, "nonce": "b"}, headers).json()["result"] == "already_redeemed"


def test_a_scan_needs_few_queries(door):
    event, _registration, code, headers = door
    post(event, "redeem", {"code": code, "nonce": "warm", "gate": "main", "at": AT}, headers)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        post(event, "redeem", {"code": code, "nonce": "b", "gate": "main", "at": AT}, headers)
    asked = [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT", "PRAGMA"))]
    assert len([sql for sql in asked if "SAVEPOINT" not in sql]) <= 8, asked


def test_who_may_not_hears_no_more_than_that(door):
    event, _registration, code, headers = door
    other, _category = make_open_event()
    body = {"code": code, "nonce": "a", "gate": "main", "at": AT}
    assert post(event, "redeem", body, {}).status_code == 401
    assert post(event, "redeem", body, {"Authorization": "Bearer plenum_wrong"}).status_code == 401
    assert post(other, "redeem", body, headers).status_code == 404
    _token, reader = create_token(event=event, actor=None, name="R", scopes=["registrations.read"])
    assert post(event, "redeem", body, {"Authorization": f"Bearer {reader}"}).status_code == 403
    assert not Scan.objects.exists()


def test_a_steward_comes_with_her_log_in_and_others_get_nothing(door):
    event, _registration, code, _headers = door
    body = {"code": code, "nonce": "a", "gate": "main", "at": AT}
    steward = Client()
    steward.force_login(make_team_member(event, "door_steward"))
    assert post(event, "redeem", body, {}, steward).json()["result"] == "ok"
    assert Scan.objects.get().by is not None
    stranger = Client()
    stranger.force_login(PersonFactory())
    assert post(event, "redeem", body, {}, stranger).status_code == 404
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(make_team_member(event, "door_steward"))
    assert post(event, "redeem", {**body, "nonce": "z"}, {}, checked).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "x"},
        {"code": "x", "nonce": ""},
        {"code": "x", "nonce": "n" * 65},
        {"code": "x", "nonce": "\x00"},
        {"code": "x", "nonce": "n", "gate": "\x00"},
        {"code": "x" * 401, "nonce": "n"},
        {"code": "x", "nonce": "n", "at": "2026-09-14T09:12:00"},
        {"code": "x", "nonce": "n", "at": "yesterday"},
        {"code": "x", "nonce": "n", "gate": "no-such-gate"},
        [],
    ],
)
def test_bad_input_is_named_and_writes_nothing(door, body):
    event, _registration, _code, headers = door
    assert post(event, "redeem", body, headers).status_code == 422
    assert not Scan.objects.exists()


@pytest.mark.parametrize("code", ["", "\x00", "P1" + "A" * 124, "😀" * 20, "<script>", "P1" + "9" * 123])
def test_whatever_is_scanned_gets_an_answer(door, code):
    event, _registration, _code, headers = door
    answer = post(event, "redeem", {"code": code, "nonce": "n", "gate": "main"}, headers)
    assert (answer.status_code, answer.json()["result"]) == (200, "invalid")


def test_offline_scans_come_in_a_batch_that_may_be_sent_again(door):
    event, _registration, code, headers = door
    Gate.objects.create(event=event, slug="side", name_en="Side")
    scans = [
        {"code": code, "nonce": "late", "gate": "main", "at": "2026-09-14T09:20:00+03:00"},
        {"code": code, "nonce": "early", "gate": "side", "at": AT},
    ]
    for _turn in range(2):
        answers = post(event, "scans", {"scans": scans}, headers).json()
    assert [answer["result"] for answer in answers] == ["already_redeemed", "ok"]
    assert {answer["first_entry"]["nonce"] for answer in answers} == {"early"}
    assert Scan.objects.count() == 2


def test_a_scan_can_be_taken_back(door):
    event, _registration, code, headers = door
    post(event, "redeem", {"code": code, "nonce": "a"}, headers)
    assert post(event, "undo", {"nonce": "a"}, headers).status_code == 200
    assert post(event, "undo", {"nonce": "unknown"}, headers).status_code == 404
    assert post(event, "redeem", {"code": code, "nonce": "b"}, headers).json()["result"] == "ok"


def test_the_list_tells_what_a_door_needs_and_no_more(door, django_assert_max_num_queries):
    event, registration, _code, headers = door
    cache.clear()
    with django_assert_max_num_queries(10):
        listed = Client().get(f"/api/v1/events/{event.slug}/admission/list", headers=headers)
    assert listed.json()["tickets"][0]["code"] == registration.code
    assert registration.email not in listed.content.decode()
