"""The exchange over the REST API: one event a token, each scope for itself, conflicts with a way out."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matchmaking.models import Meeting
from network.models import AuditEntry
from sessions_app.events.models import Scope
from sessions_app.events.tokens import create_token
from tests.factories import PersonFactory, make_exchange, make_participant

pytestmark = pytest.mark.django_db


class Program:
    def __init__(self, client, exchange=None, scopes=tuple(Scope)):
        cache.clear()
        self.exchange = exchange or make_exchange()
        self.maker = PersonFactory()
        event = self.exchange.event
        _token, self.secret = create_token(event=event, actor=self.maker, name="Program", scopes=scopes)
        self.client, self.root = client, f"/api/v1/events/{event.slug}/exchange"

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.secret}"}

    def get(self, path, **query):
        return self.client.get(f"{self.root}/{path}", query, headers=self.headers)

    def post(self, path, **body):
        return self.client.post(
            f"{self.root}/{path}", body, content_type="application/json", headers=self.headers
        )


def test_asked_accepted_booked_moved_cancelled(client):
    program = Program(client)
    anna, boris = (make_participant(program.exchange) for _ in range(2))
    slots = program.get("slots").json()
    asked = program.post(
        "requests", sender=anna.code, recipient=boris.code, slot=slots[0]["id"], message="Hi"
    )
    assert asked.status_code == 201
    assert (asked.json()["state"], asked.json()["turn"]) == ("pending", boris.code)
    agreed = program.post(f"requests/{asked.json()['code']}/accept").json()
    assert agreed["state"] == "accepted"
    (meeting,) = program.get("meetings").json()["items"]
    assert (meeting["code"], meeting["slot"]) == (agreed["meeting"], slots[0]["id"])
    moved = program.post(f"meetings/{meeting['code']}/move", slot=slots[2]["id"], table=3).json()
    assert (moved["slot"], moved["table"], moved["sequence"]) == (slots[2]["id"], 3, 1)
    assert program.post(f"meetings/{meeting['code']}/cancel", reason="Ill").json()["state"] == "cancelled"
    assert program.post(f"meetings/{meeting['code']}/cancel", reason="Ill").status_code == 409
    assert AuditEntry.objects.get(action="meeting.moved").actor == program.maker


def test_a_taken_slot_answers_with_the_next_free_ones(client):
    program = Program(client)
    anna, boris, vera = (make_participant(program.exchange) for _ in range(3))
    slots = program.get("slots").json()
    first = program.post("meetings", first=anna.code, second=boris.code, slot=slots[0]["id"])
    assert first.status_code == 201
    second = program.post("meetings", first=vera.code, second=anna.code, slot=slots[0]["id"])
    assert second.status_code == 409
    assert second.json()["code"] == "slot_taken"
    assert [one["id"] for one in second.json()["free"]] == [one["id"] for one in slots[1:6]]
    again = program.post("meetings", first=anna.code, second=boris.code)
    assert (again.status_code, again.json()["code"]) == (409, "AlreadyAsked")
    assert Meeting.objects.count() == 1


def test_declined_and_withdrawn(client):
    program = Program(client)
    anna, boris = (make_participant(program.exchange) for _ in range(2))
    first = program.post("requests", sender=anna.code, recipient=boris.code).json()["code"]
    assert program.post(f"requests/{first}/decline", reason="topic", words="No").json()["state"] == "declined"
    assert program.post(f"requests/{first}/accept").status_code == 409
    second = program.post("requests", sender=anna.code, recipient=boris.code).json()["code"]
    assert program.post(f"requests/{second}/withdraw").json()["state"] == "withdrawn"
    listed = program.get("requests").json()
    assert (listed["count"], [one["code"] for one in listed["items"]]) == (2, [second, first])


def test_participants_without_contact_data(client):
    program = Program(client)
    anna = make_participant(program.exchange, offers="Casting of titanium", shares_contact=True)
    (shown,) = program.get("profiles").json()["items"]
    assert shown["offers"][0]["text"] == "Casting of titanium"
    assert anna.person.email not in str(shown)


def test_scopes_and_other_events(client):
    program = Program(client, scopes=(Scope.EXCHANGE_READ,))
    anna, boris = (make_participant(program.exchange) for _ in range(2))
    assert program.get("meetings").status_code == 200
    assert program.post("requests", sender=anna.code, recipient=boris.code).status_code == 403
    stranger = make_participant(make_exchange())
    writer = Program(client, exchange=program.exchange)
    assert writer.post("requests", sender=anna.code, recipient=stranger.code).status_code == 404
    for body in ({"slot": 2**70}, {"slot": 10**9}, {"slot": "x"}, {"priority": 9}, {"message": "x" * 1001}):
        answer = writer.post("requests", sender=anna.code, recipient=boris.code, **body)
        assert answer.status_code in {404, 422}, body
    foreign = Program(client)
    foreign.root = program.root
    assert foreign.get("meetings").status_code == 404
    assert client.get(f"{program.root}/meetings").status_code == 401


@pytest.mark.parametrize("path", ["profiles", "requests", "meetings"])
def test_a_page_costs_the_same_for_one_and_for_three(client, path):
    program = Program(client)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert program.get(path).status_code == 200
        return len(found)

    def add():
        one, two = (make_participant(program.exchange, offers="Casting") for _ in range(2))
        code = program.post("requests", sender=one.code, recipient=two.code).json()["code"]
        assert program.post(f"requests/{code}/accept").status_code == 200

    add()
    queries()
    first = queries()
    add(), add()
    assert queries() == first <= 7
