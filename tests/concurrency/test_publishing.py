"""A plan is published while people book, move and cancel: all of it or nothing, and nobody in two places."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from matchmaking.errors import ExchangeError, PlanOutdated
from matchmaking.models import Meeting, MeetingRequest, Occupation, RunState, SolverRun
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import book, cancel_meeting, move_meeting
from matchmaking.services.planning import publish_run
from matchmaking.services.running import queue_run
from matchmaking.services.solving import run_solver
from sessions_app.registration.errors import Busy
from tests.concurrency.test_meetings import assert_nobody_is_booked_twice, at_once
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planned():
    """An exchange in which eight people agreed on all pairs of a ring and more, four met before, and a plan waits."""
    exchange = make_exchange(preset="curated", phase="plan", tables=3)
    people = [make_participant(exchange, keeps_starred_free=False) for _ in range(8)]
    pairs = list(combinations(people, 2))
    random.Random(2).shuffle(pairs)
    for one, other in pairs[:4]:
        low, high = sorted((one, other), key=lambda profile: profile.pk)
        book(low=low, high=high, request=None, slot=None, actor=None)
    for one, other in pairs[4:14]:
        accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
    run = queue_run(exchange=exchange, actor=None, seconds=2)
    run_solver(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    return exchange, people, pairs, run


def tried(step):
    """Return a step that says its refusal in place of raising it."""

    def run():
        try:
            return step()
        except Busy:
            raise
        except ExchangeError as error:
            return error

    return run


@pytest.mark.parametrize("seed", range(3))
def test_publishing_beside_bookings_is_all_or_nothing(planned, seed):
    exchange, _people, pairs, run = planned
    chance = random.Random(seed)
    slots = list(exchange.slots.all())
    standing = list(Meeting.objects.filter(state="booked"))
    steps = [tried(lambda: publish_run(run=SolverRun.objects.get(pk=run.pk), actor=None))]
    for one, other in pairs[14:20]:
        low, high = sorted((one, other), key=lambda profile: profile.pk)
        steps.append(
            tried(lambda low=low, high=high: book(low=low, high=high, request=None, slot=None, actor=None))
        )
    steps.append(tried(lambda: move_meeting(meeting=standing[0], slot=chance.choice(slots), actor=None)))
    steps.append(tried(lambda: cancel_meeting(meeting=standing[1], by=None, actor=None, reason="ill")))
    results = at_once(steps)
    assert not [
        one for one in results if isinstance(one, Exception) and not isinstance(one, (ExchangeError, Busy))
    ]
    assert_nobody_is_booked_twice()
    run.refresh_from_db()
    made = Meeting.objects.filter(request__in=MeetingRequest.objects.filter(state="accepted"))
    if run.state == RunState.PUBLISHED:
        assert made.filter(state="booked").count() >= run.placed - len(standing)
    else:
        assert isinstance(results[0], (PlanOutdated, Busy))
        assert not made.exists()
    assert (
        Occupation.objects.filter(kind="meeting").count()
        == 2 * Meeting.objects.filter(state="booked").count()
    )


def test_two_who_publish_one_proposal_publish_it_once(planned):
    _exchange, _people, _pairs, run = planned
    results = at_once(
        [tried(lambda: publish_run(run=SolverRun.objects.get(pk=run.pk), actor=None)) for _ in range(4)]
    )
    assert sum(isinstance(one, SolverRun) for one in results) == 1
    assert_nobody_is_booked_twice()
