"""What a scan at the door and a rush for places cost; on PostgreSQL with DATABASE_URL."""

import contextlib
import json
import multiprocessing
import os
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.test import Client

from network.models import Person
from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.ticketing import code_of
from sessions_app.events.tokens import create_token
from sessions_app.registration.errors import Busy
from sessions_app.registration.models import Place, Quota, Registration
from sessions_app.registration.services.submitting import submit
from tests.benchmarks.conftest import cpu_ms
from tests.factories import make_open_event, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

SUBMITS = int(os.environ.get("BENCH_SUBMITS", "10000"))
# Two web processes, each with the ten connections of its pool in use, as in a rush they are.
PROCESSES, THREADS = 2, int(os.environ.get("BENCH_THREADS", "10"))


def make_people(event, category, count: int) -> list[Registration]:
    """Return drafts of so many people, made in bulk."""
    password = make_password(None)
    people = Person.objects.bulk_create(
        # Of so many codes drawn at once two would be the same in one run of twenty.
        Person(code=f"{n:06d}", name=f"Guest {n}", email=f"guest{n}@plenum.example", password=password)
        for n in range(count)
    )
    return Registration.objects.bulk_create(
        Registration(event=event, category=category, person=person, name=person.name, email=person.email)
        for person in people
    )


def test_redeeming_over_http(table):
    event, category = make_open_event()
    Gate.objects.create(event=event, slug="main", name_en="Main")
    codes = [code_of(valid_ticket(make_registration(event, category))) for _ in range(240)]
    _token, secret = create_token(event=event, actor=None, name="Door", scopes=["admission.redeem"])
    headers = {"Authorization": f"Bearer {secret}"}
    times: list[float] = []

    def scan(client: Client, code: str, nonce: str) -> None:
        body = json.dumps({"code": code, "nonce": nonce, "gate": "main"})
        began = time.perf_counter()
        answer = client.post(
            f"/api/v1/events/{event.slug}/admission/redeem",
            body,
            content_type="application/json",
            headers=headers,
        )
        times.append(time.perf_counter() - began)
        assert answer.json()["result"] == "ok"

    client, alone = Client(), iter(codes[:40])
    scan(client, next(alone), "warm")
    table.add(
        "redeem a ticket",
        f"{cpu_ms(lambda: (code := next(alone)) and scan(client, code, code[-40:]), 30):.2f} ms",
        "",
        "10 ms",
    )
    times.clear()
    local = threading.local()

    def from_a_door(code: str) -> None:
        if not hasattr(local, "client"):
            local.client = Client()
        scan(local.client, code, code[-40:])

    began = time.perf_counter()
    with ThreadPoolExecutor(8) as doors:
        list(doors.map(from_a_door, codes[40:]))
        rate = 200 / (time.perf_counter() - began)
        list(doors.map(lambda _n: connection.close(), range(32)))
    assert Scan.objects.filter(is_entry=True).count() == 31 + 200
    slowest = statistics.quantiles(times, n=100)[-1] * 1000
    table.add("redeem, 8 doors at once, one process", f"{rate:.0f}/s", "", "100/s")
    table.add("redeem, 8 doors at once, slowest of 100", f"{slowest:.0f} ms", "", "")


def press(drafts: list[tuple[int, int]]) -> tuple[list[str], float]:
    """Send these drafts (keys of registration and person), ``THREADS`` at once; return states and CPU seconds."""
    states: list[str] = []

    def one(keys: tuple[int, int]) -> None:
        registration = Registration.objects.select_related("category", "event").get(pk=keys[0])
        person = Person.objects.get(pk=keys[1])
        sent = None
        while sent is None:
            with contextlib.suppress(Busy):  # people press again
                sent = submit(registration=registration, actor=person, key=f"k{keys[0]}", digest="d")
        states.append(sent.state)

    before = time.process_time()
    with ThreadPoolExecutor(THREADS) as crowd:
        list(crowd.map(one, drafts))
        list(crowd.map(lambda _n: connection.close(), range(THREADS * 4)))
    return states, time.process_time() - before


def test_ten_thousand_for_five_hundred_places(table):
    event, category = make_open_event(places=500)
    drafts = [(draft.pk, draft.person_id) for draft in make_people(event, category, SUBMITS)]
    connections.close_all()
    began = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as web:
        answers = web.map(press, [drafts[n::PROCESSES] for n in range(PROCESSES)], chunksize=1)
    wall = time.perf_counter() - began
    states = [state for found, _cpu in answers for state in found]
    assert len(states) == SUBMITS
    assert states.count("confirmed") == 500
    quota = Quota.objects.get(pk=category.quota_id)
    assert (quota.taken, Place.objects.filter(quota=quota).count()) == (500, 500)
    numbers = list(quota.entries.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, SUBMITS - 500 + 1))
    table.add(
        f"{SUBMITS:,} submits for 500 places, {PROCESSES} × {THREADS} at once", f"{wall:.0f} s", "", "60 s"
    )
    spent = sum(cpu for _states, cpu in answers) * 1000 / SUBMITS
    table.add("… CPU a submit, without the database's", f"{spent:.2f} ms", "", "")
