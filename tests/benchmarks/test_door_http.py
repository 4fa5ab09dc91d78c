"""Scans over sockets: two web processes as in production, eight doors; needs PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.services.ticketing import code_of, issue_tickets
from sessions_app.events.tokens import create_token
from sessions_app.registration.models import Registration
from tests.benchmarks.conftest import Table
from tests.demo_process import free_port
from tests.factories import make_open_event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="two web processes need PostgreSQL"),
]

WEB, DOORS = 2, 8
AT_FULL_SPEED = 1600
STEADY_RATE, STEADY_SECONDS = 50, 30
TICK = os.sysconf("SC_CLK_TCK")


class WebProcess:
    """One web process as the production stack starts it, on the data base of the test."""

    def __init__(self, folder: Path) -> None:
        known = connection.settings_dict
        login = f"{known['USER']}:{known['PASSWORD']}@" if known["USER"] else ""
        where = f"{known['HOST'] or 'localhost'}{':' + str(known['PORT']) if known['PORT'] else ''}"
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1",
             "--port", str(self.port), "--no-access-log", "--log-level", "warning",
             "--timeout-keep-alive", "60"],  # the proxy before it keeps its connections longer than a pause here
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": f"postgres://{login}{where}/{known['NAME']}",
                "PLENUM_VAR": str(folder),
            },
        )  # fmt: skip

    def wait(self) -> None:
        """Wait until the process takes connections."""
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, "the web process has ended"
                assert time.monotonic() < deadline, "the web process takes no connections"
                time.sleep(0.2)
            else:
                return

    def cpu_seconds(self) -> float:
        """Return what the process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@pytest.fixture
def web(transactional_db: None, tmp_path: Path) -> Iterator[list[WebProcess]]:
    """Start the web processes, and end them."""
    started = [WebProcess(tmp_path) for _ in range(WEB)]
    try:
        for one in started:
            one.wait()
        yield started
    finally:
        for one in started:
            one.process.terminate()
        for one in started:
            one.process.wait(30)


class Door:
    """One door: a connection that stays open, and how long each answer took."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.path = path
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def scan(self, code: str) -> None:
        """Redeem a ticket that was not seen before."""
        body = json.dumps({"code": code, "nonce": code[-40:], "gate": "main"})
        self.connection.request("POST", self.path, body, self.headers)
        answer = self.connection.getresponse()
        told = json.loads(answer.read())
        assert (answer.status, told["result"]) == (200, "ok"), told


def make_codes(count: int) -> tuple[str, str, list[str]]:
    """Return the address of the scans, a token's secret, and codes of so many guests."""
    event, category = make_open_event()
    Gate.objects.create(event=event, slug="main", name_en="Main")
    now = timezone.now()
    guests = Registration.objects.bulk_create(
        Registration(event=event, category=category, name=f"Guest {n}", state="confirmed", confirmed_at=now)
        for n in range(count)
    )
    issue_tickets(event=event, registrations=guests)
    _token, secret = create_token(event=event, actor=None, name="Door", scopes=["admission.redeem"])
    codes = [code_of(ticket) for ticket in event.tickets.select_related("key")]
    return f"/api/v1/events/{event.slug}/admission/redeem", secret, codes


def test_scans_over_http(table: Table, web: list[WebProcess]) -> None:
    steady = STEADY_RATE * STEADY_SECONDS
    path, secret, codes = make_codes(AT_FULL_SPEED + steady + 20 * DOORS)
    doors = [Door(web[number % WEB].port, path, secret) for number in range(DOORS)]
    left = iter(codes)
    for door in doors:
        for code in itertools.islice(left, 20):
            door.scan(code)  # each process loads, and caches, what it needs
    parts = [list(itertools.islice(left, AT_FULL_SPEED // DOORS)) for _ in doors]
    before = sum(one.cpu_seconds() for one in web)
    began = time.perf_counter()
    with ThreadPoolExecutor(DOORS) as crowd:
        list(crowd.map(lambda pair: [pair[0].scan(code) for code in pair[1]], zip(doors, parts, strict=True)))
    wall = time.perf_counter() - began
    spent = (sum(one.cpu_seconds() for one in web) - before) * 1000 / AT_FULL_SPEED
    table.add("scan over HTTP, CPU of the web processes", f"{spent:.1f} ms", "", "10 ms")
    table.add(
        f"scans over HTTP, {DOORS} doors, {WEB} web processes", f"{AT_FULL_SPEED / wall:.0f}/s", "", "100/s"
    )

    rest, times = list(left)[:steady], []
    start = time.perf_counter() + 0.1

    def keep_pace(number: int) -> None:
        """Scan every eighth guest at her moment; a late answer makes the next one late, and counts so."""
        for turn in range(number, steady, DOORS):
            due = start + turn / STEADY_RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            doors[number].scan(rest[turn])
            times.append((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(DOORS) as crowd:
        list(crowd.map(keep_pace, range(DOORS)))
    for door in doors:
        door.connection.close()
    cuts = statistics.quantiles(times, n=100)
    table.add(
        f"scans over HTTP at {STEADY_RATE}/s, median and p99",
        f"{cuts[49]:.0f}, {cuts[98]:.0f} ms",
        "",
        "100 ms",
    )
    assert Scan.objects.filter(is_entry=True).count() == len(codes)
