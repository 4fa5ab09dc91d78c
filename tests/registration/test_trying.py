"""The team tries the form of an open event: everything happens, and nothing of it stays."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from network.models import AuditEntry, Consent, OutboxMessage
from sessions_app.events.models import TeamRoleName
from sessions_app.registration.models import (
    AnswerFile,
    Invitation,
    Place,
    QuestionKind,
    Quota,
    Registration,
    WaitingEntry,
)
from tests.factories import PersonFactory, make_open_event, make_registration, make_team_member
from tests.registration.forms import ask, filled, path

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def registrar_of(event) -> Client:
    """Return the browser of the event's registrar."""
    browser = Client()
    browser.force_login(make_team_member(event, TeamRoleName.REGISTRAR))
    return browser


def counts() -> dict:
    """Return how much of everything there is that a registration leaves."""
    kept = (Registration, Place, WaitingEntry, OutboxMessage, AuditEntry, Consent, AnswerFile)
    numbers = {model.__name__: model.objects.count() for model in kept}
    return numbers | {"quotas": list(Quota.objects.values_list("taken", "last_number"))}


@pytest.mark.parametrize(("places", "told"), [(5, "confirmed"), (1, "on the waiting list")])
def test_a_trial_says_what_would_be_and_leaves_nothing(places, told):
    event, category = make_open_event(places=places)
    make_registration(event, category)
    ask(event, "paper", QuestionKind.FILE)
    team = registrar_of(event)
    assert "You are trying the form" in team.get(path(event) + "?trial=1").content.decode()
    before = counts()
    paper = SimpleUploadedFile("talk.pdf", PDF, "application/pdf")
    answer = team.post(path(event), {**filled(event), "q-paper": paper}, follow=True)
    assert f"the registration would be “{told}”. Nothing of it was kept." in answer.content.decode()
    assert counts() == before


def test_who_is_registered_herself_can_try_the_form():
    event, category = make_open_event(places=5)
    person = make_team_member(event, TeamRoleName.REGISTRAR)
    own = make_registration(event, category, person=person)
    browser = Client()
    browser.force_login(person)
    browser.get(path(event) + "?trial=1")
    page = browser.post(path(event), filled(event), follow=True).content.decode()
    assert "Nothing of it was kept." in page
    own.refresh_from_db()
    assert (own.person, own.email, own.state) == (person, person.email, "confirmed")


def test_without_the_word_the_team_registers_for_real():
    event, _category = make_open_event(places=5)
    team = registrar_of(event)
    team.get(path(event) + "?trial=1")
    team.get(path(event) + "?trial=0")
    team.post(path(event), filled(event))
    assert Registration.objects.get().state == "confirmed"


def test_others_cannot_try_the_form():
    event, _category = make_open_event(places=5)
    visitor = Client()
    visitor.force_login(PersonFactory())
    assert "You are trying the form" not in visitor.get(path(event) + "?trial=1").content.decode()
    visitor.post(path(event) + "?trial=1", filled(event))
    assert Registration.objects.get().state == "confirmed"


def test_codes_cannot_be_guessed_one_after_another(client):
    event, category = make_open_event()
    Invitation.objects.create(event=event, category=category, code="K7RQ4M2X")
    assert "Your invitation opens" in client.get(path(event) + "?code=k7rq4m2x").content.decode()
    client.session.flush()
    for number in range(20):
        client.get(path(event) + f"?code=WRONG{number:03}")
    page = Client().get(path(event) + "?code=K7RQ4M2X").content.decode()
    assert "Your invitation opens" not in page
    assert "opens nothing" in page
