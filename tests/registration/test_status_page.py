"""The page of a registration: what it says, and what its owner does there."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from network.models import OutboxMessage
from network.queries import personal_data
from sessions_app.events.models import TeamRoleName
from sessions_app.registration.links import status_path
from sessions_app.registration.models import QuestionKind, RegistrationSettings, WaitingEntry
from sessions_app.registration.services.deciding import decline
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.states import State
from tests.factories import (
    PersonFactory,
    make_category,
    make_excursion,
    make_open_event,
    make_registration,
    make_team_member,
)
from tests.registration.forms import ask, filled, path, register

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def page_of(registration):
    return f"/en{status_path(registration).removeprefix('/en')}"


def offered():
    """Return a registration that is offered a place, and its address."""
    event, category = make_open_event(places=1, offer_hours=24)
    first = make_registration(event, category)
    second = make_registration(event, category)
    cancel(registration=first, actor=first.person)
    second.refresh_from_db()
    assert second.state == "offered"
    return second, page_of(second)


def test_each_state_is_told_in_words(client):
    event, category = make_open_event(places=1)
    press = make_category(event, entry="approval")
    confirmed, waiting = make_registration(event, category), make_registration(event, category)
    pending = make_registration(event, press)
    third = make_registration(event, category)
    declined = decline(registration=make_registration(event, press), actor=None, reason="No room <b>")
    for registration, words in (
        (confirmed, "Confirmed: you are coming"),
        (pending, "Waiting for approval"),
        (declined, "No room &lt;b&gt;"),
    ):
        assert words in client.get(page_of(registration)).content.decode()
    assert "<b>1</b> <span>Your place on the waiting list" in client.get(page_of(waiting)).content.decode()
    assert "<b>2</b> <span>Your place on the waiting list" in client.get(page_of(third)).content.decode()


def test_without_the_right_signature_there_is_nothing(client):
    event, category = make_open_event()
    one, other = make_registration(event, category), make_registration(event, category)
    address = page_of(one)
    assert client.get(address.replace(one.code, other.code)).status_code == 404
    elsewhere, _category = make_open_event()
    assert client.get(address.replace(event.slug, elsewhere.slug)).status_code == 404
    for rest in ("accept/", "cancel/", "edit/", "sessions/ABC123/"):
        for method in ("get", "post"):
            wrong = address.replace(one.code, other.code) + rest
            assert getattr(client, method)(wrong).status_code in (404, 405)


def test_an_offer_is_accepted_after_a_question(client):
    registration, address = offered()
    page = client.get(address).content.decode()
    assert "Accept the place" in page
    assert "Moscow (UTC+3)" in page
    assert client.get(address + "accept/").status_code == 200
    registration.refresh_from_db()
    assert registration.state == "offered"  # a mail scanner that follows links takes nothing
    assert client.post(address + "accept/").status_code == 302
    assert client.post(address + "accept/").status_code == 302
    registration.refresh_from_db()
    assert registration.state == "confirmed"


def test_a_late_answer_to_an_offer_is_410(client):
    registration, address = offered()
    WaitingEntry.objects.filter(registration=registration).update(
        offer_until=timezone.now() - dt.timedelta(seconds=1)
    )
    answer = client.post(address + "accept/")
    assert answer.status_code == 410
    assert "The offer has run out" in answer.content.decode()
    registration.refresh_from_db()
    assert registration.state == "offered"


def test_cancelling_names_what_happens_and_then_does_it(client):
    event, _category = make_open_event()
    make_excursion(event, places=2)
    client.force_login(PersonFactory())
    registration = register(client, event, **{"q-excursion": "yes"})
    page = client.get(page_of(registration) + "cancel/").content.decode()
    assert "Your registration as “Category 1” ends." in page
    assert "Places of excursion" in page
    registration.refresh_from_db()
    assert registration.state == "confirmed"
    assert client.post(page_of(registration) + "cancel/").status_code == 302
    registration.refresh_from_db()
    assert registration.state == "cancelled"


def test_after_the_time_for_changes_cancelling_and_editing_are_409(client):
    event, category = make_open_event(change_until=timezone.now() - dt.timedelta(hours=1))
    registration = make_registration(event, category)
    address = page_of(registration)
    assert client.post(address + "cancel/").status_code == 409
    assert client.get(address + "edit/").status_code == 409
    answer = client.post(address + "edit/", {"name": "Another", "key": "k"})
    assert answer.status_code == 409
    assert 'value="Another"' in answer.content.decode()
    registration.refresh_from_db()
    assert (registration.state, registration.name) == ("confirmed", registration.person.name)


def test_answers_are_changed_and_the_place_of_a_choice_moves(client):
    event, _category = make_open_event()
    choice = make_excursion(event, places=1)
    client.force_login(PersonFactory())
    registration = register(client, event, **{"q-excursion": "yes"})
    page = client.get(page_of(registration) + "edit/").content.decode()
    assert "disabled" not in page.split('value="yes"')[1].split(">")[0]  # her own place is no full one
    answer = client.post(page_of(registration) + "edit/", filled(event, name="New Name"))
    assert answer.status_code == 302
    registration.refresh_from_db()
    choice.quota.refresh_from_db()
    assert (registration.name, choice.quota.taken) == ("New Name", 0)
    assert registration.email == registration.person.email


def test_a_consent_stays_when_other_answers_change(client):
    event, _category = make_open_event()
    ask(event, "photos", QuestionKind.CONSENT)
    ask(event, "diet")
    client.force_login(PersonFactory())
    registration = register(client, event, **{"q-photos": "on"})
    client.post(page_of(registration) + "edit/", filled(event, **{"q-diet": "fish"}))
    assert {a.question.key: a.value for a in registration.answers.all()} == {"photos": True, "diet": "fish"}


def test_the_letters_are_listed_with_what_became_of_them(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    assert "on its way" in client.get(page_of(registration)).content.decode()
    OutboxMessage.objects.update(state="failed")
    assert "could not be delivered" in client.get(page_of(registration)).content.decode()


def test_files_are_shown_to_their_owner_and_the_team_alone(client):
    event, _category = make_open_event()
    ask(event, "cv", QuestionKind.FILE)
    person = PersonFactory()
    client.force_login(person)
    registration = register(client, event, **{"q-cv": SimpleUploadedFile("Моё резюме.pdf", PDF)})
    address = f"/en/events/{event.slug}/register/files/{registration.files.get().pk}/"
    for viewer, status in (
        (person, 200),
        (make_team_member(event, TeamRoleName.REGISTRAR), 200),
        (make_team_member(event, TeamRoleName.DOOR_STEWARD), 404),
        (make_team_member(make_open_event()[0], TeamRoleName.ORGANISER), 404),
        (PersonFactory(), 404),
    ):
        browser = Client()
        browser.force_login(viewer)
        answer = browser.get(address)
        assert answer.status_code == status
        if status == 200:
            assert answer.getvalue() == PDF
    other, _category = make_open_event()
    assert client.get(address.replace(event.slug, other.slug)).status_code == 404
    file = personal_data(person)["registrations"][0]["files"][0]
    assert file["name"] == "Моё резюме.pdf"
    assert file["address"].endswith(address)


def test_my_page_lists_registrations_and_open_forms(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    client.force_login(registration.person)
    page = client.get("/en/me/").content.decode()
    assert "My registrations" in page
    assert status_path(registration) in page
    assert "Confirmed: you are coming" in page


def test_the_events_page_leads_to_the_form_or_to_the_registration(client):
    event, category = make_open_event()
    front = f"/en/events/{event.slug}/"
    assert path(event) in client.get(front).content.decode()
    registration = make_registration(event, category)
    client.force_login(registration.person)
    page = client.get(front).content.decode()
    assert status_path(registration) in page
    assert path(event) not in page
    RegistrationSettings.objects.all().delete()
    assert path(event) not in Client().get(front).content.decode()


def test_a_draft_has_no_page_of_its_own(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    type(registration).objects.filter(pk=registration.pk).update(state=State.DRAFT)
    assert client.get(page_of(registration)).status_code == 404


def test_a_confirmed_registration_leads_to_its_ticket_and_a_cancelled_one_does_not(client):
    event, category = make_open_event()
    registration = make_registration(event, category)
    link = f'href="/en/me/tickets/{registration.code}/"'
    assert link in client.get(page_of(registration)).content.decode()
    cancel(registration=registration, actor=None)
    assert link not in client.get(page_of(registration)).content.decode()
