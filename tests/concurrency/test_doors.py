"""Whoever scans at the same moment: one ticket is let in once, one nonce is one scan, one undo is one undo."""

import contextlib
import datetime as dt
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from network.models import AuditEntry
from sessions_app.admission.models import Gate, Scan, Ticket
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services import redeeming
from sessions_app.admission.services.redeeming import Attempt, redeem, undo
from sessions_app.admission.services.ticketing import code_of
from sessions_app.events.tokens import create_token
from sessions_app.registration.errors import Busy
from tests.factories import make_open_event, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite every writing transaction is alone"
)


@pytest.fixture
def door():
    """An event with a gate, and the code of a guest's ticket."""
    event, category = make_open_event()
    gate = Gate.objects.create(event=event, slug="main", name_en="Main")
    return event, gate, code_of(valid_ticket(make_registration(event, category)))


def at_once(count: int, step: Callable[[int], object]) -> list[object]:
    """Take the step so many times at the same moment; return what each gave or raised."""
    start = threading.Barrier(count)
    found: list[object] = []

    def run(number: int) -> None:
        try:
            start.wait()
            for _attempt in range(20):  # Busy means 503: doors try again
                with contextlib.suppress(Busy):
                    found.append(step(number))
                    return
        except Exception as error:  # whatever it is, the test must hear of it
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def scan_of(door, nonce: str, *, offline: bool = False, at: dt.datetime | None = None):
    event, gate, code = door
    attempt = Attempt(code=code, nonce=nonce, gate=gate, at=at or timezone.now(), offline=offline)
    return redeem(event=event, attempt=attempt, by=None)


def test_eight_gates_scan_one_ticket_and_one_of_them_lets_it_in(door):
    answers = at_once(8, lambda number: scan_of(door, f"n{number}"))
    assert Counter(answer.result for answer in answers) == {"ok": 1, "already_redeemed": 7}
    assert {answer.first.nonce for answer in answers} == {Scan.objects.get(is_entry=True).nonce}
    assert Scan.objects.count() == 8


def test_one_nonce_that_comes_in_six_times_at_once_is_one_scan(door):
    answers = at_once(6, lambda _number: scan_of(door, "same"))
    assert [(answer.result, answer.first.nonce) for answer in answers] == [("ok", "same")] * 6
    assert Scan.objects.get().is_entry


def test_a_code_that_opens_nothing_is_written_once_too(door):
    event, gate, _code = door
    answers = at_once(6, lambda _number: scan_of((event, gate, "P1" + "A" * 125), "same"))
    assert [answer.result for answer in answers] == ["invalid"] * 6
    assert Scan.objects.count() == 1


def test_offline_scans_that_arrive_at_once_leave_the_earliest_as_the_entry(door):
    began = timezone.now() - dt.timedelta(hours=1)
    at_once(6, lambda n: scan_of(door, f"n{n}", offline=True, at=began + dt.timedelta(minutes=(n + 3) % 6)))
    assert Scan.objects.get(is_entry=True).nonce == "n3"
    assert Scan.objects.filter(is_flagged=True).count() == 5


def test_two_who_take_one_scan_back_take_it_back_once(door):
    first, second = scan_of(door, "a", offline=True), scan_of(door, "b", offline=True)
    event = door[0]
    at_once(4, lambda _number: undo(event=event, nonce="a", by=None))
    assert AuditEntry.objects.filter(action="admission.scan_undone").count() == 1
    assert (first.scan.nonce, second.scan.nonce) == ("a", "b")
    assert Scan.objects.get(is_entry=True).nonce == "b"


class Together:
    """Lets two transactions read the scans of a ticket before either of them writes one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.barrier = threading.Barrier(2)
        self.read = redeeming._earlier
        monkeypatch.setattr(redeeming, "_earlier", self.earlier)
        unlocked = Ticket.objects.select_related("registration__category")
        monkeypatch.setattr(redeeming, "_locked", lambda: unlocked.all())

    def earlier(self, *arguments):
        found = self.read(*arguments)
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(timeout=2)
        return found


@on_postgresql
def test_without_the_lock_the_constraint_still_lets_in_once(door, monkeypatch):
    Together(monkeypatch)
    answers = at_once(2, lambda number: scan_of(door, f"n{number}"))
    assert Counter(answer.result for answer in answers) == {"ok": 1, "already_redeemed": 1}


@on_postgresql
def test_without_lock_and_constraint_two_come_in_with_one_ticket(door, monkeypatch):
    """The negative control: the tests above can fail."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX scan_one_entry_per_scope")
    try:
        Together(monkeypatch)
        answers = at_once(2, lambda number: scan_of(door, f"n{number}"))
        assert [answer.result for answer in answers] == ["ok", "ok"]
    finally:
        Scan.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX scan_one_entry_per_scope ON admission_scan (ticket_id, scope) WHERE is_entry"
            )


@contextlib.contextmanager
def ticket_held_by_others():
    """Hold the lock that a scan needs, on a connection of its own."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        other = sqlite3.connect(settings["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        keys = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        other = psycopg.connect(**{key: settings[name] for key, name in keys.items() if settings[name]})
        other.execute("SELECT * FROM admission_ticket FOR UPDATE")
    try:
        yield
    finally:
        other.close()


def test_a_lock_not_had_in_three_seconds_is_503_and_nothing_is_written(door):
    event, _gate, code = door
    _token, secret = create_token(event=event, actor=None, name="Door", scopes=["admission.redeem"])
    address = f"/api/v1/events/{event.slug}/admission/redeem"
    body, headers = {"code": code, "nonce": "n"}, {"Authorization": f"Bearer {secret}"}
    client = Client()
    client.post(address, {**body, "code": "none"}, content_type="application/json", headers=headers)
    Scan.objects.all().delete()
    began = time.monotonic()
    with ticket_held_by_others():
        answer = client.post(address, body, content_type="application/json", headers=headers)
    assert 2.5 < time.monotonic() - began < 20
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert not Scan.objects.exists()
    again = client.post(address, body, content_type="application/json", headers=headers)
    assert again.json()["result"] == "ok"
