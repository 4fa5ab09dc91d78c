"""Thirty-two people agree to meetings at once: two web processes as in production; needs PostgreSQL, Redis."""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from matchmaking.services.asking import ask
from sessions_app.events.tokens import create_token
from tests.benchmarks import test_door_http
from tests.benchmarks.conftest import Table
from tests.benchmarks.test_exchange import BOOKERS, double_bookings, make_hall

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql" or "REDIS_URL" not in os.environ,
        reason="two web processes need PostgreSQL and Redis",
    ),
]

web = test_door_http.web
ATTEMPTS = int(os.environ.get("BENCH_MEETINGS", "1500"))
PEOPLE, TABLES = 120, 40
WARM = 2 * BOOKERS


class Booker:
    """One connection that stays open, and a token of its own: each may do so much a minute."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.path = path
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def accept(self, code: str) -> tuple[int, float]:
        """Return the status and the milliseconds until the answer was read."""
        began = time.perf_counter()
        self.connection.request("POST", f"{self.path}/{code}/accept", b"{}", self.headers)
        answer = self.connection.getresponse()
        told = json.loads(answer.read())
        assert answer.status in {200, 409}, told
        return answer.status, (time.perf_counter() - began) * 1000


def test_thirty_two_bookers_over_http(table: Table, web: list[test_door_http.WebProcess]) -> None:
    exchange, people = make_hall(PEOPLE, TABLES)
    chance = random.Random(3)
    pairs = list({tuple(sorted(chance.sample(range(PEOPLE), 2))) for _ in range(ATTEMPTS * 2)})[:ATTEMPTS]
    slots = list(exchange.slots.all())
    codes = [
        ask(
            sender=people[one], recipient=people[two], actor=None, slot=chance.choice([None, *slots[:8]])
        ).code
        for one, two in pairs
    ]
    path = f"/api/v1/events/{exchange.event.slug}/exchange/requests"
    bookers = []
    for number in range(BOOKERS):
        _token, secret = create_token(
            event=exchange.event, actor=None, name=f"Booker {number}", scopes=["exchange.write"]
        )
        bookers.append(Booker(web[number % len(web)].port, path, secret))
    left = iter(codes)
    guard = threading.Lock()
    waits: list[float] = []
    answers: Counter[int] = Counter()

    def book(booker: Booker, most: int) -> None:
        for _ in range(most):
            with guard:
                code = next(left, None)
            if code is None:
                return
            status, waited = booker.accept(code)
            with guard:
                waits.append(waited)
                answers[status] += 1

    with ThreadPoolExecutor(BOOKERS) as crowd:
        list(crowd.map(book, bookers, [WARM // BOOKERS] * BOOKERS))  # no process is cold then
        waits.clear()
        answers.clear()
        before = sum(one.cpu_seconds() for one in web)
        began = time.perf_counter()
        list(crowd.map(book, bookers, [ATTEMPTS] * BOOKERS))
        wall = time.perf_counter() - began
    for booker in bookers:
        booker.connection.close()
    spent = sum(one.cpu_seconds() for one in web) - before
    doubles = double_bookings()
    table.add(
        f"accept over HTTP, {BOOKERS} at once, {len(web)} web processes, p50/p95",
        f"{statistics.median(waits):.0f}/{statistics.quantiles(waits, n=20)[-1]:.0f} ms", "", "p95 300 ms",
    )  # fmt: skip
    table.add(
        "… rate, CPU each of the web processes",
        f"{len(waits) / wall:.0f}/s, {spent * 1000 / len(waits):.1f} ms", "", "",
    )  # fmt: skip
    table.add("… booked, slot taken; double", f"{answers[200]}, {answers[409]}; {doubles}", "", "0 double")
    assert doubles == 0
