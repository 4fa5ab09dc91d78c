"""Pages that are kept for everybody, and each reader's own part of them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import FIRST_DAY, PersonFactory, make_released_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_released_event(sessions=3)[0]


@pytest.fixture
def path(event):
    return f"/en/events/{event.slug}/programme/{FIRST_DAY}/"


def test_an_unchanged_page_costs_one_query(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len(queries) == 1


def test_each_answer_has_its_own_nonce_that_fits_its_policy(client, path):
    nonces = set()
    for _time in range(2):
        response = client.get(path)
        found = set(re.findall(rb'nonce="([^"]*)"', response.content))
        assert len(found) == 1
        nonce = found.pop().decode()
        assert f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"]
        nonces.add(nonce)
    assert len(nonces) == 2


def test_a_reader_who_has_the_page_gets_304_without_a_policy_that_would_not_fit_it(client, path):
    etag = client.get(path).headers["ETag"]
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert response.content == b""
    assert "Content-Security-Policy" not in response.headers
    assert len(queries) == 1
    weak = client.get(path, headers={"If-None-Match": f'"other", {etag.removeprefix("W/")}'})
    assert weak.status_code == 304


def test_a_new_release_a_new_name_and_other_settings_are_seen_at_once(client, event, path):
    etag = client.get(path).headers["ETag"]
    client.cookies["theme"] = "dark"
    response = client.get(path, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert b'data-theme="dark"' in response.content
    etag = response.headers["ETag"]
    session = event.sessions.first()
    session.title_en = "Renamed"
    session.save()
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304  # a draft changes nothing
    release_programme(event=event, actor=None, note="")
    response = client.get(path, headers={"If-None-Match": etag})
    assert b"Renamed" in response.content
    event.brand_colour = "#8a1f1f"
    event.save()
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 200


def test_nothing_of_one_reader_reaches_another(event, path):
    elena, ivan = PersonFactory(name="Elena Private"), PersonFactory(name="Ivan Other")
    codes = [session.code for session in event.sessions.order_by("number")]
    star_session(person=elena, event=event, code=codes[0])
    hers, his, nobodys = Client(), Client(), Client()
    hers.force_login(elena)
    his.force_login(ivan)
    pages = [client.get(path).content.decode() for client in (hers, his, nobodys)]
    pressed = [set(re.findall(r'data-star="(\w+)"[^>]*aria-pressed="true"', page)) for page in pages]
    assert pressed == [{codes[0]}, set(), set()]
    assert "EP</span>" in pages[0]
    assert "IO</span>" in pages[1]
    assert "Sign in" in pages[2]
    tokens = [re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[0] for page in pages]
    assert tokens[2] == ""
    assert tokens[0] != tokens[1]
    assert all("<|" not in page for page in pages)


def test_a_visitor_gets_no_cookie_and_the_page_is_not_shared(client, path):
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" in response.headers["Vary"]
    assert "private" in response.headers["Cache-Control"]


def test_a_star_and_a_new_log_in_make_the_kept_copy_stale(event, path):
    person, client = PersonFactory(), Client()
    client.force_login(person)
    client.get(path)
    etag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    star_session(person=person, event=event, code=event.sessions.first().code)
    response = client.get(path, headers={"If-None-Match": etag})
    assert response.status_code == 200
    client.cookies["csrftoken"] = "b" * 32
    assert client.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 200
