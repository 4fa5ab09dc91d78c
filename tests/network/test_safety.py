"""What guards the platform from outside: policies, cookies, limits, logs, and honest health."""

import logging
import re
import time

import pytest
import structlog
from django.core.cache import cache
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path as at_path

import config.urls
from network.web import health
from network.web.logs import PROCESSORS, hide_personal_data
from network.web.throttle import client_of, limit_misses
from tests.factories import PersonFactory, make_released_event

pytestmark = pytest.mark.django_db

ANSWERS = {200, 302}


def public_pages():
    event, _release = make_released_event()
    session = event.sessions.first()
    person = session.roles.first().person
    return [
        "/en/",
        "/en/account/login/",
        "/en/account/signup/",
        "/en/account/login/code/",
        "/en/account/password/reset/",
        f"/en/events/{event.slug}/",
        f"/en/events/{event.slug}/programme/{event.days.first().date}/",
        f"/en/events/{event.slug}/sessions/{session.code}/",
        f"/en/events/{event.slug}/people/",
        f"/en/events/{event.slug}/people/{person.code}/",
        f"/en/events/{event.slug}/changes/",
        "/en/no-such-page/",
    ]


def test_every_public_page_has_the_strict_policy_and_no_inline_code(client):
    pages = public_pages()
    for path in pages:
        response = client.get(path)
        if path == "/en/no-such-page/":
            assert response.status_code == 404
        else:
            assert response.status_code in ANSWERS, path
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'self'" in policy, path
        assert "object-src 'none'" in policy, path
        text = response.text
        assert not re.search(r"\sstyle\s*=", text), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
            assert "src=" in tag or "nonce=" in tag or "json" in tag, (path, tag)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"


def test_a_nonce_is_new_with_each_answer(client):
    event, _release = make_released_event()
    path = f"/en/events/{event.slug}/programme/{event.days.first().date}/"
    nonces = [
        re.findall(r"'nonce-([^']+)'", client.get(path).headers["Content-Security-Policy"])
        for _turn in range(2)
    ]
    assert nonces[0] != nonces[1] or not nonces[0]


def test_session_cookies_are_not_for_scripts_nor_for_other_sites(client, settings):
    client.force_login(PersonFactory())
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_COOKIE_SECURE is (not settings.LOCAL)
    assert cookie.value


def test_a_form_without_its_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/en/account/login/code/", {"email": "a@plenum.example"}).status_code == 403


@pytest.fixture
def request_from():
    def make(address, **headers):
        return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)

    return make


def test_a_forwarded_address_counts_behind_our_proxy_only(request_from, settings):
    request = request_from("198.51.100.7", **{"x-forwarded-for": "203.0.113.9, 192.0.2.1"})
    assert client_of(request) == "198.51.100.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_of(request) == "192.0.2.1"
    assert client_of(request_from("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::"


def test_whoever_tries_many_addresses_is_slowed_down(request_from):
    @limit_misses("trial", limit=3, seconds=60)
    def view(request, found=False):
        if not found:
            raise Http404
        return HttpResponse("here")

    walker, reader = request_from("198.51.100.7"), request_from("198.51.100.8")
    for _turn in range(5):
        assert view(reader, found=True).status_code == 200
    for _turn in range(3):
        with pytest.raises(Http404):
            view(walker)
    answer = view(walker, found=True)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert view(reader, found=True).status_code == 200
    cache.clear()
    assert view(walker, found=True).status_code == 200


def test_agenda_addresses_cannot_be_walked_through(client):
    statuses = [client.get(f"/me/agenda/wrong{turn}.ics").status_code for turn in range(22)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


@pytest.fixture
def log_lines():
    """Collect what the real formatter makes of every record."""
    formatter = structlog.stdlib.ProcessorFormatter(processors=PROCESSORS)
    lines = []

    class Collector(logging.Handler):
        def emit(self, record):
            lines.append(formatter.format(record))

    collector = Collector(level=logging.DEBUG)
    root = logging.getLogger()
    root.addHandler(collector)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(collector)
    root.setLevel(before)


def test_signing_in_leaves_no_address_in_the_logs(client, log_lines, outbox_mail, settings):
    settings.MAILERS = {**settings.MAILERS, "delivery": {"BACKEND": "tests.network.test_mail.BusyMailer"}}
    client.post("/en/account/login/code/", {"email": "vera.secret@plenum.example"})
    client.post("/en/account/login/", {"login": "vera.secret@plenum.example", "password": "x"})
    client.get("/en/nowhere/?email=vera.secret@plenum.example")
    client.get("/en/vera.secret%40plenum.example/")
    outbox_mail()
    logging.getLogger("django").error("Failed for %s", "vera.secret@plenum.example")
    try:
        int("vera.secret@plenum.example")
    except ValueError:
        logging.getLogger("django").exception("Broken")
    assert any("outbox_failure" in line for line in log_lines)
    assert any("ValueError" in line for line in log_lines)
    assert "vera.secret" not in "\n".join(log_lines)
    assert all("\n" not in line for line in log_lines)


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("to=vera@plenum.example, cc=<a.b+c@x.org>", "to=<e-mail>, cc=<<e-mail>>"),
        ("GET /me/agenda/abc_DEF-1.ics 404", "GET /me/agenda/….ics 404"),
        ("/x/?code=123456&token=s3cret&page=2", "/x/?code=…&token=…&page=2"),
        ("delivered=3 at 10:00", "delivered=3 at 10:00"),
    ],
)
def test_log_lines_are_stripped_of_addresses_and_secrets(line, clean):
    assert hide_personal_data(None, "", line) == clean


def test_ready_when_all_answer_and_honest_when_not(client, settings):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").status_code == 200
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "network.web.cache.PatientCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    started = time.monotonic()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "cache": "away", "broker": "away"}
    assert time.monotonic() - started < 3


def test_ready_answers_in_time_when_a_server_hangs(client, monkeypatch):
    monkeypatch.setattr(health, "_cache", lambda: time.sleep(8))
    started = time.monotonic()
    assert client.get("/readyz").json()["cache"] == "away"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "database",
    [
        {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": "1"},
        {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/at/all.sqlite3"},
    ],
)
def test_ready_says_so_when_the_database_is_away(monkeypatch, database):
    monkeypatch.setattr(health, "connection", ConnectionHandler({"default": database})["default"])
    started = time.monotonic()
    assert health.check_all()["database"] == "away"
    assert time.monotonic() - started < 3


def lost_database(request):
    raise OperationalError("connection to server failed for user vera@plenum.example")


def broken(request):
    raise RuntimeError


urlpatterns = [*config.urls.urlpatterns, at_path("lost/", lost_database), at_path("broken/", broken)]
handler500 = config.urls.handler500


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/lost/", 503), ("/broken/", 500)])
def test_a_lost_database_is_a_503_that_says_so(client, address, status):
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.get("Retry-After", "") == ("60" if status == 503 else "")
    assert "vera" not in answer.text


def test_a_lost_cache_is_an_empty_one(settings):
    from network.web.cache import PatientCache

    lost = PatientCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    PatientCache._silent_until = 0.0
    started = time.monotonic()
    lost.set("a", 1)
    assert lost.get("a", "nothing") == "nothing"
    assert lost.add("a", 1) is True
    assert lost.get_many(["a"]) == {}
    assert lost.set_many({"a": 1}) == ["a"]
    assert lost.delete("a") is False
    assert lost.incr("a") == 1
    assert "a" not in lost
    assert time.monotonic() - started < 2
    PatientCache._silent_until = 0.0
