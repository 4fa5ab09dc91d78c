"""Registrations over the REST API: one event a token, each scope for itself."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from network.models import AuditEntry
from sessions_app.events.api_tokens import TokenThrottle
from sessions_app.events.models import Scope
from sessions_app.events.tokens import create_token, revoke_token
from sessions_app.registration.api import RATE
from sessions_app.registration.models import Answer, Entry
from sessions_app.registration.services.registering import cancel
from tests.factories import (
    PersonFactory,
    make_category,
    make_draft,
    make_excursion,
    make_open_event,
    make_registration,
)

pytestmark = pytest.mark.django_db
ALL = tuple(Scope)


class Program:
    def __init__(self, client, *scopes, event=None, **fields):
        cache.clear()
        self.event, self.category = event or make_open_event()
        self.maker = PersonFactory()
        self.token, self.secret = create_token(
            event=self.event, actor=self.maker, name="Program", scopes=scopes or ALL, **fields
        )
        self.client, self.root = client, f"/api/v1/events/{self.event.slug}/registrations"

    def headers(self):
        return {"Authorization": f"Bearer {self.secret}"}

    def get(self, path="", **query):
        return self.client.get(self.root + path, query, headers=self.headers())

    def post(self, path, body=None):
        return self.client.post(
            self.root + path, body or {}, content_type="application/json", headers=self.headers()
        )


def test_registrations_come_in_pages_in_the_order_of_coming(client):
    program = Program(client)
    rows = [make_registration(program.event, program.category) for _n in range(3)]
    make_draft(program.event, program.category)
    first, rest = program.get(limit=2).json(), program.get(limit=2, offset=2).json()
    assert (first["count"], rest["count"]) == (3, 3)
    assert [item["code"] for item in first["items"] + rest["items"]] == [row.code for row in rows]
    assert first["items"][0]["category"]["slug"] == program.category.slug


def test_filters_apply_together(client):
    program = Program(client)
    approval = make_category(program.event, entry=Entry.APPROVAL)
    wanted = make_registration(program.event, approval, name="Анна Ли")
    make_registration(program.event, approval)
    make_registration(program.event, program.category, name="Анна Другая")
    found = program.get(state="pending", category=approval.slug, q="анна").json()
    assert [item["code"] for item in found["items"]] == [wanted.code]
    for query in ({"state": "draft"}, {"limit": 0}, {"limit": 1000}, {"offset": -1}):
        assert program.get(**query).status_code == 422, query


def test_one_registration_tells_its_answers(client):
    program = Program(client)
    choice = make_excursion(program.event, places=2)
    row = make_registration(program.event, program.category)
    Answer.objects.create(registration=row, question=choice.question, value="yes")
    assert program.get(f"/{row.code}").json()["answers"] == {"excursion": "yes"}
    draft = make_draft(program.event, program.category)
    assert program.get(f"/{draft.code}").status_code == 404


def test_a_page_costs_the_same_for_one_and_for_three(client):
    program = Program(client)

    def queries():
        with CaptureQueriesContext(connection) as found:
            program.get()
        return len(found)

    make_registration(program.event, program.category)
    queries()
    one = queries()
    for _n in range(2):
        make_registration(program.event, program.category)
    assert queries() == one <= 3


def test_decisions_are_made_in_the_name_of_who_made_the_token(client):
    program = Program(client)
    approval = make_category(program.event, entry=Entry.APPROVAL)
    row = make_registration(program.event, approval)
    assert program.post(f"/{row.code}/approve").json()["state"] == "confirmed"
    assert program.post(f"/{row.code}/approve").json()["state"] == "confirmed"
    assert AuditEntry.objects.get(action="registration.confirmed").actor == program.maker
    assert program.post(f"/{row.code}/decline").status_code == 422
    assert program.post(f"/{row.code}/decline", {"reason": "Full"}).json()["state"] == "declined"
    assert program.post(f"/{row.code}/cancel").status_code == 409
    assert program.post(f"/{row.code}/approve").status_code == 409


def test_a_cancelled_place_goes_on(client):
    program = Program(client, event=make_open_event(places=1, offer_hours=0))
    first, second = (make_registration(program.event, program.category) for _n in range(2))
    assert program.post(f"/{first.code}/cancel").json()["state"] == "cancelled"
    second.refresh_from_db()
    assert second.state == "confirmed"


def test_full_is_a_conflict_and_writes_nothing(client):
    program = Program(client)
    approval = make_category(program.event, entry=Entry.APPROVAL, places=0, has_waiting_list=False)
    row = make_registration(program.event, approval)
    assert program.post(f"/{row.code}/approve").status_code == 409
    row.refresh_from_db()
    assert row.state == "pending"


def test_scopes_events_and_ended_tokens(client):
    reader = Program(client, Scope.REGISTRATIONS_READ)
    row = make_registration(reader.event, reader.category)
    assert reader.get().status_code == 200
    assert reader.post(f"/{row.code}/approve").status_code == 403
    door = Program(client, Scope.ADMISSION_REDEEM)
    assert door.get().status_code == 403
    foreign = Program(client)
    foreign.root = reader.root
    assert foreign.get().status_code == 404
    assert foreign.get(f"/{row.code}").status_code == 404
    theirs = Program(client)
    assert theirs.get(f"/{row.code}").status_code == 404
    assert client.get(reader.root).status_code == 401
    revoke_token(token=reader.token, actor=None)
    assert reader.get().status_code == 401
    ended = Program(client, expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert ended.get().status_code == 401
    cancel(registration=row, actor=None, by_team=True)


def test_a_token_is_slowed_down_by_itself(client):
    program, other = Program(client), Program(client)
    with time_machine.travel(dt.datetime(2026, 5, 4, 9, 0, 30, tzinfo=dt.UTC), tick=False) as moment:
        throttle = TokenThrottle(RATE)
        call = SimpleNamespace(auth=program.token)
        assert [throttle.allow_request(call) for _n in range(600)] == [True] * 600
        assert program.get().status_code == 429
        moment.shift(45)  # a quarter of a minute into the next one: three quarters still count
        assert [throttle.allow_request(call) for _n in range(151)] == [True] * 150 + [False]
        assert program.get().status_code == 429
        moment.shift(60)
        assert program.get().status_code == 200
    assert other.get().status_code == 200


def test_the_document_names_scheme_and_operations(client):
    found = client.get("/api/v1/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert "/api/v1/events/{slug}/registrations/{code}/approve" in found["paths"]
    assert found["components"]["securitySchemes"]["TokenAuth"]["scheme"] == "bearer"
