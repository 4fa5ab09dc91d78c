"""Answering from a mail: the link opens a page for one person and one request, and only a button answers."""

import datetime as dt
import re

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from matchmaking.links import SALT, answer_link
from matchmaking.models import Meeting, MeetingRequest
from matchmaking.services.asking import ask, propose_other_time, withdraw
from matchmaking.services.booking import book
from matchmaking.services.setting_up import set_phase
from matchmaking.states import Phase
from network.models import AuditEntry
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris")


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def state() -> str:
    return MeetingRequest.objects.get().state


def test_opening_the_link_answers_nothing(client, exchange, anna, boris):
    made = ask(
        sender=boris, recipient=anna, actor=None, slot=exchange.slots.all()[1], message="About <castings>"
    )
    page = client.get(answer_link(made, anna))
    assert page.status_code == 200
    assert "About &lt;castings&gt;" in page.content.decode()
    assert client.head(answer_link(made, anna)).status_code == 200
    assert state() == "pending"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "no-cache" in page.headers["Cache-Control"]


def test_accepting_needs_no_log_in_and_shows_the_table(client, exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None, slot=exchange.slots.all()[1])
    page = client.post(answer_link(made, anna), {"do": "accept"})
    assert page.status_code == 200
    meeting = Meeting.objects.get()
    assert f'place__number">{meeting.table.number}<' in page.content.decode()
    entry = AuditEntry.objects.filter(action="request.accepted").get()
    assert entry.actor == anna.person


def test_declining_tells_the_reason(client, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    page = client.post(answer_link(made, anna), {"do": "decline", "reason": "no_time", "words": ""})
    assert "You have declined" in text_of(page)
    made.refresh_from_db()
    assert (made.state, made.reason) == ("declined", "no_time")


def test_another_time_leads_to_the_request_behind_the_log_in(client, anna, boris, exchange):
    made = ask(sender=boris, recipient=anna, actor=None)
    path = f"/en/events/{exchange.event.slug}/exchange/requests/{made.code}/"
    assert f'href="{path}?open=other#other"' in client.get(answer_link(made, anna)).content.decode()
    assert "/account/login/" in client.get(path).headers["Location"]


def test_answered_twice_it_stays_as_it_was(client, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    link = answer_link(made, anna)
    client.post(link, {"do": "accept"})
    again = client.post(link, {"do": "decline"})
    assert again.status_code == 409
    assert state() == "accepted"
    assert Meeting.objects.filter(state="booked").count() == 1
    assert "You meet" in text_of(client.get(link))


def test_a_taken_time_is_told_with_what_is_free(client, exchange, anna, boris):
    slot, other, *_rest = exchange.slots.all()
    made = ask(sender=boris, recipient=anna, actor=None, slot=slot)
    third = make_participant(exchange)
    low, high = sorted((boris, third), key=lambda one: one.pk)
    book(low=low, high=high, request=None, slot=slot, actor=None)
    page = client.post(answer_link(made, anna), {"do": "accept"})
    assert page.status_code == 409
    assert f"{other.start.astimezone(exchange.event.zone):%H:%M}" in text_of(page)
    assert state() == "pending"


def test_the_link_of_one_side_does_not_answer_for_the_other(client, exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    assert client.post(answer_link(made, boris), {"do": "accept"}).status_code == 409
    propose_other_time(request=made, by=anna, slot=exchange.slots.last(), actor=None)
    assert client.post(answer_link(made, anna), {"do": "accept"}).status_code == 409
    assert state() == "pending"
    made.refresh_from_db()
    assert client.post(answer_link(made, boris), {"do": "accept"}).status_code == 200
    assert Meeting.objects.get().slot == exchange.slots.last()


def test_what_is_over_says_so(client, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    withdraw(request=made, by=boris, actor=None)
    link = answer_link(made, anna)
    page = client.get(link)
    assert "withdrawn" in text_of(page)
    assert 'name="do"' not in page.content.decode()
    assert client.post(link, {"do": "accept"}).status_code == 409


def test_a_request_that_ran_out_is_not_accepted(client, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    MeetingRequest.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert "not answered in time" in text_of(client.get(answer_link(made, anna)))
    assert client.post(answer_link(made, anna), {"do": "accept"}).status_code == 409
    assert not Meeting.objects.exists()


def test_a_phase_without_requests_refuses_politely(client, exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    set_phase(exchange=exchange, phase=Phase.OVER, actor=None)
    assert client.post(answer_link(made, anna), {"do": "accept"}).status_code == 409


def test_forged_and_foreign_links_open_nothing(client, exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    link = answer_link(made, anna)
    assert client.get(link[:-3] + "xx/").status_code == 404
    stranger = make_participant(exchange)
    token = signing.dumps([made.pk, stranger.pk], salt=SALT, compress=True)
    base = link.rsplit("/", 2)[0]
    assert client.get(f"{base}/{token}/").status_code == 404
    other_salt = signing.dumps([made.pk, anna.pk], salt="another", compress=True)
    assert client.get(f"{base}/{other_salt}/").status_code == 404
    other = make_exchange()
    assert client.get(link.replace(exchange.event.slug, other.event.slug)).status_code == 404


def test_a_post_from_another_site_is_refused(anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    assert Client(enforce_csrf_checks=True).post(answer_link(made, anna), {"do": "accept"}).status_code == 403
    assert state() == "pending"


def test_the_secret_of_the_link_stays_out_of_the_logs(anna, boris):
    from network.web.logs import hide_personal_data

    link = answer_link(ask(sender=boris, recipient=anna, actor=None), anna)
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in hide_personal_data(None, "", f'message="Conflict: {link}"')
