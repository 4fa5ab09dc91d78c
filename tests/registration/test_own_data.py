"""What is kept about a person: she finds it, gets a copy of all of it, and can have it erased."""

import json

import pytest

from network.models import AuditEntry, OutboxMessage, OutboxState
from network.queries import personal_data
from network.services import erase_account
from sessions_app.registration.links import status_path
from sessions_app.registration.models import (
    BulkAction,
    DelegationMember,
    EmailProof,
    Registration,
)
from sessions_app.registration.services.bulk import begin_bulk, run_bulk
from sessions_app.registration.services.deciding import decline
from sessions_app.registration.services.delegation_places import remove_member, swap_member
from sessions_app.registration.services.importing import apply_import
from sessions_app.registration.services.inviting import Terms, invite
from sessions_app.registration.services.proving import send_code
from sessions_app.registration.services.registering import Details, change
from sessions_app.registration.tables.reading import read_table
from tests.factories import (
    PersonFactory,
    make_category,
    make_excursion,
    make_open_event,
    make_registration,
)
from tests.registration.forms import ask, filled, path
from tests.registration.test_delegations import line, make_delegation, send

pytestmark = pytest.mark.django_db
NAME = "Ada Unmistakable"
EMAIL = "ada@unmistakable.example"


def ada():
    return PersonFactory(name=NAME, email=EMAIL)


def whole_database() -> str:
    """Return everything that our own tables say, as one text."""
    from django.apps import apps

    said = []
    for model in apps.get_models():
        if model._meta.app_label in {"network", "events", "programme", "registration", "admission"}:
            said += [json.dumps(row, default=str, ensure_ascii=False) for row in model.objects.values()]
    return "\n".join(said)


def test_after_erasing_no_table_names_her():
    event, category = make_open_event(places=5)
    other = make_category(event, places=3)
    person, actor = ada(), PersonFactory()
    invite(event=event, terms=Terms(category=other, name=NAME), actor=actor, emails=[EMAIL])
    registration = make_registration(event, category, person=person, post="Unmistakable post")
    send_code(registration=registration)
    details = Details(name=f"{NAME} PhD", email=EMAIL, phone="+79001234567")
    change(registration=registration, actor=person, details=details, answers={})
    decline(registration=registration, actor=actor, reason=f"{NAME} has been here before")
    job, _created = begin_bulk(
        event=event, actor=actor, action=BulkAction.MOVE, ids=[registration.pk], key="k",
        options={"category": other.pk},
    )  # fmt: skip
    assert run_bulk(job.pk).refused
    assert "unmistakable" in whole_database().lower()
    erase_account(person=person)
    said = [row for row in whole_database().splitlines() if "unmistakable" in row.lower()]
    assert said == []
    assert "79001234567" not in whole_database()
    assert not EmailProof.objects.exists()


def test_the_trail_still_tells_what_happened_and_when():
    event, category = make_open_event()
    registration = make_registration(event, category, person=ada())
    decline(registration=registration, actor=None, reason="Ada was rude")
    erase_account(person=registration.person)
    entries = AuditEntry.objects.filter(object_type="registration.registration")
    assert [entry.changes for entry in entries.order_by("pk")] == [
        {"state": ["draft", "confirmed"]},
        {"state": ["confirmed", "declined"]},
    ]
    assert {(entry.object_name, entry.reason) for entry in entries} == {("", "")}


def test_what_a_delegations_trail_says_of_her_goes_and_what_it_says_of_others_stays():
    event, category = make_open_event(places=9)
    delegation = make_delegation(event, category, size=1)
    send(delegation)
    member = delegation.members.get()
    swap_member(member=member, line=line(2, name=NAME, email=EMAIL), actor=delegation.head)
    member.refresh_from_db()
    remove_member(member=member, actor=delegation.head)
    assert NAME in json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    erase_account(person=ada())
    trail = json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert "nmistakable" not in trail
    assert "member1@plenum.example" in trail
    assert not DelegationMember.objects.filter(email=EMAIL).exists()


