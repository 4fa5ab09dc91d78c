"""A person's agenda of an event, with and without an account."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.programme.models import SessionState
from sessions_app.programme.queries import starred_codes
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import FIRST_DAY, PersonFactory, SessionFactory, make_released_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_released_event(sessions=3)[0]


@pytest.fixture
def codes(event):
    return [session.code for session in event.sessions.order_by("number")]


@pytest.fixture
def person():
    return PersonFactory()


@pytest.fixture
def signed_in(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    return client


def star_path(event, code):
    return reverse("programme_star", args=(event.slug, code))


def token_of(client, event):
    client.get(f"/en/events/{event.slug}/programme/{FIRST_DAY}/")
    return client.cookies["csrftoken"].value


def test_the_form_of_a_star_works_without_script(signed_in, event, codes, person):
    data = {"csrfmiddlewaretoken": token_of(signed_in, event)}
    page = f"http://testserver/en/events/{event.slug}/programme/{FIRST_DAY}/"
    response = signed_in.post(star_path(event, codes[0]), data, headers={"Referer": page})
    assert response.headers["Location"] == page
    assert starred_codes(person, event) == [codes[0]]
    signed_in.post(star_path(event, codes[0]), data)
    assert starred_codes(person, event) == []


def test_a_script_says_which_way_and_may_say_it_twice(signed_in, event, codes, person):
    data = {"csrfmiddlewaretoken": token_of(signed_in, event), "on": "1"}
    for _time in range(2):
        response = signed_in.post(star_path(event, codes[0]), data, headers={"HX-Request": "true"})
        assert response.status_code == 204
    assert starred_codes(person, event) == [codes[0]]


def test_a_star_from_another_site_is_refused(signed_in, event, codes, person):
    assert signed_in.post(star_path(event, codes[0])).status_code == 403
    merge = signed_in.post(reverse("merge_stars"), {"event": event.slug, "code": codes})
    assert merge.status_code == 403
    assert starred_codes(person, event) == []


def test_a_star_leads_back_to_this_site_only(signed_in, event, codes):
    data = {"csrfmiddlewaretoken": token_of(signed_in, event)}
    response = signed_in.post(star_path(event, codes[0]), data, headers={"Referer": "https://evil.example/"})
    assert response.headers["Location"] == f"/en/events/{event.slug}/sessions/{codes[0]}/"


def test_a_visitor_without_script_is_asked_to_sign_in(client, event, codes):
    response = Client(enforce_csrf_checks=True).post(star_path(event, codes[0]))
    assert response.status_code == 302
    assert "/account/login/" in response.headers["Location"]


def test_a_session_that_is_not_released_cannot_be_starred(signed_in, event, person):
    draft = SessionFactory(event=event, number=90, state=SessionState.DRAFT)
    data = {"csrfmiddlewaretoken": token_of(signed_in, event), "on": "1"}
    assert signed_in.post(star_path(event, draft.code), data).status_code == 404
    data |= {"event": event.slug, "code": [draft.code]}
    assert signed_in.post(reverse("merge_stars"), data).json() == {"added": 0}
    assert not person.stars.exists()


def test_stars_of_the_browser_are_merged_at_log_in(signed_in, event, codes, person):
    data = {"csrfmiddlewaretoken": token_of(signed_in, event), "event": event.slug}
    data["code"] = [*codes[:2], "NOSUCH", "\x00"]
    assert signed_in.post(reverse("merge_stars"), data).json() == {"added": 2}
    assert set(starred_codes(person, event)) == set(codes[:2])
    nobody = {**data, "event": "no\x00such"}
    assert signed_in.post(reverse("merge_stars"), nobody).json() == {"added": 0}


def test_the_agenda_names_what_overlaps(signed_in, event, codes, person):
    first, beside, later = event.sessions.order_by("number")  # the first two are held at the same time
    for code in codes:
        star_session(person=person, event=event, code=code)
    page = signed_in.get(f"/en/events/{event.slug}/agenda/").content.decode()
    assert f"Overlaps with “{beside.title_en}”, 09:00–09:10" in page
    assert f"Overlaps with “{first.title_en}”, 09:00–09:10" in page
    assert f"“{later.title_en}”" not in page
    assert "/me/agenda/" in page


def test_an_agenda_shows_what_was_cancelled(signed_in, event, codes, person):
    star_session(person=person, event=event, code=codes[0])
    gone = event.sessions.get(code=codes[0])
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=event, actor=None, note="")
    page = signed_in.get(f"/en/events/{event.slug}/agenda/").content.decode()
    assert gone.title_en in page
    assert "Cancelled" in page


def test_a_visitors_agenda_is_made_from_the_address(client, event, codes):
    first, second, third = event.sessions.order_by("number")
    path = f"/en/events/{event.slug}/agenda/"
    assert "Nothing on your agenda yet" in client.get(path).content.decode()
    page = client.get(path, {"s": f"{codes[0]},{codes[2].lower()},NOSUCH"}).content.decode()
    assert first.title_en in page
    assert third.title_en in page
    assert second.title_en not in page
    assert f"session={codes[0]}%2C{codes[2]}" in page
    assert "/me/agenda/" not in page


def test_nobody_sees_anothers_agenda(event, codes, person):
    star_session(person=person, event=event, code=codes[0])
    other = Client()
    other.force_login(PersonFactory())
    page = other.get(f"/en/events/{event.slug}/agenda/").content.decode()
    assert "Nothing on your agenda yet" in page


def test_the_day_of_a_signed_in_person_names_overlaps_and_nobody_elses(
    signed_in, client, event, codes, person
):
    day = f"/en/events/{event.slug}/programme/{FIRST_DAY}/"
    event.sessions.update(start=event.sessions.first().start, end=event.sessions.first().end)
    release_programme(event=event, actor=None, note="", override_reason="one time for all")
    client.get(day)
    for code in codes[:2]:
        star_session(person=person, event=event, code=code)
    hers = signed_in.get(day).content.decode()
    title = event.sessions.get(code=codes[1]).title_en
    assert f'data-clash="{codes[0]}">' in hers
    assert f"<span>Overlaps with “{title}”, " in hers
    assert f'data-clash="{codes[2]}" hidden>' in hers
    assert "<span>Overlaps" not in client.get(day).content.decode()


def test_an_empty_agenda_has_no_updates_to_pause(client, event, codes):
    path = f"/en/events/{event.slug}/agenda/"
    assert "Pause updates" not in client.get(path).content.decode()
    assert "Pause updates" in client.get(path, {"s": codes[0]}).content.decode()
