"""Nobody is booked twice, however many book at once; without the constraints it is not so."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from matchmaking.errors import AlreadyAsked, ExchangeError, NoCommonTime, SlotTaken
from matchmaking.models import ExchangeProfile, Meeting, MeetingRequest, Occupation
from matchmaking.services import booking, pairs
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import cancel_meeting, move_meeting
from matchmaking.services.joining import leave_exchange, set_own_time
from sessions_app.registration.errors import Busy
from tests.factories import make_exchange, make_participant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("each_thread_a_process")]

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="on SQLite every writing transaction is alone"
)


def at_once(steps: list[Callable[[], object]]) -> list[object]:
    """Run the steps at the same moment, each in a thread; return what each gave or raised."""
    start = threading.Barrier(len(steps))
    results: list[object] = [None] * len(steps)

    def run(number: int) -> None:
        try:
            start.wait()
            for _attempt in range(20):  # Busy means 503: people press again
                try:
                    results[number] = steps[number]()
                    break
                except Busy as error:
                    results[number] = error
        except Exception as error:  # whatever it is, the test must hear of it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def assert_nobody_is_booked_twice() -> None:
    meetings = list(Meeting.objects.filter(state="booked").select_related("slot", "table"))
    people = Counter((person, one.slot_id) for one in meetings for person in (one.low_id, one.high_id))
    tables = Counter((one.table_id, one.slot_id) for one in meetings if one.table_id)
    assert max(people.values(), default=1) == 1
    assert max(tables.values(), default=1) == 1
    taken = set(Occupation.objects.filter(kind="meeting").values_list("profile_id", "slot_id"))
    assert taken == set(people)


def test_two_who_want_one_slot_of_a_third_get_one_meeting():
    exchange = make_exchange()
    star, slot = make_participant(exchange), exchange.slots.first()
    asking = [ask(sender=make_participant(exchange), recipient=star, actor=None, slot=slot) for _ in range(6)]
    results = at_once([lambda one=one: accept(request=one, by=star, actor=None) for one in asking])
    assert Counter(type(result) for result in results) == {MeetingRequest: 1, SlotTaken: 5}
    assert all(len(result.free) == 5 for result in results if isinstance(result, SlotTaken))
    assert_nobody_is_booked_twice()


def test_a_asks_b_while_b_asks_a_gives_one_meeting():
    for _ in range(5):
        exchange = make_exchange()
        anna, boris = make_participant(exchange), make_participant(exchange)
        results = at_once([
            lambda anna=anna, boris=boris: ask(sender=anna, recipient=boris, actor=None),
            lambda anna=anna, boris=boris: ask(sender=boris, recipient=anna, actor=None),
        ])  # fmt: skip
        assert all(isinstance(result, MeetingRequest | AlreadyAsked) for result in results)
        assert MeetingRequest.objects.get(exchange=exchange).state == "accepted"
        assert Meeting.objects.filter(exchange=exchange).count() == 1


def book_in_a_small_hall(seed: int) -> list[object]:
    """Let thirty-two say yes at once where there is not room for all; return what each was answered."""
    exchange = make_exchange(tables=4)
    people = [make_participant(exchange) for _ in range(20)]
    chance = random.Random(seed)
    pairs = {tuple(sorted(chance.sample(range(20), 2))) for _ in range(60)}
    requests = [ask(sender=people[one], recipient=people[two], actor=None) for one, two in sorted(pairs)[:32]]
    results = at_once([
        lambda request=request: accept(request=request, by=request.recipient, actor=None)
        for request in requests
    ])  # fmt: skip
    assert_nobody_is_booked_twice()
    booked = Meeting.objects.filter(state="booked").count()
    assert booked == sum(isinstance(result, MeetingRequest) for result in results)
    assert booked >= 20  # 6 slots × 4 tables hold 24
    return results


def test_thirty_two_book_in_a_small_hall_without_a_double_booking():
    results = book_in_a_small_hall(7)
    assert all(isinstance(result, MeetingRequest | ExchangeError) for result in results)


def test_booking_moving_and_cancelling_at_once_leave_a_whole_plan():
    exchange = make_exchange(tables=3)
    people = [make_participant(exchange) for _ in range(8)]
    slots = list(exchange.slots.all())
    for one in range(0, 8, 2):
        request = ask(sender=people[one], recipient=people[one + 1], actor=None, slot=slots[one // 2])
        accept(request=request, by=people[one + 1], actor=None)
    meetings = list(Meeting.objects.all())
    asked = [ask(sender=people[one], recipient=people[(one + 3) % 8], actor=None) for one in range(0, 8, 2)]
    steps: list[Callable[[], object]] = []
    for number, meeting in enumerate(meetings):
        steps.append(lambda meeting=meeting: cancel_meeting(meeting=meeting, by=None, actor=None, reason=""))
        steps.append(
            lambda meeting=meeting, slot=slots[-1 - number]: move_meeting(
                meeting=meeting, slot=slot, actor=None
            )
        )
    steps += [
        lambda request=request: accept(request=request, by=request.recipient, actor=None) for request in asked
    ]
    results = at_once(steps)
    assert all(isinstance(result, Meeting | MeetingRequest | ExchangeError) for result in results), results
    assert_nobody_is_booked_twice()


@on_postgresql
def test_whoever_leaves_holds_nobody_while_she_waits_for_a_partner():
    """Else the two would wait for each other: those who say yes hold one of them and want the other."""
    exchange = make_exchange()
    boris, anna = [make_participant(exchange) for _ in range(2)]  # in the order of their keys
    accept(request=ask(sender=boris, recipient=anna, actor=None), by=anna, actor=None)
    leaving = threading.Thread(target=lambda: (leave_exchange(profile=anna, actor=None), connection.close()))
    with transaction.atomic(), connection.cursor() as cursor:
        pairs.locked_people([boris.pk])
        leaving.start()
        for _attempt in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                break
            time.sleep(0.01)
        cursor.execute("SET LOCAL lock_timeout = 500")
        assert pairs.locked_people([anna.pk])
    leaving.join()
    anna.refresh_from_db()
    assert anna.state == "left"
    assert Meeting.objects.get().state == "cancelled"


def unlock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_locked", lambda keys: ExchangeProfile.objects.filter(pk__in=keys))


@on_postgresql
def test_without_locks_the_constraints_refuse(monkeypatch):
    unlock(monkeypatch)
    test_two_who_want_one_slot_of_a_third_get_one_meeting()


@on_postgresql
def test_without_locks_and_constraints_people_are_double_booked(monkeypatch):
    """The negative control: the tests above can fail."""
    unlock(monkeypatch)
    waiting, find = threading.Barrier(6), booking._find_place

    def look_together(*args, **kwargs):
        found = find(*args, **kwargs)
        waiting.wait(timeout=5)
        return found

    monkeypatch.setattr(booking, "_find_place", look_together)
    names = [("matchmaking_occupation", "one_person_one_slot"), ("matchmaking_meeting", "one_table_one_slot")]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {names[0][0]} DROP CONSTRAINT {names[0][1]}")
        cursor.execute(f"DROP INDEX {names[1][1]}")
    try:
        exchange = make_exchange(tables=6)
        star, slot = make_participant(exchange), exchange.slots.first()
        asking = [
            ask(sender=make_participant(exchange), recipient=star, actor=None, slot=slot) for _ in range(6)
        ]
        at_once([lambda one=one: accept(request=one, by=star, actor=None) for one in asking])
        with pytest.raises(AssertionError):
            assert_nobody_is_booked_twice()
    finally:
        Occupation.objects.all().delete()
        Meeting.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE matchmaking_occupation ADD CONSTRAINT one_person_one_slot UNIQUE (profile_id, slot_id)"
            )
            cursor.execute(
                "CREATE UNIQUE INDEX one_table_one_slot ON matchmaking_meeting (table_id, slot_id) "
                "WHERE state IN ('booked', 'held', 'no_show') AND table_id IS NOT NULL"
            )


def test_many_who_make_room_for_each_other_at_once_leave_everybody_in_one_place():
    """Half of the people have one slot only; others have to give way, and nobody waits for anybody for ever."""
    exchange = make_exchange(tables=3)
    slots = list(exchange.slots.all())
    easy = [make_participant(exchange, keeps_starred_free=False) for _ in range(12)]
    for number, (one, two) in enumerate(zip(easy[::2], easy[1::2], strict=True)):
        booking.book(low=one, high=two, request=None, slot=slots[number % 2], actor=None)
    requests = []
    for _ in range(8):
        hard, other = make_participant(exchange), make_participant(exchange)
        set_own_time(profile=hard, busy=[slot.pk for slot in slots if slot not in slots[:2]], actor=None)
        requests.append(ask(sender=hard, recipient=other, actor=None))
    results = at_once([lambda one=one: accept(request=one, by=one.recipient, actor=None) for one in requests])
    assert_nobody_is_booked_twice()
    # Three tables in two slots: no more than six have a place there, and those who have none were told so.
    booked = [one for one in results if isinstance(one, MeetingRequest)]
    assert len(booked) == Meeting.objects.filter(state="booked", request__isnull=False).count()
    assert {type(one) for one in results} <= {MeetingRequest, NoCommonTime, Busy}
    assert len(booked) >= 5
    assert Meeting.objects.filter(state="booked", request__isnull=True).count() == 6
