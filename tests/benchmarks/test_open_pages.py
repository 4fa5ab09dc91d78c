"""A thousand open pages of an exchange while people agree: when are those whom it concerns right? Needs PostgreSQL, Redis."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import websockets
from django.conf import settings
from django.db import connection
from django.test import Client

from matchmaking.models import Exchange
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from network.web.leisure import BACKGROUND
from tests.benchmarks import test_door_http
from tests.benchmarks.conftest import Table
from tests.benchmarks.test_exchange import make_hall

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql' or not __import__('os').environ.get('REDIS_URL')",
        reason="two web processes need PostgreSQL and Redis",
    ),
]

web = test_door_http.web
PAGES = int(os.environ.get("BENCH_PAGES", "1000"))
WARM = 40
SECONDS = 90  # within a minute the lists come for what is new at their full rate
EVERY = 1.0  # seconds between two agreements
VERSION = re.compile(r'data-version="(\d+)"')


class Pages:
    """Open pages as browsers keep them: half show one's own, half list people."""

    def __init__(self, slug: str, ports: list[int], cookies: list[str]) -> None:
        self.slug, self.ports, self.cookies = slug, ports, cookies
        self.pool = ThreadPoolExecutor(48)
        self.right: dict[tuple[int, int], float] = {}  # page and version to the moment it showed it
        self.fetched = self.refused = 0
        self.opened = 0

    async def open(self, number: int) -> None:
        """Keep one page open, and fetch it as its script would."""
        port, lists = self.ports[number % len(self.ports)], number % 2 == 1
        if number < WARM:  # each open page was got once; so many are enough to leave no process cold
            await self.fetch(number, port, 0, "people" if lists else "requests", own=True)
        address = f"ws://127.0.0.1:{port}/ws/events/{self.slug}/exchange/{'?lists' if lists else ''}"
        headers = {"Cookie": f"sessionid={self.cookies[number]}", "Origin": f"http://127.0.0.1:{port}"}
        chance, tasks = random.Random(number), set()
        async with websockets.connect(address, additional_headers=headers, open_timeout=60) as socket:
            await socket.recv()
            self.opened += 1
            async for message in socket:
                told = json.loads(message)
                own = told.get("own", False)
                wait = 0.03 if own else 0.08 + chance.random() * 0.24
                task = asyncio.create_task(
                    self.fetch(number, port, wait, "people" if lists else "requests", own)
                )
                tasks.add(task)

    async def fetch(self, number: int, port: int, wait: float, name: str, own: bool) -> None:
        """Fetch the page after a while and note which version it shows; what is not one's own comes later if it must."""
        path = f"/en/events/{self.slug}/exchange/{name}/"
        headers = {"Cookie": f"sessionid={self.cookies[number]}", **({} if own else {"Priority": BACKGROUND})}
        status, rest, chance = 503, 5.0, random.Random(wait)
        while status == 503:
            await asyncio.sleep(wait)
            loop = asyncio.get_running_loop()
            status, text = await loop.run_in_executor(self.pool, get, port, path, headers)
            self.refused += status == 503
            wait, rest = rest * (0.5 + chance.random()), min(2 * rest, 40.0)
        self.fetched += 1
        found = VERSION.search(text)
        if status == 200 and found:
            self.right.setdefault((number, int(found[1])), time.monotonic())


def get(port: int, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Return status and text of a page."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    return answer.status, text


@pytest.fixture(autouse=True)
def collected(tmp_path: Path) -> None:
    """Give the web processes style sheets to name."""
    (tmp_path / "vendor").symlink_to(settings.VAR_DIR / "vendor")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=settings.BASE_DIR, env={**os.environ, "PLENUM_VAR": str(tmp_path)}, check=True,
    )  # fmt: skip


def cookie_of(person: object) -> str:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_thousand_open_pages(table: Table, web: list[test_door_http.WebProcess]) -> None:
    exchange, people = make_hall(PAGES, 60)
    Exchange.objects.filter(pk=exchange.pk).update(phase="live")
    cookies = [cookie_of(profile.person) for profile in people]
    agreed: list[tuple[float, int, tuple[int, int]]] = []
    chance = random.Random(4)

    def agree() -> None:
        one, two = chance.sample(range(PAGES), 2)
        people[one].exchange.refresh_from_db()
        request = ask(sender=people[one], recipient=people[two], actor=None)
        accept(request=request, by=people[two], actor=None)
        version = Exchange.objects.values_list("version", flat=True).get(pk=exchange.pk)
        agreed.append((time.monotonic(), version, (one, two)))
        connection.close()

    async def run() -> Pages:
        pages = Pages(exchange.event.slug, [each.port for each in web], cookies)
        tasks = [asyncio.create_task(pages.open(number)) for number in range(PAGES)]
        while pages.opened < PAGES:
            await asyncio.sleep(0.2)
            for task in tasks:
                if task.done():
                    task.result()
        loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(1)
        for number in range(int(SECONDS / EVERY)):
            began = time.monotonic()
            await loop.run_in_executor(pool, agree)
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - began)))
            assert number >= 0
        await asyncio.sleep(5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return pages

    pages = asyncio.run(run())
    waits = []
    for at, version, pair in agreed:
        for number in pair:
            shown = [when for (page, seen), when in pages.right.items() if page == number and seen >= version]
            waits.append(min(shown) - at if shown else float("inf"))
    waits.sort()
    table.add(
        f"{PAGES} open pages, one agreement a second: concerned pages right, p50 / p99",
        f"{statistics.median(waits) * 1000:.0f} / {waits[int(len(waits) * 0.99)] * 1000:.0f} ms", "", "p99 1 s",
    )  # fmt: skip
    spent = sum(each.cpu_seconds() for each in web)
    fetched = f"{pages.fetched} ({pages.refused} put off), {spent:.0f} s"
    table.add("… pages fetched, CPU of both web processes", fetched, "", "")
