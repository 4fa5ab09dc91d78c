"""What an agreed meeting costs, and whether many who book at once ever meet in one place; PostgreSQL with DATABASE_URL."""

import os
import random
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from matchmaking.errors import ExchangeError
from matchmaking.models import ExchangeHours, ExchangeProfile, Meeting, MeetingRequest
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import cancel_meeting
from matchmaking.services.setting_up import save_exchange
from sessions_app.registration.errors import Busy
from tests.benchmarks.conftest import cpu_ms
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db(transaction=True)

ATTEMPTS = int(os.environ.get("BENCH_MEETINGS", "1500"))
BOOKERS = 32


def make_hall(people: int, tables: int):
    """Return an exchange of two full days and its participants."""
    exchange = make_exchange(tables=tables, open_requests=10_000)
    hours = [ExchangeHours(date=day.date, opens="09:00", closes="18:00") for day in exchange.event.days.all()]
    for row in hours:
        row.clean_fields(exclude=["exchange"])
    save_exchange(exchange=exchange, hours=hours, actor=None)
    return exchange, [make_participant(exchange, keeps_starred_free=False) for _ in range(people)]


def double_bookings() -> int:
    """Return in how many slots a person or a table has more than one booked meeting."""
    meetings = list(Meeting.objects.filter(state="booked"))
    seats = Counter((person, one.slot_id) for one in meetings for person in (one.low_id, one.high_id))
    places = Counter((one.table_id, one.slot_id) for one in meetings)
    return sum(count > 1 for count in (*seats.values(), *places.values()))


def test_thirty_two_bookers(table):
    exchange, people = make_hall(120, 40)
    chance = random.Random(3)
    pairs = list({tuple(sorted(chance.sample(range(120), 2))) for _ in range(ATTEMPTS * 2)})[:ATTEMPTS]
    slots = list(exchange.slots.all())
    requests = [
        ask(sender=people[one], recipient=people[two], actor=None, slot=chance.choice([None, *slots[:8]])).pk
        for one, two in pairs
    ]
    waits: list[float] = []
    answers: Counter[str] = Counter()
    guard = threading.Lock()

    def answer(pk: int) -> None:
        request = MeetingRequest.objects.select_related("recipient__exchange__event", "sender").get(pk=pk)
        began = time.perf_counter()
        try:
            accept(request=request, by=request.recipient, actor=None)
            said = "booked"
        except (ExchangeError, Busy) as error:
            said = type(error).__name__
        with guard:
            waits.append((time.perf_counter() - began) * 1000)
            answers[said] += 1

    before = time.process_time()
    began = time.perf_counter()
    with ThreadPoolExecutor(BOOKERS) as crowd:
        list(crowd.map(answer, requests))
        list(crowd.map(lambda _n: connection.close(), range(BOOKERS * 4)))
    wall, spent = time.perf_counter() - began, time.process_time() - before
    doubles = double_bookings()
    table.add(
        f"accept → slot and table, {BOOKERS} at once, p95",
        f"{statistics.quantiles(waits, n=20)[-1]:.0f} ms",
        "",
        "300 ms",
    )
    table.add(
        "… rate, CPU each without the database's",
        f"{len(waits) / wall:.0f}/s, {spent * 1000 / len(waits):.1f} ms",
        "",
        "",
    )
    table.add("… answers", ", ".join(f"{name} {count}" for name, count in answers.most_common()), "", "")
    table.add("… double bookings", str(doubles), "", "0")
    assert doubles == 0


def test_one_booker(table):
    _exchange, people = make_hall(40, 20)
    pairs = iter([(one, two) for one in people for two in people if one.pk < two.pk])

    def book() -> None:
        one, two = next(pairs)
        one, two = (
            ExchangeProfile.objects.select_related("exchange__event", "person").get(pk=p.pk)
            for p in (one, two)
        )
        request = ask(sender=one, recipient=two, actor=None)
        accept(request=request, by=two, actor=None)
        cancel_meeting(meeting=Meeting.objects.get(request=request), by=one, actor=None, reason="")

    table.add("ask, accept and cancel, alone", f"{cpu_ms(book, 30):.1f} ms", "", "")
