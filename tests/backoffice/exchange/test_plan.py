"""Plans through the pages of the back office: sought, watched, compared, published."""

from __future__ import annotations

import uuid
from itertools import combinations

import pytest
from django.urls import reverse

from matchmaking.models import Meeting, MeetingRequest, RunKind, RunState, Slot, SolverRun, Table
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import book
from matchmaking.services.joining import set_own_time
from matchmaking.services.running import claim_run, queue_run
from matchmaking.services.solving import run_solver
from matchmaking.services.tables import use_tables
from tests.backoffice.forms import text_of
from tests.factories import make_exchange, make_participant

PLAN = {"seconds": "10"}


def agree(one, other) -> MeetingRequest:
    """Return a request that both agreed on and that has no place yet."""
    return accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)


@pytest.fixture
def people(exchange):
    return [make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara")]


@pytest.fixture
def agreed(people):
    return [agree(one, other) for one, other in combinations(people, 2)]


@pytest.fixture
def proposal(exchange, agreed) -> SolverRun:
    """A proposal with places for all three meetings."""
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(run.pk)
    run.refresh_from_db()
    return run


def test_the_page_counts_what_waits_and_begins_a_run(desk, matchmaker, agreed, url_of):
    page = text_of(desk.get(url_of("exchange_plan")))
    assert "3 agreed, without a place" in page.replace(
        "agreed, without a place 3", "3 agreed, without a place"
    )
    answer = desk.post(url_of("exchange_plan"), PLAN)
    run = SolverRun.objects.get()
    assert answer.url == url_of("exchange_run", run.pk)
    assert (run.by, run.seconds, run.kind) == (matchmaker, 10, RunKind.PLAN)


def test_nothing_to_plan_is_said_in_words(desk, url_of):
    answer = desk.post(url_of("exchange_plan"), PLAN)
    assert answer.status_code == 409
    assert "Nothing waits for a place" in text_of(answer)


def test_the_second_organiser_is_told_that_a_plan_is_being_sought(desk, exchange, agreed, url_of):
    queue_run(exchange=exchange, actor=None)
    answer = desk.post(url_of("exchange_plan"), PLAN)
    assert answer.status_code == 409
    assert "A plan is being sought already" in text_of(answer)
    assert SolverRun.objects.count() == 1


def test_progress_is_told_while_it_goes_on_and_can_be_stopped(desk, exchange, agreed, url_of):
    run = queue_run(exchange=exchange, actor=None)
    claim_run(run.pk)
    SolverRun.objects.filter(pk=run.pk).update(stage="breaks", best=7, bound=3, lost=1)
    part = text_of(desk.get(url_of("exchange_run_progress", run.pk)))
    assert "Closing idle gaps" in part
    assert "proved: at least 3" in part
    assert "still open 4" in part
    desk.post(url_of("exchange_run_stop", run.pk))
    run.refresh_from_db()
    assert run.stop_asked


def test_a_proposal_is_compared_and_published(desk, proposal, url_of):
    page = text_of(desk.get(url_of("exchange_run", proposal.pk)))
    assert "Publish: 3 new, 0 moved, 0 without a place" in page
    assert "Anna – Boris" in page.replace("Boris :", "Boris")
    answer = desk.post(url_of("exchange_run", proposal.pk), {"reason": "First plan"}, follow=True)
    assert "Published: 3 changes." in text_of(answer)
    assert Meeting.objects.filter(state="booked").count() == 3
    proposal.refresh_from_db()
    assert proposal.options["reason"] == "First plan"


def test_what_changed_meanwhile_is_named_and_nothing_is_published(desk, exchange, people, proposal, url_of):
    stranger = make_participant(exchange, name="Elena")
    elsewhere = Table.objects.filter(exchange=exchange).last()  # the plan begins with the first
    for slot in Slot.objects.filter(exchange=exchange):
        other = make_participant(exchange)
        book(low=people[0], high=other, request=None, slot=slot, table=elsewhere, actor=None)
    answer = desk.post(url_of("exchange_run", proposal.pk), {})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Nothing was published" in page
    assert "Not free any more at the planned time: Anna." in page
    assert Meeting.objects.filter(request__isnull=False).count() == 0
    assert stranger.name not in page
    desk.post(url_of("exchange_run_again", proposal.pk))
    assert SolverRun.objects.filter(state=RunState.QUEUED).count() == 1


def test_a_proposal_is_given_up(desk, proposal, url_of):
    desk.post(url_of("exchange_run_discard", proposal.pk))
    proposal.refresh_from_db()
    assert proposal.state == RunState.DISCARDED
    assert not Meeting.objects.exists()


def test_who_has_no_place_is_told_with_the_reason(desk, exchange, people, url_of):
    anna, boris, _clara = people
    slots = list(Slot.objects.filter(exchange=exchange).values_list("pk", flat=True))
    set_own_time(profile=anna, busy=slots[:3], actor=None)
    set_own_time(profile=boris, busy=slots[3:], actor=None)
    agree(anna, boris)
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(run.pk)
    page = text_of(desk.get(url_of("exchange_run", run.pk)))
    assert "Anna – Boris . The two are never free at the same time." in page.replace(" – ", " – ")


def test_an_exchange_without_tables_says_so(desk, exchange, agreed, url_of):
    Table.objects.filter(exchange=exchange).delete()
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(run.pk)
    page = text_of(desk.get(url_of("exchange_run", run.pk)))
    assert "3 without a place" in page


def test_an_exchange_without_slots_left_cannot_be_planned_and_says_why(desk, exchange, agreed, url_of):
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    Slot.objects.filter(exchange=exchange).delete()
    run_solver(run.pk)
    page = text_of(desk.get(url_of("exchange_run", run.pk)))
    assert "This cannot be planned" in page
    assert "There is no slot left" in page


def test_a_failed_run_offers_to_run_again(desk, exchange, agreed, url_of):
    run = queue_run(exchange=exchange, actor=None)
    SolverRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)
    assert "Run again" in text_of(desk.get(url_of("exchange_run", run.pk)))


