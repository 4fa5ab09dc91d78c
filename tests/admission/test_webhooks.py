"""What webhooks are told of tickets and doors: who was let in where and when, by code."""

import datetime as dt
import json

import pytest
from django.core.cache import cache

from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.redeeming import undo
from sessions_app.admission.services.ticketing import block_ticket, code_of, replace_ticket
from sessions_app.events.models import WebhookDelivery
from sessions_app.registration.services.importing import apply_import
from tests.admission.test_redeeming import NOW, door, scan
from tests.factories import make_category, make_registration, make_webhook
from tests.registration.test_tables import table

__all__ = ["door"]

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
KINDS = (
    "ticket.issued", "ticket.revoked", "ticket.blocked", "ticket.unblocked", "admission.entry", "admission.undone",
)  # fmt: skip


@pytest.fixture
def told(door):
    """Return a function that tells what was told since the last time."""
    event, *_rest = door
    make_webhook(event, kinds=KINDS)
    cache.clear()  # no transaction of a test commits, after which it would be forgotten

    def read():
        rows = WebhookDelivery.objects.order_by("created_at", "outbox__created_at")
        found = [(row.kind, json.loads(row.body)["data"]) for row in rows]
        rows.delete()
        return found

    return read


def test_a_ticket_is_told_of_from_issue_to_replacement(door, told):
    event, _gates, registration, _code = door
    new = make_registration(event, registration.category)
    first = {"ticket": {"registration": new.code, "serial": 1}}
    assert told() == [("ticket.issued", first)]
    ticket = valid_ticket(new)
    block_ticket(ticket=ticket, actor=None, reason="Vera owes us money")
    block_ticket(ticket=ticket, actor=None, reason="Another reason")
    block_ticket(ticket=ticket, actor=None, reason="")
    block_ticket(ticket=ticket, actor=None, reason="Again")
    assert told() == [("ticket.blocked", first), ("ticket.unblocked", first), ("ticket.blocked", first)]
    replace_ticket(registration=new, actor=None, reason="Lost")
    second = {"ticket": {"registration": new.code, "serial": 2}}
    assert told() == [("ticket.revoked", first), ("ticket.issued", second)]


def test_tickets_of_a_table_are_told_of(door, told):
    event, *_rest = door
    rows = table("a@x.example,Ann,", "b@x.example,Bo,")
    apply_import(event=event, table=rows, actor=None, category=make_category(event))
    assert [kind for kind, _data in told()] == ["ticket.issued"] * 2


def test_an_entry_is_told_of_once_with_gate_and_time(door, told):
    event, gates, registration, code = door
    for nonce in ("a", "a", "b"):
        scan(event, code, nonce, gates[0])
    scan(event, "no code", "c")
    assert told() == [
        (
            "admission.entry",
            {
                "entry": {
                    "registration": registration.code,
                    "serial": 1,
                    "gate": "gate-1",
                    "at": "2026-09-14T06:12:00.000+00:00",
                    "nonce": "a",
                    "offline": False,
                }
            },
        )
    ]


def test_an_entry_that_is_taken_back_is_told_of_and_so_is_the_one_that_stands_then(door, told):
    event, gates, _registration, code = door
    scan(event, code, "first", gates[0], at=NOW, offline=True)
    scan(event, code, "second", gates[1], at=NOW + MINUTE, offline=True)
    assert [data["entry"]["nonce"] for _kind, data in told()] == ["first"]
    undo(event=event, nonce="first", by=None)
    undo(event=event, nonce="first", by=None)
    assert [(kind, data["entry"]["nonce"]) for kind, data in told()] == [
        ("admission.undone", "first"),
        ("admission.entry", "second"),
    ]
    undo(event=event, nonce="second", by=None)
    assert [kind for kind, _data in told()] == ["admission.undone"]


def test_an_earlier_scan_that_comes_late_is_the_entry_then(door, told):
    event, gates, _registration, code = door
    scan(event, code, "later", gates[0], at=NOW + MINUTE, offline=True)
    scan(event, code, "earlier", gates[1], at=NOW, offline=True)
    assert {(data["entry"]["nonce"], data["entry"]["at"]) for _kind, data in told()} == {
        ("later", "2026-09-14T06:13:00.000+00:00"),
        ("earlier", "2026-09-14T06:12:00.000+00:00"),
    }


def test_the_name_of_whom_is_let_in_is_not_told(door, told):
    event, gates, registration, code = door
    scan(event, code, "a", gates[0])
    assert registration.name not in WebhookDelivery.objects.get().body
    assert WebhookDelivery.objects.get().subject == registration.code


def test_what_a_scan_with_a_webhook_costs(door, told, django_assert_max_num_queries):
    event, _gates, registration, code = door
    scan(event, code, "warm")
    other = code_of(valid_ticket(make_registration(event, registration.category)))
    with django_assert_max_num_queries(16):
        scan(event, other, "a")
