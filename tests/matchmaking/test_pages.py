"""The pages of a participant: joining, profile, partners, requests, her day."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.models import Meeting
from matchmaking.services.asking import accept, ask
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna Example")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris Example")


def client_of(profile) -> Client:
    client = Client()
    client.force_login(profile.person)
    return client


def at(exchange, name, *more) -> str:
    return reverse(f"matchmaking:{name}", args=(exchange.event.slug, *more))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_every_page_answers(exchange, anna, boris):
    client = client_of(anna)
    asked = ask(sender=boris, recipient=anna, actor=None)
    other = make_participant(exchange, name="Clara Example")
    accept(request=ask(sender=other, recipient=anna, actor=None), by=anna, actor=None)
    meeting = Meeting.objects.get()
    slot = exchange.slots.last()
    for path in (
        *(
            at(exchange, name)
            for name in (
                "entrance",
                "leave",
                "profile",
                "time",
                "people",
                "search",
                "requests",
                "mine",
                "version",
            )
        ),
        at(exchange, "person", boris.code),
        at(exchange, "ask", make_participant(exchange).code),
        at(exchange, "pass", boris.code),
        at(exchange, "block", boris.code),
        at(exchange, "request", asked.code),
        at(exchange, "meeting", meeting.code),
        at(exchange, "fill", slot.pk),
    ):
        assert client.get(path).status_code == 200, path
