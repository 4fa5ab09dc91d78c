"""What webhooks are told of registrations: what became of them, by code, and nothing about the person."""

import json

import pytest

from network.services import erase_account
from sessions_app.events.models import WebhookDelivery
from sessions_app.registration.models import Entry, Registration
from sessions_app.registration.personal_data import registration_data_of
from sessions_app.registration.services.announcing import announce_edited
from sessions_app.registration.services.deciding import approve, change_category, decline
from sessions_app.registration.services.delegation_places import swap_member
from sessions_app.registration.services.delegation_sending import send_delegation
from sessions_app.registration.services.importing import apply_import
from sessions_app.registration.services.registering import Details, cancel, change
from sessions_app.registration.services.trying import try_form
from tests.factories import (
    PersonFactory,
    make_category,
    make_draft,
    make_open_event,
    make_registration,
    make_webhook,
)
from tests.registration.test_delegations import finish, line, make_delegation
from tests.registration.test_tables import table

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_event():
    event, category = make_open_event(places=1)
    make_webhook(event, kinds=tuple(f"registration.{what}" for what in KINDS))
    return event, category


KINDS = ("created", "state_changed", "edited", "cancelled", "erased")


def told():
    """Return what was told since the last time: kind, what is said of the registration, and the rest."""
    found = []
    for delivery in WebhookDelivery.objects.order_by("created_at", "outbox__created_at"):
        body = json.loads(delivery.body)
        assert body["type"] == delivery.kind
        data = body["data"]
        assert delivery.subject == data["registration"]["code"]
        found.append((delivery.kind.removeprefix("registration."), data.pop("registration"), data))
    WebhookDelivery.objects.all().delete()
    return found


def brief():
    return [(kind, said["state"], rest) for kind, said, rest in told()]


def test_a_registration_is_told_of_by_its_code_and_state(open_event):
    event, category = open_event
    registration = make_registration(event, category, phone="+7 900 000-00-00", organisation_name="Cluster")
    [(kind, said, rest)] = told()
    assert kind == "created"
    assert said == {
        "code": registration.code,
        "state": "confirmed",
        "category": category.slug,
        "delegation": None,
        "version": registration.version,
    }
    assert rest == {"previous_state": None}


def test_nothing_by_which_a_person_is_known_is_told(open_event):
    event, category = open_event
    person = PersonFactory(name="Vera Secret", email="vera.secret@plenum.example")
    registration = make_registration(
        event, category, person=person, phone="+79000000000", organisation_name="Quiet Ltd", post="Chief"
    )
    details = Details(name="Vera Open", email="vera.open@plenum.example", post="Head")
    change(registration=registration, actor=person, details=details, answers={})
    cancel(registration=registration, actor=person, reason="I am ill", by_team=True)
    bodies = " ".join(WebhookDelivery.objects.values_list("body", flat=True))
    assert WebhookDelivery.objects.count() == 3
    for secret in ("Vera", "vera", "Open", "9000000", "Quiet", "Chief", "Head", "ill", person.code):
        assert secret not in bodies


def test_the_way_of_a_registration_is_told_step_by_step(open_event):
    event, category = open_event
    category.entry = Entry.APPROVAL
    category.save()
    registration = make_registration(event, category)
    approve(registration=registration, actor=None)
    approve(registration=registration, actor=None)
    cancel(registration=registration, actor=None, by_team=True)
    cancel(registration=registration, actor=None, by_team=True)
    assert brief() == [
        ("created", "pending", {"previous_state": None}),
        ("state_changed", "confirmed", {"previous_state": "pending"}),
        ("cancelled", "cancelled", {"previous_state": "confirmed"}),
    ]
    decline(registration=make_registration(event, category), actor=None, reason="Full")
    assert [kind for kind, _state, _rest in brief()] == ["created", "state_changed"]


