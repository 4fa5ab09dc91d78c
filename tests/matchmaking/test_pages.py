"""What all pages of the exchange have in common: few queries, small style sheets, and odd moments."""

import pytest
from django.test import Client

from matchmaking.services.asking import ask
from matchmaking.services.booking import book
from matchmaking.services.joining import block
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import (
    SessionFactory,
    make_exchange,
    make_open_event,
    make_participant,
)
from tests.matchmaking.visiting import at, client_of, met, offer, text_of, topic

pytestmark = pytest.mark.django_db


def filled(exchange, count: int) -> None:
    steel = topic(f"steel-{count}")
    for number in range(count):
        one = make_participant(exchange, name=f"Partner {number}", region="RU-KLU", languages=["ru", "en"])
        offer(one, "offer", "Castings", steel)
        offer(one, "need", "Sand", steel)


@pytest.mark.parametrize("name", ["people", "search", "requests", "mine", "profile", "time"])
def test_a_page_asks_as_often_whatever_the_number_of_people(
    exchange, anna, boris, name, django_assert_max_num_queries
):
    client = client_of(anna)
    offer(anna, "need", "Castings", topic("need"))
    starred = SessionFactory(event=exchange.event, number=1)
    release_programme(event=exchange.event, actor=None, note="First")
    star_session(person=anna.person, event=exchange.event, code=starred.code)
    met(anna, boris)
    filled(exchange, 1)
    client.get(at(exchange, name))
    with django_assert_max_num_queries(15) as one:
        client.get(at(exchange, name))
    filled(exchange, 3)
    for _more in range(2):
        ask(sender=make_participant(exchange), recipient=anna, actor=None)
        met(anna, make_participant(exchange))
    with django_assert_max_num_queries(len(one)):
        client.get(at(exchange, name))


def test_the_pages_of_three_hundred_people_ask_no_more_often(exchange, anna, django_assert_max_num_queries):
    offer(anna, "need", "Castings", topic("need"))
    filled(exchange, 300)
    client = client_of(anna)
    client.get(at(exchange, "people"))
    for name in ("people", "search", "mine"):
        with django_assert_max_num_queries(15):
            assert client.get(at(exchange, name)).status_code == 200


def test_the_style_sheets_of_a_page_stay_small():
    import gzip
    from pathlib import Path

    from django.contrib.staticfiles.finders import find

    sheets = (find("cms/plenum.css"), find("matchmaking/exchange.css"))
    assert sum(len(gzip.compress(Path(sheet).read_bytes())) for sheet in sheets) <= 12 * 1024


def test_a_meeting_of_the_team_stands_without_a_request(exchange, anna, boris):
    low, high = sorted((anna, boris), key=lambda one: one.pk)
    meeting = book(low=low, high=high, request=None, slot=None, actor=None)
    assert client_of(anna).get(at(exchange, "meeting", meeting.code)).status_code == 200


def test_a_blocked_pair_keeps_its_ended_request_readable(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    block(profile=anna, other=boris, actor=None)
    assert client_of(boris).get(at(exchange, "request", made.code)).status_code == 200


def test_a_closed_registration_is_told_at_the_entrance():
    exchange = make_exchange(make_open_event()[0], phase="profiles")
    assert "profiles" in text_of(Client().get(at(exchange, "entrance"))).lower()
