"""Who opens which page of an exchange: participants their own, nobody another's, nobody another event's."""

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.models import ExchangeProfile, Meeting, ProfileState
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.joining import block, leave_exchange
from matchmaking.services.setting_up import set_phase
from matchmaking.states import Phase
from tests.factories import make_exchange, make_participant, make_team_member

pytestmark = pytest.mark.django_db

PERSONAL = ("leave", "profile", "time", "people", "search", "requests", "mine")


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris")


def client_of(person) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def at(exchange, name, *more) -> str:
    return reverse(f"matchmaking:{name}", args=(exchange.event.slug, *more))


def codes_of(exchange, one, other) -> dict[str, str]:
    accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
    meeting = Meeting.objects.get(low=min(one.pk, other.pk), high=max(one.pk, other.pk))
    return {"request": meeting.request.code, "meeting": meeting.code}


def test_a_strangers_request_and_meeting_are_not_found(exchange, anna, boris):
    third = make_participant(exchange)
    codes = codes_of(exchange, boris, third)
    for name, code in codes.items():
        assert client_of(boris.person).get(at(exchange, name, code)).status_code == 200
        for method in ("get", "post"):
            answer = getattr(client_of(anna.person), method)(at(exchange, name, code), {"do": "cancel"})
            assert answer.status_code == 404
    assert Meeting.objects.get().state == "booked"


def test_what_belongs_to_another_exchange_is_not_found_under_this_one(exchange, anna):
    other = make_exchange()
    twin = make_participant(other, person=anna.person)
    codes = codes_of(other, twin, make_participant(other))
    client = client_of(anna.person)
    for name in ("person", "ask", "pass", "block"):
        assert client.get(at(exchange, name, make_participant(other).code)).status_code == 404
    for name, code in codes.items():
        assert client.get(at(other, name, code)).status_code == 200
        assert client.get(at(exchange, name, code)).status_code == 404
    assert client.get(at(exchange, "fill", other.slots.first().pk)).status_code == 404


def test_people_kept_apart_do_not_find_each_other(exchange, anna, boris):
    assert client_of(boris.person).get(at(exchange, "person", anna.code)).status_code == 200
    block(profile=anna, other=boris, actor=None)
    for one, other in ((anna, boris), (boris, anna)):
        for name in ("person", "ask", "pass"):
            assert client_of(one.person).get(at(exchange, name, other.code)).status_code == 404


def test_who_takes_no_part_is_led_to_the_entrance_and_the_rest_to_the_log_in(exchange, anna):
    stranger = make_participant(make_exchange()).person
    for name in PERSONAL:
        answer = client_of(stranger).get(at(exchange, name))
        assert (answer.status_code, answer.headers["Location"]) == (302, at(exchange, "entrance"))
        assert "/account/login/" in client_of(None).get(at(exchange, name)).headers["Location"]


def test_who_left_is_led_to_the_entrance(exchange, anna):
    leave_exchange(profile=anna, actor=None)
    for name in PERSONAL:
        assert client_of(anna.person).get(at(exchange, name)).headers["Location"] == at(exchange, "entrance")


def test_who_has_not_filled_in_her_profile_is_led_to_it(exchange, anna):
    ExchangeProfile.objects.filter(pk=anna.pk).update(state=ProfileState.DRAFT)
    client = client_of(anna.person)
    assert client.get(at(exchange, "people")).headers["Location"] == at(exchange, "profile")
    assert client.get(at(exchange, "profile")).status_code == 200


def test_an_exchange_being_set_up_is_seen_by_its_team_alone(exchange, anna):
    set_phase(exchange=exchange, phase=Phase.SETUP, actor=None)
    matchmaker = make_team_member(exchange.event, "matchmaker")
    assert client_of(matchmaker).get(at(exchange, "entrance")).status_code == 200
    for name in ("entrance", "people", "mine", "version"):
        assert client_of(anna.person).get(at(exchange, name)).status_code == 404
    front = reverse("event_front", args=(exchange.event.slug,))
    assert at(exchange, "entrance") not in client_of(None).get(front).content.decode()
    set_phase(exchange=exchange, phase=Phase.PROFILES, actor=None)
    assert at(exchange, "entrance") in client_of(None).get(front).content.decode()


def test_the_version_is_told_to_those_who_take_part_or_run_it(exchange, anna):
    path = at(exchange, "version")
    exchange.refresh_from_db()
    assert client_of(anna.person).get(path).json() == {"version": exchange.version}
    assert client_of(make_team_member(exchange.event, "matchmaker")).get(path).status_code == 200
    assert client_of(None).get(path).status_code == 404
    assert client_of(make_participant(make_exchange()).person).get(path).status_code == 404