def test_who_comes_from_the_waiting_list_is_told_of(open_event):
    event, category = open_event
    first, second = make_registration(event, category), make_registration(event, category)
    told()
    cancel(registration=first, actor=None, by_team=True)
    kinds = {said["code"]: (kind, said["state"]) for kind, said, _rest in told()}
    assert kinds[first.code] == ("cancelled", "cancelled")
    assert kinds[second.code][0] == "state_changed"


def test_an_edit_names_the_fields_and_not_what_stands_in_them(open_event):
    event, category = open_event
    registration = make_registration(event, category)
    told()
    same = Details(name=registration.name, email=registration.email)
    change(registration=registration, actor=None, details=same, answers={}, by_team=True)
    assert told() == []
    other = Details(name="Another", email=registration.email, post="Head")
    change(registration=registration, actor=None, details=other, answers={}, by_team=True)
    change_category(registration=registration, category=make_category(event), actor=None)
    [first, second] = told()
    assert (first[0], first[2]) == ("edited", {"changed": ["name", "post"]})
    assert (second[0], second[2], second[1]["category"]) == (
        "edited",
        {"changed": ["category"]},
        "category-2",
    )


def test_a_draft_and_a_trial_are_nobodys_business(open_event):
    event, category = open_event
    draft = make_draft(event, category)
    details = Details(name="Otto", email="otto@plenum.example")
    tried = try_form(
        event=event, person=draft.person, draft=None, details=details, category=category, answers={},
        invitation=None,
    )  # fmt: skip
    assert tried == "confirmed"
    assert told() == []


def test_a_delegation_is_told_of_person_by_person(open_event):
    event, category = open_event
    category.quota.size = 5
    category.quota.save()
    delegation = make_delegation(event, category, size=2)
    send_delegation(delegation=delegation, actor=delegation.head)
    found = told()
    assert [(kind, said["state"], said["delegation"]) for kind, said, _rest in found] == [
        ("created", "invited", delegation.code)
    ] * 2
    member = delegation.members.order_by("pk")[0]
    put_right = {**line(1), "post": "Head"}
    swap_member(member=member, line=put_right, actor=delegation.head, locale="en")
    [(kind, _said, rest)] = told()
    assert (kind, rest) == ("edited", {"changed": ["post"]})
    finish(Registration.objects.get(pk=member.registration_id))
    assert brief() == [("state_changed", "confirmed", {"previous_state": "invited"})]


def test_an_imported_table_is_told_of_line_by_line(open_event):
    event, _category = open_event
    category = make_category(event)
    rows = table(*(f"p{number}@x.example,Person {number}," for number in range(3)))
    apply_import(event=event, table=rows, actor=None, category=category)
    assert brief() == [("created", "confirmed", {"previous_state": None})] * 3
    apply_import(event=event, table=table("p1@x.example,Other,"), actor=None, category=category)
    [(kind, _said, rest)] = told()
    assert (kind, rest) == ("edited", {"changed": ["name"]})


def test_who_is_erased_here_is_to_be_forgotten_there(open_event):
    event, category = open_event
    registration = make_registration(event, category)
    code = registration.code
    assert WebhookDelivery.objects.get().subject == code
    erase_account(person=registration.person)
    rows = WebhookDelivery.objects.order_by("created_at")
    assert [delivery.body for delivery in rows if delivery.kind != "registration.erased"] == ["", ""]
    erased = rows.get(kind="registration.erased")
    assert json.loads(erased.body)["data"]["registration"]["code"] == code


def test_a_person_reads_whom_her_data_was_told_to(open_event):
    event, category = open_event
    registration = make_registration(event, category)
    [one] = registration_data_of(person=registration.person)["registrations"]
    [entry] = one["told_to_programs"]
    assert (entry["what"], entry["server"], entry["state"]) == (
        "registration.created", "hooks.example", "waiting",
    )  # fmt: skip


def test_a_registration_without_webhooks_costs_no_query_for_them(django_assert_num_queries):
    event, category = make_open_event()
    registration = make_registration(event, category)  # fills the cache
    with django_assert_num_queries(0):
        announce_edited([(registration, ["name"])])
