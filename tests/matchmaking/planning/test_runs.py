"""Runs of the scheduler: queued, worked on, stopped, taken up again, failed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from matchmaking.errors import NothingToPlan, RunGoing, WrongState
from matchmaking.models import RunState, SolverRun
from matchmaking.services.asking import ask
from matchmaking.services.planning import publish_run
from matchmaking.services.running import LEASE, claim_run, end_run, queue_run, stop_run, tend_runs
from matchmaking.services.solving import run_solver
from tests.matchmaking.planning.plans import plan

pytestmark = pytest.mark.django_db


def test_two_organisers_seek_one_plan_at_a_time(exchange, agreed):
    queue_run(exchange=exchange, actor=None)
    with pytest.raises(RunGoing):
        queue_run(exchange=exchange, actor=None)
    assert SolverRun.objects.count() == 1


def test_a_new_run_gives_the_old_proposal_up(exchange, agreed):
    old = plan(exchange)
    new = plan(exchange)
    old.refresh_from_db()
    assert (old.state, new.state) == (RunState.DISCARDED, RunState.DONE)
    with pytest.raises(WrongState):
        publish_run(run=old, actor=None)


def test_nothing_agreed_is_nothing_to_plan(exchange, people):
    ask(sender=people[0], recipient=people[1], actor=None)
    with pytest.raises(NothingToPlan):
        queue_run(exchange=exchange, actor=None)


def test_a_run_that_waits_ends_at_once_when_it_is_stopped(exchange, agreed):
    run = stop_run(run=queue_run(exchange=exchange, actor=None), actor=None)
    assert run.state == RunState.DISCARDED
    assert not run_solver(run.pk)


def test_a_run_that_is_stopped_keeps_the_best_plan(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None, seconds=60)
    SolverRun.objects.filter(pk=run.pk).update(stop_asked=True)
    before = timezone.now()
    run_solver(run.pk)
    run.refresh_from_db()
    assert timezone.now() - before < dt.timedelta(seconds=30)
    assert (run.state, run.placed) == (RunState.DONE, 6)


def test_one_worker_has_a_run_at_a_time(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    assert claim_run(run.pk) is not None
    assert claim_run(run.pk) is None
    assert tend_runs() == []


def test_the_run_of_a_killed_worker_is_taken_up_again_and_the_late_one_writes_nothing(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    killed = claim_run(run.pk)
    later = timezone.now() + LEASE + dt.timedelta(seconds=1)
    assert tend_runs(now=later) == [run.pk]
    assert claim_run(run.pk, now=later).attempts == 2
    assert not end_run(killed, RunState.DONE, plan=[["meeting", "X", None, None]])
    run.refresh_from_db()
    assert (run.state, run.plan) == (RunState.RUNNING, [])


def test_a_run_that_kills_its_workers_has_failed_after_three(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    now = timezone.now()
    for attempt in range(3):
        assert claim_run(run.pk, now=now).attempts == attempt + 1
        now += LEASE + dt.timedelta(seconds=1)
        assert tend_runs(now=now) == ([run.pk] if attempt < 2 else [])
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert claim_run(run.pk, now=now) is None
    queue_run(exchange=exchange, actor=None)  # and stands in nobody's way


def test_a_run_whose_worker_was_never_woken_gets_one(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None)
    assert tend_runs() == []
    assert tend_runs(now=timezone.now() + dt.timedelta(seconds=30)) == [run.pk]


def test_a_run_that_breaks_is_tried_again_and_then_has_failed(exchange, agreed):
    run = queue_run(exchange=exchange, actor=None, options={"away": {"no number": []}})
    for _attempt in range(3):
        assert not run_solver(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.FAILED, 3)
