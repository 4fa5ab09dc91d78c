"""Ways into an event: invitation codes, what is full, and the form that goes on where it was left."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from network.models import Affiliation, Membership, OutboxMessage
from sessions_app.registration.models import Category, Entry, Invitation, Registration, Visibility
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    make_category,
    make_open_event,
    make_registration,
)
from tests.registration.forms import ask, filled, path, register

pytestmark = pytest.mark.django_db


def guests_of(event) -> tuple[Category, Invitation]:
    """Return a category that opens by a code, and the code."""
    guests = make_category(event, visibility=Visibility.CODE, name_en="Guests")
    return guests, Invitation.objects.create(event=event, category=guests, code="OPEN1234")


def test_a_code_that_is_used_in_the_middle_of_the_form_loses_nothing_typed(client):
    event, _category = make_open_event()
    ask(event, "topic")
    guests, _invitation = guests_of(event)
    typed = filled(event, **{"name": "Ada <typed>", "q-topic": "Bridges", "new-code": "open1234"})
    answer = client.post(path(event), {**typed, "do": "code"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Ada &lt;typed&gt;" in page
    assert 'value="Bridges"' in page
    assert "There is" not in page  # it was not sent yet, so nothing is missing
    assert re.search(rf'<input[^>]*value="{guests.slug}"[^>]*checked', page)
    assert 'name="code" value="open1234"' in page


def test_a_code_that_opens_nothing_is_told_at_its_field_and_loses_nothing(client):
    event, _category = make_open_event()
    answer = client.post(path(event), {**filled(event, name="Ada Typed"), "new-code": "WRONG", "do": "code"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This invitation code opens nothing" in page
    assert 'href="#id_code"' in page
    assert 'value="Ada Typed"' in page
    assert 'value="WRONG"' in page


def test_a_code_that_was_written_but_not_pressed_is_looked_at_before_anything_is_sent(client):
    event, _category = make_open_event()
    guests_of(event)
    client.force_login(PersonFactory())
    answer = client.post(path(event), {**filled(event), "new-code": "OPEN1234"})
    assert answer.status_code == 200
    assert "Your invitation opens “Guests”" in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_code_stays_good_when_another_way_in_is_chosen(client):
    event, category = make_open_event()
    _guests, invitation = guests_of(event)
    client.force_login(PersonFactory())
    registration = register(client, event, code="OPEN1234", category=category.slug)
    invitation.refresh_from_db()
    assert (registration.state, registration.invitation, invitation.used) == ("confirmed", None, 0)


def test_where_every_way_in_needs_a_code_the_page_asks_for_it(client):
    event, category = make_open_event()
    Category.objects.filter(pk=category.pk).update(visibility=Visibility.CODE)
    Invitation.objects.create(event=event, category=category, code="OPEN1234")
    page = client.get(path(event)).content.decode()
    assert "Registration by invitation" in page
    assert 'name="name"' not in page
    page = client.get(path(event) + "?code=wrong").content.decode()
    assert "opens nothing" in page
    assert 'name="name"' in client.get(path(event) + "?code=OPEN1234").content.decode()


def test_nobody_fills_in_a_form_for_which_there_is_no_place(client):
    event, category = make_open_event(places=1)
    Category.objects.filter(pk=category.pk).update(has_waiting_list=False)
    make_registration(event, category)
    page = client.get(path(event)).content.decode()
    assert "No place can be had at present" in page
    assert "full" in page
    assert 'name="name"' not in page


def test_the_only_category_says_how_many_places_are_left(client):
    event, _category = make_open_event(places=7)
    page = client.get(path(event)).content.decode()
    assert "Category 1" in page
    assert "7 places left" in page


def in_steps():
    event, _category = make_open_event()
    press = make_category(event, entry=Entry.APPROVAL)
    ask(event, "topic", is_required=True)
    return event, press


def test_the_form_goes_on_at_the_step_where_it_was_left(client):
    event, press = in_steps()
    typed = {**filled(event, category=press.slug), "shown": []}
    client.post(path(event), typed)
    client.post(path(event, "questions/"), {"shown": "topic", "q-topic": "Bridges", "do": "later"})
    letter = OutboxMessage.objects.get(key__startswith="draft:").payload["body"]
    link = next(word for word in letter.split() if "/go-on/" in word)
    other = Client()
    assert other.get(link)["Location"].endswith("/register/check/")
    page = other.get(path(event)).content.decode()
    assert "Go on where you left it" in page
    assert f'href="{path(event, "check/")}"' in page


def test_the_form_goes_on_at_the_questions_before_they_are_answered(client):
    event, press = in_steps()
    client.post(path(event), {**filled(event, category=press.slug), "shown": []})
    client.post(path(event, "questions/"), {"shown": "topic", "q-topic": "", "do": "later"})
    letter = OutboxMessage.objects.get(key__startswith="draft:").payload["body"]
    link = next(word for word in letter.split() if "/go-on/" in word)
    assert Client().get(link)["Location"].endswith("/register/questions/")


def test_a_form_that_was_begun_on_one_device_is_found_on_another(client):
    event, press = in_steps()
    person = PersonFactory()
    client.force_login(person)
    client.post(path(event), {**filled(event, category=press.slug, name="Ada Typed"), "shown": []})
    other = Client()
    other.force_login(person)
    page = other.get(path(event)).content.decode()
    assert 'value="Ada Typed"' in page
    assert f'href="{path(event, "questions/")}"' in page


def test_each_step_has_a_title_of_its_own(client):
    event, press = in_steps()
    client.force_login(PersonFactory())
    client.post(path(event), {**filled(event, category=press.slug), "shown": []})
    assert "<title>Questions of the organiser · Registration" in (
        client.get(path(event, "questions/")).content.decode()
    )
    client.post(path(event, "questions/"), {"shown": "topic", "q-topic": "Bridges"})
    assert "<title>Check and send · Registration" in client.get(path(event, "check/")).content.decode()


def test_no_second_link_within_a_minute_is_told(client):
    event, _category = make_open_event()
    for _ in range(40):
        client.post(path(event), {**filled(event), "do": "later"})
    page = client.get(path(event, "later/")).content.decode()
    assert "Another link was sent a moment ago" in page


def test_a_code_that_is_used_up_meanwhile_puts_nobody_into_another_category(client):
    event, category = make_open_event()
    guests, invitation = guests_of(event)
    client.force_login(PersonFactory())
    typed = filled(event, name="Ada Typed", category=guests.slug, code=invitation.code)
    Invitation.objects.filter(pk=invitation.pk).update(used=1)
    answer = client.post(path(event), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This way in is not open to you" in page
    assert 'href="#id_code"' in page
    assert 'value="Ada Typed"' in page
    assert not Registration.objects.filter(state="confirmed").exists()
    # What the page offers now can be sent.
    assert register(client, event, name="Ada Typed").category == category


def member_of(organisation, *, until=None):
    person = PersonFactory()
    Affiliation.objects.create(person=person, organisation=organisation, until=until)
    return person


def test_a_category_of_an_organisation_opens_to_its_people_and_its_members_people(client):
    event, _category = make_open_event()
    cluster, company, former = (OrganisationFactory() for _ in range(3))
    Membership.objects.create(parent=cluster, member=company)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Membership.objects.create(parent=cluster, member=former, until=yesterday)
    own = make_category(
        event, visibility=Visibility.MEMBERS, organisation=cluster, name_en="Cluster representative"
    )
    assert "Cluster representative" not in client.get(path(event)).content.decode()
    for person, is_open in (
        (member_of(cluster), True),
        (member_of(company), True),
        (member_of(former), False),
        (member_of(cluster, until=yesterday), False),
        (member_of(OrganisationFactory()), False),
    ):
        client.force_login(person)
        assert ("Cluster representative" in client.get(path(event)).content.decode()) is is_open
        answer = client.post(path(event), filled(event, category=own.slug, name=person.name))
        assert answer.status_code == (302 if is_open else 422)
    assert Registration.objects.filter(category=own).count() == 2


@pytest.mark.parametrize(
    ("times", "told"), [({"opens_at": 1}, "opens "), ({"opens_at": -2, "closes_at": -1}, "closed ")]
)
def test_a_category_has_times_of_its_own(client, times, told):
    event, category = make_open_event()
    moments = {name: timezone.now() + dt.timedelta(days=days) for name, days in times.items()}
    press = make_category(event, name_en="Press", **moments)
    client.force_login(PersonFactory())
    page = client.get(path(event)).content.decode()
    assert re.search(rf'<input[^>]*value="{press.slug}"[^>]*disabled', page)
    assert told in page
    answer = client.post(path(event), filled(event, category=press.slug, name="Ada Typed"))
    assert answer.status_code == 409
    assert 'value="Ada Typed"' in answer.content.decode()
    assert register(client, event, category=category.slug).state == "confirmed"
