"""The yield page: counts, the matrix of clusters, reasons for "no"."""

from __future__ import annotations

import pytest
from django.urls import reverse

from matchmaking.models import DeclineReason, Feedback, MeetingRequest, Slot, Table
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask, decline
from matchmaking.services.booking import book
from matchmaking.services.marking import mark_meeting
from matchmaking.services.tables import use_tables
from matchmaking.states import MeetingState
from network.models import OrganisationKind
from tests.backoffice.forms import text_of
from tests.factories import OrganisationFactory, make_exchange, make_participant


@pytest.fixture
def clusters(db):
    return [
        OrganisationFactory(name_en=f"Cluster {name}", kind=OrganisationKind.CLUSTER)
        for name in ("North", "South")
    ]


@pytest.fixture
def people(exchange, clusters):
    north, south = clusters
    return [
        make_participant(exchange, name="Anna", cluster=north),
        make_participant(exchange, name="Boris", cluster=south),
        make_participant(exchange, name="Clara", cluster=None),
    ]


@pytest.fixture
def held(people):
    anna, boris, _clara = people
    asked = accept(request=ask(sender=anna, recipient=boris, actor=None), by=boris, actor=None)
    meeting = book(low=anna, high=boris, request=asked, slot=None, actor=None)
    return mark_meeting(meeting=meeting, state=MeetingState.HELD, actor=None)


def test_what_was_asked_agreed_planned_and_held_is_counted(desk, people, held, url_of):
    anna, _boris, clara = people
    decline(
        request=ask(sender=clara, recipient=anna, actor=None), by=anna, actor=None, reason=DeclineReason.TOPIC
    )
    page = desk.get(url_of("exchange_yield"))
    assert [(str(label), count) for label, count, _percent in page.context["bars"]] == [
        ("requested", 2), ("agreed", 1), ("planned", 1), ("held", 1),
    ]  # fmt: skip
    assert "The topic does not fit 1" in text_of(page)
    assert page.context["numbers"].without_meeting == 1


@pytest.mark.parametrize("measure", ["requested", "agreed", "planned", "held"])
def test_pairs_of_clusters_stand_in_the_matrix_and_its_table(desk, held, url_of, measure):
    page = desk.get(url_of("exchange_yield"), {"of": measure})
    matrix = page.context["matrix"]
    assert set(matrix.names) == {"Cluster North", "Cluster South"}
    assert matrix.total == 1
    assert "Cluster North" in text_of(page)


def test_people_without_a_cluster_are_counted_as_such(desk, people, url_of):
    ask(sender=people[0], recipient=people[2], actor=None)
    matrix = desk.get(url_of("exchange_yield"), {"of": "requested"}).context["matrix"]
    assert set(matrix.names) == {"Cluster North", "no cluster"}


def test_ratings_and_outcomes_are_told(desk, people, held, url_of):
    Feedback.objects.create(meeting=held, profile=people[0], rating=4, outcome="project")
    Feedback.objects.create(meeting=held, profile=people[1], rating=3, outcome="")
    page = text_of(desk.get(url_of("exchange_yield")))
    assert "3.5 " in page.replace("mean rating of 1 to 4 3.5", "3.5 ")
    assert "Agreed: joint project 1" in page


def test_an_exchange_in_which_nothing_happened_has_a_page_too(desk, url_of):
    page = text_of(desk.get(url_of("exchange_yield"), {"of": "nonsense"}))
    assert "Nothing to count yet." in page


def test_another_event_is_not_found(desk):
    foreign = make_exchange().event
    assert desk.get(reverse("backoffice_exchange_yield", args=(foreign.slug,))).status_code == 404


def test_the_overview_says_what_needs_somebody(desk, exchange, people, url_of):
    anna, boris, clara = people
    accept(request=ask(sender=anna, recipient=boris, actor=None), by=boris, actor=None)
    meeting = book(low=anna, high=clara, request=None, slot=None, actor=None)
    use_tables(tables=[meeting.table], is_active=False, actor=None)
    labels = [(need.count, need.label) for need in desk.get(url_of("exchange")).context["needs"]]
    assert labels == [(1, "meeting must move"), (1, "agreed meeting has no place")]
    Table.objects.all().update(is_active=False)
    assert "no table in use" in text_of(desk.get(url_of("exchange")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_met(
    desk, exchange, url_of, count, django_assert_max_num_queries
):
    slots = list(Slot.objects.filter(exchange=exchange))
    for number in range(count):
        one, other = make_participant(exchange), make_participant(exchange)
        request = accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
        book(low=one, high=other, request=request, slot=slots[number], actor=None)
    assert MeetingRequest.objects.count() == count
    desk.get(url_of("exchange_yield"))
    with django_assert_max_num_queries(20):
        desk.get(url_of("exchange_yield"))
