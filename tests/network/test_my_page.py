"""A person's own pages: agenda, profile, her data, and the end of the account."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import translation

from network.models import Affiliation, AuditEntry, Person
from network.queries import SHOW_CONTACTS, has_consent
from network.services import confirm_email, give_consent
from sessions_app.events.models import TeamRole
from sessions_app.programme.models import Star
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import OrganisationFactory, PersonFactory, make_event, make_released_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    person = PersonFactory(name="Vera <Example>", email="vera@plenum.example", password="x9 long enough")
    confirm_email(person=person)
    client.force_login(person)
    return person


def star_all(person, event):
    for session in event.sessions.all():
        star_session(person=person, event=event, code=session.code)


OPEN = ["me", "me_profile", "me_privacy", "me_download", "me_erase"]


@pytest.mark.parametrize("name", OPEN)
def test_own_pages_ask_for_a_log_in_and_are_never_kept(client, name):
    with translation.override("en"):
        path = reverse(name)
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/account/login/?next=")
    client.force_login(PersonFactory())
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_the_agenda_shows_starred_sessions_by_event_and_day_with_the_feed(client, vera, settings):
    event, _release = make_released_event(sessions=3, name_en="Forum of clusters")
    star_all(vera, event)
    page = client.get("/en/me/").text
    vera.refresh_from_db()
    assert "Forum of clusters" in page
    assert "Vera &lt;Example&gt;" in page
    assert f"{settings.BASE_URL}/me/agenda/{vera.agenda_token}.ics" in page
    for session in event.sessions.all():
        assert session.title_en in page


def test_the_agenda_shows_only_what_is_released_and_says_what_is_cancelled(client, vera):
    event, _release = make_released_event(sessions=2)
    star_all(vera, event)
    gone, kept = event.sessions.order_by("number")
    kept.title_en = "Not released yet"
    kept.save()
    page = client.get("/en/me/").text
    assert "Not released yet" not in page
    gone.state = "withdrawn"
    gone.save()
    release_programme(event=event, actor=None, note="One less")
    page = client.get("/en/me/").text
    assert "Not released yet" in page
    assert "session--cancelled" in page


def test_an_event_that_is_hidden_or_without_release_is_not_on_the_agenda(client, vera):
    hidden, _release = make_released_event(name_en="Hidden forum")
    unreleased = make_event(name_en="Unreleased forum")
    star_all(vera, hidden)
    star_all(vera, unreleased)
    hidden.is_public = False
    hidden.save()
    page = client.get("/en/me/").text
    assert "Hidden forum" not in page
    assert "Unreleased forum" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_agenda_needs_the_same_queries_for_one_event_as_for_three_sessions(
    client, vera, django_assert_max_num_queries, count
):
    event, _release = make_released_event(sessions=count)
    star_all(vera, event)
    client.get("/en/me/")
    with django_assert_max_num_queries(
        15
    ):  # nine, and those of the parts that registration, delegations, calls, exchange and marketplace add
        client.get("/en/me/")


def test_a_new_calendar_address_makes_the_old_one_void(client, vera):
    client.get("/en/me/")
    vera.refresh_from_db()
    before = vera.agenda_token
    assert client.get("/en/me/address/").status_code == 405
    client.post("/en/me/address/")
    vera.refresh_from_db()
    assert vera.agenda_token != before
    assert client.get(f"/me/agenda/{before}.ics").status_code == 404


def profile(**changes):
    return {
        "name": "Вера Иванова",
        "name_latin": "Vera Ivanova",
        "locale": "ru",
        "biography_en": "Builds clusters.",
        "biography_ru": "Строит кластеры.",
    } | changes


def test_the_profile_is_kept_in_both_languages_with_an_audit_row(client, vera):
    assert (
        client.post("/en/me/profile/", profile(email="evil@plenum.example", is_staff="1")).status_code == 302
    )
    vera.refresh_from_db()
    assert (vera.name, vera.name_latin, vera.locale) == ("Вера Иванова", "Vera Ivanova", "ru")
    assert (vera.biography_en, vera.biography_ru) == ("Builds clusters.", "Строит кластеры.")
    assert (vera.email, vera.is_staff) == ("vera@plenum.example", False)
    entry = AuditEntry.objects.get(action="person.profile_changed")
    assert entry.changes["name"] == ["Vera <Example>", "Вера Иванова"]
    client.post("/en/me/profile/", profile())
    assert AuditEntry.objects.filter(action="person.profile_changed").count() == 1


def test_a_profile_without_a_name_keeps_what_was_entered(client, vera):
    answer = client.post("/en/me/profile/", profile(name=""))
    assert answer.status_code == 422
    assert "Builds clusters." in answer.text
    vera.refresh_from_db()
    assert vera.name == "Vera <Example>"


def test_the_consent_to_contact_data_is_given_and_withdrawn(client, vera):
    client.post("/en/me/privacy/", {"show_contacts": "yes"})
    assert has_consent(vera, SHOW_CONTACTS)
    client.post("/en/me/privacy/", {})
    assert not has_consent(vera, SHOW_CONTACTS)


def affiliate(person):
    return Affiliation.objects.create(
        person=person, organisation=OrganisationFactory(), since=dt.date(2026, 1, 1), post="Director"
    )


def test_the_download_holds_what_every_floor_keeps(client, vera):
    event, _release = make_released_event()
    star_all(vera, event)
    TeamRole.objects.create(event=event, person=vera, role="organiser")
    affiliate(vera)
    give_consent(person=vera, purpose=SHOW_CONTACTS, text_version="1")
    answer = client.get("/en/me/privacy/data.json")
    assert answer["Content-Disposition"] == f'attachment; filename="plenum-{vera.code}.json"'
    data = json.loads(answer.content)
    assert data["person"]["email"] == "vera@plenum.example"
    assert data["email_addresses"] == [{"email": "vera@plenum.example", "verified": True, "primary": True}]
    assert data["team_roles"] == [{"event": event.slug, "role": "organiser"}]
    assert [star["session"] for star in data["stars"]] == [event.sessions.get().code]
    assert data["affiliations"][0]["post"] == "Director"
    assert data["consents"][0]["purpose"] == SHOW_CONTACTS
    assert data["session_roles"] == []


def erase(client):
    return client.post("/en/me/privacy/erase/", {"email": "VERA@plenum.example"})


def test_erasing_takes_away_all_that_is_hers_and_logs_her_out(client, vera):
    event, _release = make_released_event()
    star_all(vera, event)
    TeamRole.objects.create(event=event, person=vera, role="organiser")
    affiliate(vera)
    give_consent(person=vera, purpose=SHOW_CONTACTS, text_version="1")
    client.get("/en/me/")
    assert erase(client).status_code == 302
    vera = Person.objects.get(pk=vera.pk)
    assert (vera.email, vera.name, vera.agenda_token, vera.is_active) == (None, "", None, False)
    assert not vera.has_usable_password()
    assert not vera.emailaddress_set.exists()
    assert not vera.affiliations.exists()
    assert not Star.objects.exists()
    assert not TeamRole.objects.exists()
    assert not has_consent(vera, SHOW_CONTACTS)
    assert client.get("/en/me/").status_code == 302
    entry = AuditEntry.objects.get(action="person.erased")
    assert (entry.object_id, entry.object_name) == (str(vera.pk), vera.code)


def test_who_stands_in_a_released_programme_keeps_her_name_there(client, vera):
    event, _release = make_released_event()
    role = event.sessions.get().roles.get()
    role.person = vera
    role.save()
    erase(client)
    vera.refresh_from_db()
    assert (vera.name, vera.email) == ("Vera <Example>", None)


def test_an_account_is_not_erased_by_a_slip(client, vera):
    assert client.get("/en/me/privacy/erase/").status_code == 200
    assert client.post("/en/me/privacy/erase/", {"email": "other@plenum.example"}).status_code == 422
    vera.refresh_from_db()
    assert vera.is_active


def test_an_erased_address_can_sign_up_anew(client, vera, outbox_mail):
    erase(client)
    client.post("/en/account/signup/", {"email": "vera@plenum.example", "name": "Vera again"})
    assert Person.objects.filter(email="vera@plenum.example").count() == 1
