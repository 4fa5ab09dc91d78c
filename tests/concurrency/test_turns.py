"""Threads of one process go for the same rows by turns or together, and none of them waits longer for that."""

import contextlib
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


def take(key: object, seen: list | None = None, note: object = None) -> None:
    """Have a turn, alone, and note what is seen in it."""

    def serve(jobs: list) -> list:
        if seen is not None:
            seen.append(note() if callable(note) else note)
        return jobs

    turns.together(key, 1, serve, most=1)


@contextlib.contextmanager
def held(key: object):
    """Let another thread hold the turn meanwhile."""
    entered, done = threading.Event(), threading.Event()

    def serve(jobs: list) -> list:
        entered.set()
        done.wait(10)
        return jobs

    holder = threading.Thread(target=lambda: turns.together(key, 1, serve, most=1))
    holder.start()
    entered.wait()
    try:
        yield
    finally:
        done.set()
        holder.join()


def waiting(key: object, count: int) -> None:
    """Wait until so many stand in the line."""
    while len(turns._gates[key]._waiting) < count:
        time.sleep(0.001)


def test_whoever_waits_for_her_turn_waits_so_much_less_for_the_row(monkeypatch):
    monkeypatch.setattr(turns, "LOCK_SECONDS", 1)
    monkeypatch.setattr(places, "LOCK_SECONDS", 1)
    patience: list[int] = []
    with held(7):
        take(8, patience, places._patience_ms)  # another quota's turn is free
        late = threading.Thread(target=take, args=(7, patience, places._patience_ms))
        late.start()
        waiting(7, 1)
        time.sleep(0.4)
    late.join()
    patience.append(places._patience_ms())
    assert patience[0] > 950
    assert 400 < patience[1] < 750
    assert patience[2] == 1000


def test_a_turn_not_had_in_time_is_busy(monkeypatch):
    monkeypatch.setattr(turns, "LOCK_SECONDS", 0.1)
    with held(7), pytest.raises(Busy):
        take(7)
    take(7)  # and it is given back, whatever happened


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nobody_waits_for_a_turn():
    """She may hold the row that whoever has the turn waits for."""
    event, category = make_open_event(places=1)
    draft = make_draft(event, category)
    with held(("category", category.pk, event.pk)), transaction.atomic():
        sent = submit(registration=draft, actor=draft.person, key="k", digest="d")
    assert sent.state == "confirmed"


def test_whoever_came_first_is_first():
    """Nobody who comes later passes her by, however many come."""
    order, threads = [], []
    with held("door"):
        for number in range(12):
            threads.append(threading.Thread(target=take, args=("door", order, number)))
            threads[-1].start()
            waiting("door", number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(12))
    assert "door" not in turns._gates


def test_what_one_has_read_serves_those_behind_her():
    """In a line the same is read once; who comes when it has gone, or stands in none, reads anew."""
    read, found, threads = [], [], []

    def look() -> int:
        read.append(1)
        return len(read)

    def ask(name: str = "goods", seconds: float = 60) -> int:
        return turns.handed_on(name, look, seconds=seconds)

    with held("shop"):
        for number, asking in enumerate((ask, ask, lambda: ask(seconds=0), lambda: ask("others"), ask)):
            threads.append(threading.Thread(target=take, args=("shop", found, asking)))
            threads[-1].start()
            waiting("shop", number + 1)
    for thread in threads:
        thread.join()
    assert found == [1, 1, 2, 3, 2]  # the third wanted it newer than it was
    take("shop", found, ask)
    assert found[-1] == 4
    assert ask() == 5


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

    with held("bus"):
        for number in range(count):
            threads.append(threading.Thread(target=come, args=(number,)))
            threads[-1].start()
            waiting("bus", number + 1)
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
