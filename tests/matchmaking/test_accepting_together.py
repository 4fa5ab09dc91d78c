"""Those who say yes at the same time are served in one transaction; each gets what she would have got alone."""

from __future__ import annotations

import datetime as dt
import random
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matchmaking.errors import ExchangeError, MayNotAsk, SlotTaken, WrongState
from matchmaking.models import Block, Exchange, Meeting, MeetingRequest, Occupation
from matchmaking.services import accepting
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from network.models import AuditEntry, OutboxMessage
from tests.concurrency.test_meetings import assert_nobody_is_booked_twice, book_in_a_small_hall
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


def yes(request: MeetingRequest, **more: object) -> accepting._Yes:
    """Return the recipient's yes."""
    return accepting._Yes(
        **{"request": request, "by": request.recipient, "actor": None, "slot": None, "now": None} | more
    )


def make_crowd(seed: int) -> list[MeetingRequest]:
    """Return requests among people of all kinds in a hall too small for them; the same for the same seed."""
    chance = random.Random(seed)
    exchange = make_exchange(
        tables=3,
        open_requests=100,
        meetings_a_day=chance.choice([0, 3]),
        room_link="https://x.example/{code}",
    )
    exchange.tables.filter(number=1).update(step_free=False)
    people = [
        make_participant(
            exchange,
            needs_step_free=chance.random() < 0.2,
            is_remote=chance.random() < 0.15,
            meetings_a_day=chance.choice([None, None, 2]),
        )
        for _ in range(12)
    ]
    slots = list(exchange.slots.all())
    pairs = sorted({tuple(sorted(chance.sample(range(12), 2))) for _ in range(40)})
    chance.shuffle(pairs)
    requests = [
        ask(sender=people[one], recipient=people[two], actor=None, slot=chance.choice([None, *slots]))
        for one, two in pairs[:28]
    ]
    one, two = pairs[0]
    Block.objects.create(profile=people[one], other=people[two])
    return requests


def outcome(result: object, exchange: Exchange) -> object:
    """Return what came of one yes in words that do not depend on keys."""
    numbers = {slot.pk: number for number, slot in enumerate(exchange.slots.all())}
    if isinstance(result, SlotTaken):
        return ("taken", [numbers[slot.pk] for slot in result.free])
    if isinstance(result, Exception):
        return type(result).__name__
    assert isinstance(result, MeetingRequest)
    meeting = Meeting.objects.select_related("table").get(request=result)
    return (numbers[meeting.slot_id], meeting.table and meeting.table.number, meeting.is_online)


def alone(request: MeetingRequest) -> object:
    try:
        return accept(request=request, by=request.recipient, actor=None)
    except Exception as error:
        return error


@pytest.mark.parametrize("seed", range(8))
def test_a_crowd_gets_what_each_would_have_got_one_after_the_other(seed):
    found = []
    for together in (False, True):
        requests = make_crowd(seed)
        exchange = requests[0].exchange
        with mock.patch("matchmaking.services.booking.random", random.Random(seed)):
            results = (
                accepting._accept_each([yes(request) for request in requests])
                if together
                else [alone(request) for request in requests]
            )
        assert_nobody_is_booked_twice()
        stand = [
            outcome(request, exchange)
            for request in MeetingRequest.objects.filter(exchange=exchange, state="accepted").order_by("pk")
        ]
        found.append(([outcome(result, exchange) for result in results], stand))
    assert found[0] == found[1]
    booked = sum(isinstance(one, tuple) and one[0] != "taken" for one in found[1][0])
    assert 5 < booked < 28


def test_one_who_is_refused_writes_nothing_and_stops_no_other():
    exchange = make_exchange(tables=5)
    slot = exchange.slots.first()
    star, *others = [make_participant(exchange) for _ in range(4)]
    requests = [ask(sender=one, recipient=star, actor=None, slot=slot) for one in others]
    elsewhere = ask(sender=others[1], recipient=others[2], actor=None, slot=exchange.slots.last())
    stranger = make_participant(exchange)
    results = accepting._accept_each(
        [yes(requests[0]), yes(requests[1]), yes(requests[2], by=stranger), yes(elsewhere), yes(requests[0])]
    )
    assert [type(result) for result in results] == [
        MeetingRequest,
        SlotTaken,
        MayNotAsk,
        MeetingRequest,
        WrongState,
    ]
    assert slot not in results[1].free
    states = list(MeetingRequest.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["accepted", "pending", "pending", "accepted"]
    assert AuditEntry.objects.filter(action="request.accepted").count() == 2
    assert AuditEntry.objects.filter(action="meeting.booked").count() == 2
    assert OutboxMessage.objects.filter(key__contains=":booked:").count() == 4
    assert Occupation.objects.filter(kind="meeting").count() == 4


def test_one_that_has_run_out_is_refused_among_others():
    exchange = make_exchange(tables=5)
    people = [make_participant(exchange) for _ in range(4)]
    late = ask(sender=people[0], recipient=people[1], actor=None)
    good = ask(sender=people[2], recipient=people[3], actor=None)
    MeetingRequest.objects.filter(pk=late.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    results = accepting._accept_each([yes(late), yes(good)])
    assert [type(result) for result in results] == [WrongState, MeetingRequest]


def test_many_cost_far_fewer_queries_than_each_alone():
    def requests(count: int) -> list[MeetingRequest]:
        exchange = make_exchange(tables=20)
        return [
            ask(sender=make_participant(exchange), recipient=make_participant(exchange), actor=None)
            for _ in range(count)
        ]

    with CaptureQueriesContext(connection) as one:
        accepting._accept_each([yes(request) for request in requests(1)])
    counts = {}
    for count in (1, 3, 10):
        waiting = [yes(request) for request in requests(count)]
        with CaptureQueriesContext(connection) as found:
            accepting._accept_each(waiting)
        counts[count] = len(found)
    assert counts[1] <= len(one)
    each = (counts[10] - counts[3]) / 7
    assert each <= 5  # a savepoint and its end, the meeting, whom it occupies, the request
    assert counts[10] < 10 * counts[1] / 2


@pytest.mark.django_db(transaction=True)
def test_threads_of_one_process_book_nobody_twice():
    results = book_in_a_small_hall(11)
    assert all(
        isinstance(result, MeetingRequest | ExchangeError) for result in results
    )  # and nobody is told to press again
