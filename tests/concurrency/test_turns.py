"""Threads of one process go for the same rows by turns, and none of them waits longer for that."""

import threading
import time

import pytest
from django.db import transaction

from sessions_app.registration.errors import Busy
from sessions_app.registration.services import places, turns
from sessions_app.registration.services.submitting import submit
from tests.factories import make_draft, make_open_event


def test_whoever_waits_for_her_turn_waits_so_much_less_for_the_row(monkeypatch):
    monkeypatch.setattr(turns, "LOCK_SECONDS", 1)
    monkeypatch.setattr(places, "LOCK_SECONDS", 1)
    entered, patience = threading.Event(), []

    def hold() -> None:
        with turns.in_turn(7):
            entered.set()
            threading.Event().wait(0.4)

    first = threading.Thread(target=hold)
    first.start()
    entered.wait()
    with turns.in_turn(8):  # another quota's turn is free
        patience.append(places._patience_ms())
    with turns.in_turn(7):
        patience.append(places._patience_ms())
    patience.append(places._patience_ms())
    first.join()
    assert patience[0] > 950
    assert 400 < patience[1] < 750
    assert patience[2] == 1000


def test_a_turn_not_had_in_time_is_busy(monkeypatch):
    monkeypatch.setattr(turns, "LOCK_SECONDS", 0.1)
    entered, done = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.in_turn(7):
            entered.set()
            done.wait(10)

    first = threading.Thread(target=hold)
    first.start()
    entered.wait()
    with pytest.raises(Busy), turns.in_turn(7):
        pass
    done.set()
    first.join()
    with turns.in_turn(7):
        pass  # and it is given back, whatever happened


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nobody_waits_for_a_turn():
    """She may hold the row that whoever has the turn waits for."""
    event, category = make_open_event(places=1)
    draft = make_draft(event, category)
    with turns.in_turn(("quota", category.quota_id)), transaction.atomic():
        sent = submit(registration=draft, actor=draft.person, key="k", digest="d")
    assert sent.state == "confirmed"


def test_whoever_came_first_is_first():
    """Nobody who comes later passes her by, however many come."""
    order, threads = [], []

    def come(number: int) -> None:
        with turns.in_turn("door"):
            order.append(number)

    with turns.in_turn("door"):
        for number in range(12):
            threads.append(threading.Thread(target=come, args=(number,)))
            threads[-1].start()
            while len(turns._gates["door"]._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(12))
    assert "door" not in turns._gates


def test_so_many_as_said_go_abreast():
    inside, most = threading.Barrier(2, timeout=10), []

    def come() -> None:
        with turns.in_turn("hall", abreast=2):
            inside.wait()
            most.append(len(turns._gates["hall"]._waiting))

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 6


def test_what_one_has_read_serves_those_behind_her():
    """In a line the same is read once; who comes when it has gone, or stands in none, reads anew."""
    read = []

    def look() -> int:
        read.append(1)
        return len(read)

    found, threads = [], []

    def come() -> None:
        with turns.in_turn("shop"):
            found.append(turns.handed_on("goods", look, seconds=60))

    with turns.in_turn("shop"):
        for _number in range(4):
            threads.append(threading.Thread(target=come))
            threads[-1].start()
        while len(turns._gates["shop"]._waiting) < 4:
            time.sleep(0.001)
        assert turns.handed_on("goods", look, seconds=60) == 1
        assert turns.handed_on("goods", look, seconds=0) == 2  # too old for who wants it so new
        assert turns.handed_on("others", look, seconds=60) == 3
    for thread in threads:
        thread.join()
    assert found == [2, 2, 2, 2]
    come()
    assert found[-1] == 4
    assert turns.handed_on("goods", look, seconds=60) == 5
