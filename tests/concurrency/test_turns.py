"""Threads of one process go for the same rows by turns or together, and none of them waits longer for that."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from network.models import AuditEntry
from sessions_app.registration.errors import Busy, OtherBody
from sessions_app.registration.models import Quota, WaitingEntry
from sessions_app.registration.services import places, submitting, turns
from sessions_app.registration.services.submitting import submit
from tests.concurrency.test_quotas import all_at_once
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


def in_company(count: int, serve, *, most: int = 16) -> tuple[list[list[int]], dict[int, object]]:
    """Let so many come while the turn is held; return which jobs were served together, and what each was answered."""
    rounds, answers, threads = [], {}, []

    def noted(jobs):
        rounds.append(list(jobs))
        return serve(jobs)

    def come(number: int) -> None:
        try:
            answers[number] = turns.together("bus", number, noted, most=most)
        except Exception as error:
            answers[number] = error

    with turns.in_turn("bus"):
        for number in range(count):
            threads.append(threading.Thread(target=come, args=(number,)))
            threads[-1].start()
            while len(turns._gates["bus"]._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    return rounds, answers


def test_whoever_has_the_turn_does_the_work_of_those_behind_her():
    rounds, answers = in_company(6, lambda jobs: [job * 10 for job in jobs], most=4)
    assert rounds == [[0, 1, 2, 3], [4, 5]]
    assert answers == {number: number * 10 for number in range(6)}
    assert "bus" not in turns._gates


def test_each_gets_her_own_error():
    rounds, answers = in_company(3, lambda jobs: [ValueError(job) if job == 1 else job for job in jobs])
    assert rounds == [[0, 1, 2]]
    assert isinstance(answers[1], ValueError)
    assert (answers[0], answers[2]) == (0, 2)


def test_nobody_waits_for_ever_for_one_who_has_failed():
    def fail(jobs):
        raise OSError("the connection is lost")

    rounds, answers = in_company(3, fail, most=2)
    assert rounds == [[0, 1], [2]]
    assert isinstance(answers[0], OSError)
    assert isinstance(answers[1], Busy)  # "press again", as nothing is known of hers
    assert isinstance(answers[2], OSError)


def test_whoever_is_being_served_waits_for_the_outcome(monkeypatch):
    """Her three seconds are over, but her place may be written already: she is not told to press again."""
    monkeypatch.setattr(turns, "LOCK_SECONDS", 0.3)
    started = threading.Event()

    def slow(jobs):
        started.set()
        time.sleep(0.6)
        return jobs

    began = time.monotonic()
    rounds, answers = in_company(2, slow)
    assert rounds == [[0, 1]]
    assert answers == {0: 0, 1: 1}
    assert time.monotonic() - began > 0.6


@pytest.mark.django_db(transaction=True)
def test_those_who_press_at_once_are_written_together():
    """Places, then turns in the order of their coming; a refused one stops no other; each is told her own place."""
    event, category = make_open_event(places=3)
    drafts = [make_draft(event, category) for _ in range(6)]
    gone = make_draft(event, category)
    forms = [submitting._Form(one, one.person, f"k{one.pk}", "d", None, False, None) for one in drafts]
    with CaptureQueriesContext(connection) as together:
        sent = submitting._answer_each(forms)
    assert [one.state for one in sent] == ["confirmed"] * 3 + ["waiting"] * 3
    told = [sent.messages.get() for sent in sent]
    assert [one.kind for one in told] == [one.state for one in sent]
    bodies = [one.outbox.payload["body"] for one in told[3:]]
    assert all(f" {place} " in body or f" {place}." in body for place, body in enumerate(bodies, start=1))
    quota = Quota.objects.get(pk=category.quota_id)
    assert (quota.taken, quota.last_number) == (3, 3)
    assert list(quota.entries.values_list("registration", flat=True)) == [one.pk for one in drafts[3:]]
    assert (
        AuditEntry.objects.filter(action__in=("registration.confirmed", "registration.waiting")).count() == 6
    )

    again = submitting._Form(drafts[0], drafts[0].person, f"k{drafts[0].pk}", "d", None, False, None)
    other = submitting._Form(drafts[1], drafts[1].person, f"k{drafts[1].pk}", "other", None, False, None)
    last = submitting._Form(gone, gone.person, f"k{gone.pk}", "d", None, False, None)
    answers = submitting._answer_each([again, other, last])
    assert answers[0].pk == drafts[0].pk
    assert isinstance(answers[1], OtherBody)
    assert answers[2].state == "waiting"
    assert WaitingEntry.objects.count() == 4

    alone = make_draft(event, category)
    with CaptureQueriesContext(connection) as single:
        submit(registration=alone, actor=alone.person, key="alone", digest="d")
    assert len(together) < 3 * len(single)


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_one_process_gets_just_the_places_there_are():
    """As a rush is served: by turns, several in one transaction."""
    event, category = make_open_event(places=5)
    states, errors = all_at_once([make_draft(event, category) for _ in range(16)])
    assert errors == []
    assert Counter(states) == {"confirmed": 5, "waiting": 11}
    quota = Quota.objects.get(pk=category.quota_id)
    assert (quota.taken, quota.places.count()) == (5, 5)
    assert sorted(WaitingEntry.objects.values_list("number", flat=True)) == list(range(1, 12))
