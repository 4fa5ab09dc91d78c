"""The waiting list as the team reads it: in its own order, with each turn and until when offers hold."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.registration.models import Registration, WaitingEntry
from sessions_app.registration.services.delegating import Frame, add_lines, open_delegation
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.services.registering import cancel
from tests.factories import PersonFactory, make_category, make_open_event, make_registration, make_team_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def full():
    return make_open_event(places=1)


def listed(client, event, **query):
    """Return name and note of each row that a registrar is shown."""
    if not client.session.get("_auth_user_id"):
        client.force_login(make_team_member(event, "registrar"))
    page = client.get(f"/admin/registration/{event.slug}/list/", query)
    return [(row.name, standing.note) for row, standing in page.context["rows"]]


def waiting(event, category, *names):
    return [make_registration(event, category, name=name) for name in names]


def test_who_waits_stands_in_the_order_of_the_list(client, full):
    event, category = full
    waiting(event, category, "In", "First", "Second", "Third")
    # When somebody was received says nothing of her turn.
    Registration.objects.filter(name="Third").update(submitted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    turns = [("First", "number 1"), ("Second", "number 2"), ("Third", "number 3")]
    assert listed(client, event, state="waiting") == turns
    assert listed(client, event, state="waiting", sort="-turn") == turns[::-1]
    assert [name for name, _note in listed(client, event, state="waiting", sort="name")] == [
        "First", "Second", "Third",
    ]  # fmt: skip
    assert dict(listed(client, event))["Second"] == "number 2"
    assert dict(listed(client, event))["In"] == ""
    assert listed(client, event, q="Third") == [("Third", "number 3")]  # who is not shown counts too


def test_a_turn_counts_in_its_own_list_alone(client, full):
    event, category = full
    other = make_category(event, places=0)
    waiting(event, category, "In", "A")
    waiting(event, other, "B", "C")
    assert listed(client, event, state="waiting") == [("A", "number 1"), ("B", "number 1"), ("C", "number 2")]
    cancel(registration=Registration.objects.get(name="B"), actor=None)
    assert dict(listed(client, event, state="waiting"))["C"] == "number 1"


def test_an_offer_tells_until_when_it_holds(client, full):
    event, category = full
    present, _first, _second = waiting(event, category, "In", "First", "Second")
    cancel(registration=present, actor=None)
    WaitingEntry.objects.filter(state="offered").update(
        offer_until=dt.datetime(2027, 1, 2, 9, 30, tzinfo=dt.UTC)
    )
    assert listed(client, event, state="offered") == [("First", "until 2 Jan, 12:30")]  # Moscow's clocks
    assert listed(client, event, state="waiting") == [("Second", "number 1")]


def test_a_delegation_that_waits_together_has_one_turn(client, full):
    event, category = full
    waiting(event, category, "In", "Before")
    head = PersonFactory()
    frame = Frame(category=category, organisation_name="Cluster", all_or_none=True)
    delegation = open_delegation(event=event, head=head, frame=frame)
    add_lines(
        delegation=delegation,
        lines=[{"name": f"Member {n}", "email": f"member{n}@plenum.example"} for n in range(2)],
    )
    send_delegation(delegation=delegation, actor=head)
    waiting(event, category, "After")
    assert listed(client, event, state="waiting") == [
        ("Before", "number 1"), ("Member 0", "number 2"), ("Member 1", "number 2"), ("After", "number 3"),
    ]  # fmt: skip


def test_a_longer_list_costs_no_more_queries(client, full):
    event, category = full

    def queries():
        with CaptureQueriesContext(connection) as found:
            listed(client, event, state="waiting")
        return len(found)

    waiting(event, category, "In", "A")
    queries()
    one = queries()
    waiting(event, category, "B", "C", "D")
    assert queries() == one


def test_the_quotas_lead_to_those_who_wait(client, full):
    event, category = full
    waiting(event, category, "In", "A")
    client.force_login(make_team_member(event, "registrar"))
    page = client.get(f"/admin/registration/{event.slug}/setup/quotas/").content.decode()
    address = f"/admin/registration/{event.slug}/list/?state=waiting&amp;category={category.slug}"
    assert f'<a href="{address}">1 waits</a>' in page
