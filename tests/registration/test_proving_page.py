"""Proving an e-mail by the code from a letter, and the log-in after it."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from network.models import OutboxMessage, Person
from network.services import confirm_email
from sessions_app.registration.errors import CodeGone, WrongCode
from sessions_app.registration.models import EmailProof, Registration
from sessions_app.registration.services.proving import prove, send_code
from tests.factories import PersonFactory, make_draft, make_open_event, make_registration
from tests.registration.forms import code_from_letter, filled, path, register

pytestmark = pytest.mark.django_db


def begun(client, event, **more):
    """Send the form of a visitor and return the address of the code's page."""
    answer = client.post(path(event), filled(event, **more))
    assert answer["Location"] == path(event, "code/")
    return path(event, "code/")


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_visitor_without_an_account_is_signed_in_and_registered(client):
    event, _category = make_open_event(places=3)
    registration = register(client, event)
    assert registration.state == "confirmed"
    person = registration.person
    assert (person.email, person.name) == ("ada@plenum.example", "Ada Example")
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert client.session["_auth_user_id"] == str(person.pk)


def test_somebody_known_keeps_her_own_name(client):
    event, _category = make_open_event()
    person = PersonFactory(email="ada@plenum.example", name="Ada as we know her")
    registration = register(client, event, email="ADA@plenum.example")
    assert registration.person == person
    assert Person.objects.get(email__iexact="ada@plenum.example").name == "Ada as we know her"


def test_a_wrong_code_tells_how_many_tries_are_left_and_the_third_ends_it(client):
    event, _category = make_open_event()
    page = begun(client, event)
    code = code_from_letter()
    texts = [client.post(page, {"code": other_than(code)}).content.decode() for _turn in range(3)]
    assert "2 tries are left" in texts[0]
    assert "1 try is left" in texts[1]
    assert "not valid any more" in texts[2]
    assert client.post(page, {"code": code}).status_code == 422
    assert not Registration.objects.exclude(state="draft").exists()


def test_a_code_lasts_ten_minutes(client):
    event, _category = make_open_event()
    page = begun(client, event)
    code = code_from_letter()
    EmailProof.objects.update(
        sent_at=timezone.now() - dt.timedelta(minutes=11), expires_at=timezone.now() - dt.timedelta(minutes=1)
    )
    assert "not valid any more" in client.post(page, {"code": code}).content.decode()


def test_the_code_is_not_kept_in_the_clear_and_works_once():
    event, category = make_open_event()
    draft = make_draft(event, category)
    send_code(registration=draft)
    code = code_from_letter()
    assert code not in EmailProof.objects.get().digest
    with pytest.raises(WrongCode):
        prove(registration=draft, code=other_than(code))
    assert prove(registration=draft, code=code) == draft.person
    with pytest.raises(CodeGone):
        prove(registration=draft, code=code)


def test_another_code_makes_the_first_void(client):
    event, _category = make_open_event()
    page = begun(client, event)
    first = code_from_letter()
    client.post(page, {"do": "resend"})
    second = code_from_letter()
    if first != second:
        assert client.post(page, {"code": first}).status_code == 422
    assert client.post(page, {"code": second}).status_code == 302


def test_the_code_of_one_address_does_not_prove_another(client):
    event, _category = make_open_event()
    page = begun(client, event)
    code = code_from_letter()
    Registration.objects.update(email="other@plenum.example")
    assert client.post(page, {"code": code}).status_code == 422


def test_a_second_factor_is_still_asked(client):
    event, _category = make_open_event()
    person = PersonFactory(email="ada@plenum.example")
    confirm_email(person=person)
    TOTP.activate(person, generate_totp_secret())
    page = begun(client, event)
    answer = client.post(page, {"code": code_from_letter()})
    assert "/2fa/authenticate/" in answer["Location"]
    assert "_auth_user_id" not in client.session
    assert not Registration.objects.exclude(state="draft").exists()
    client.force_login(person)  # as if the second factor had been shown
    assert "One press more" in client.get(path(event, "finish/")).content.decode()
    assert client.post(path(event, "finish/")).status_code == 302
    assert Registration.objects.get().state == "confirmed"


def test_the_session_gets_a_new_name_at_the_log_in(client):
    event, _category = make_open_event()
    page = begun(client, event)
    before = client.session.session_key
    client.post(page, {"code": code_from_letter()})
    assert client.session.session_key != before


def test_whoever_was_registered_already_is_led_there_after_the_code(client):
    event, category = make_open_event()
    person = PersonFactory(email="ada@plenum.example")
    registration = make_registration(event, category, person=person)
    page = begun(client, event)
    answer = client.post(page, {"code": code_from_letter()})
    assert registration.code in answer["Location"]


def test_another_browser_cannot_use_the_code(client):
    event, _category = make_open_event()
    page = begun(client, event)
    assert Client().post(page, {"code": code_from_letter()})["Location"] == path(event)


def test_places_that_went_while_the_code_was_on_its_way_are_told_with_the_form_kept(client):
    event, category = make_open_event(places=1)
    category.has_waiting_list = False
    category.save()
    page = begun(client, event)
    make_registration(event, category)
    answer = client.post(page, {"code": code_from_letter()})
    assert answer.status_code == 409
    assert 'value="Engineer"' in answer.content.decode()


def test_the_letter_holds_nothing_but_the_code(client):
    event, _category = make_open_event()
    begun(client, event, name="{link} <b>")
    body = OutboxMessage.objects.get().payload["body"]
    assert "{link}" not in body
    assert re.search(r"^\d{6}$", body, re.MULTILINE)


def test_a_deactivated_account_is_not_let_in(client):
    event, _category = make_open_event()
    PersonFactory(email="ada@plenum.example", is_active=False)
    page = begun(client, event)
    answer = client.post(page, {"code": code_from_letter()})
    assert "/account/inactive/" in answer["Location"]
    assert not Registration.objects.exclude(state="draft").exists()


def test_a_form_sent_again_within_seconds_gets_no_second_letter():
    event, category = make_open_event()
    draft = make_draft(event, category)
    now = timezone.now()
    for seconds in (0, 5, 40):
        with time_machine.travel(now + dt.timedelta(seconds=seconds), tick=False):
            send_code(registration=draft)
    assert OutboxMessage.objects.count() == 2