def test_a_repair_moves_only_what_has_no_place_any_more(desk, exchange, proposal, url_of):
    desk.post(url_of("exchange_run", proposal.pk), {})
    before = {meeting.pk: (meeting.slot_id, meeting.table_id) for meeting in Meeting.objects.all()}
    lost = Meeting.objects.first().table
    use_tables(tables=[lost], is_active=False, actor=None)
    assert "must move" in text_of(desk.get(url_of("exchange_plan")))
    desk.post(url_of("exchange_plan"), {**PLAN, "kind": "repair"})
    run = SolverRun.objects.get(state=RunState.QUEUED)
    run_solver(run.pk)
    desk.post(url_of("exchange_run", run.pk), {})
    after = {meeting.pk: (meeting.slot_id, meeting.table_id) for meeting in Meeting.objects.all()}
    moved = {pk for pk in before if before[pk] != after[pk]}
    assert moved == {pk for pk, (_slot, table) in before.items() if table == lost.pk}


def test_runs_of_another_exchange_are_not_found(desk, url_of):
    foreign = SolverRun.objects.create(exchange=make_exchange(), state=RunState.DONE)
    for name in ("exchange_run", "exchange_run_progress"):
        assert desk.get(url_of(name, foreign.pk)).status_code == 404
        assert desk.get(url_of(name, uuid.uuid4())).status_code == 404
    for name in ("exchange_run", "exchange_run_stop", "exchange_run_discard", "exchange_run_again"):
        assert desk.post(url_of(name, foreign.pk)).status_code == 404
    own = reverse("backoffice_exchange_run", args=(foreign.exchange.event.slug, foreign.pk))
    assert desk.get(own).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_comparison_costs_the_same_however_many_changes(
    desk, exchange, people, url_of, count, django_assert_max_num_queries
):
    for one, other in list(combinations(people, 2))[:count]:
        agree(one, other)
    run = queue_run(exchange=exchange, actor=None, seconds=10)
    run_solver(run.pk)
    desk.get(url_of("exchange_run", run.pk))
    with django_assert_max_num_queries(18):
        desk.get(url_of("exchange_run", run.pk))


def test_the_pages_leave_heavy_solvers_to_the_worker():
    import subprocess
    import sys

    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import matchmaking.tasks, config.asgi\n"
        "print([name for name in ('ortools', 'numpy', 'numba', 'pysat') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"