def test_erasing_takes_back_what_a_delegation_holds_for_her():
    event, category = make_open_event(places=1)
    delegation = make_delegation(event, category, size=0)
    make_delegation_line(delegation)
    send(delegation)
    erase_account(person=ada())
    registration = delegation.registrations.get()
    assert (registration.state, registration.name, registration.email) == ("cancelled", "", "")
    category.quota.refresh_from_db()
    assert category.quota.taken == 0


def make_delegation_line(delegation):
    from sessions_app.registration.services.delegating import add_lines

    add_lines(delegation=delegation, lines=[line(1, name=NAME, email=EMAIL)])


def test_a_letter_that_was_still_to_be_sent_is_not_sent_any_more():
    event, category = make_open_event()
    registration = make_registration(event, category, person=ada())
    letter = OutboxMessage.objects.get(key__startswith=f"registration:{registration.pk}:")
    assert letter.state == OutboxState.WAITING
    erase_account(person=registration.person)
    letter.refresh_from_db()
    assert letter.payload == {}


def test_her_copy_holds_places_turns_invitations_and_changes():
    event, category = make_open_event(places=1)
    excursion = make_excursion(event, places=3)
    make_registration(event, category)
    person = ada()
    invite(event=event, terms=Terms(category=category), actor=None, emails=[EMAIL])
    registration = make_registration(event, category, person=person)
    change(
        registration=registration,
        actor=person,
        details=Details(name=NAME, email=EMAIL, post="Engineer"),
        answers={"excursion": "yes"},
    )
    copy = personal_data(person)
    (own,) = copy["registrations"]
    assert own["waiting_lists"][0]["number"] == 1
    assert [place["place"] for place in own["places"]] == [str(excursion.quota)]
    assert own["changes"][-1]["changes"]["post"] == ["", "Engineer"]
    assert [one["email"] for one in copy["invitations"]] == [EMAIL]


def imported(event, category):
    table = read_table(f"e-mail,name\n{EMAIL},{NAME}\n".encode())
    apply_import(event=event, table=table, actor=None, category=category)
    return Registration.objects.get(event=event, email=EMAIL)


def test_who_was_imported_before_she_had_an_account_finds_her_registration_and_ticket(client):
    event, category = make_open_event()
    registration = imported(event, category)
    assert registration.person is None
    client.force_login(ada())
    answer = client.get(path(event))
    assert answer["Location"].endswith(status_path(registration).removeprefix("/en"))
    assert client.get(f"/en/me/tickets/{registration.code}/").status_code == 200
    assert NAME in json.dumps(personal_data(registration_owner()))


def registration_owner():
    from network.models import Person

    return Person.objects.get(email=EMAIL)


def test_who_was_imported_can_be_erased():
    event, category = make_open_event()
    registration = imported(event, category)
    erase_account(person=ada())
    registration.refresh_from_db()
    assert (registration.state, registration.name) == ("cancelled", "")


def test_nobody_finds_the_registration_of_an_address_that_is_not_proven_to_be_hers(client):
    event, category = make_open_event()
    registration = imported(event, category)
    client.force_login(PersonFactory(email="other@unmistakable.example"))
    assert client.get(path(event)).status_code == 200
    assert client.get(f"/en/me/tickets/{registration.code}/").status_code == 404


def test_who_is_named_by_a_delegation_goes_on_with_that_form(client):
    event, category = make_open_event(places=2)
    ask(event, "topic")
    delegation = make_delegation(event, category, size=0)
    make_delegation_line(delegation)
    send(delegation)
    client.force_login(ada())
    assert f'value="{NAME}"' in client.get(path(event)).content.decode()
    answer = client.post(path(event), filled(event, name=NAME))
    assert answer.status_code == 302
    registration = delegation.registrations.get()
    assert (registration.state, registration.person) == ("confirmed", registration_owner())
