"""Reminders: one letter in the morning, and a word on open pages before the next meeting."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from matchmaking.models import Exchange
from matchmaking.services.booking import book, cancel_meeting
from matchmaking.services.reminding import AHEAD, remind
from network.delivery import deliver_due
from tests.factories import make_exchange, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange(phase="live")


@pytest.fixture
def slots(exchange):
    return list(exchange.slots.all())


def meet(one, two, slot):
    low, high = sorted([one, two], key=lambda profile: profile.pk)
    return book(low=low, high=high, request=None, slot=slot, actor=None)


def letters() -> dict[str, str]:
    """Deliver what is due; return the morning's letters by address."""
    deliver_due()
    return {letter.to[0]: letter.body for letter in mail.outbox if "today you meet" in letter.body}


def test_everybody_gets_one_letter_with_the_meetings_of_the_day(exchange, slots):
    anna, boris, clara = (make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara"))
    meet(anna, boris, slots[0])
    meet(anna, clara, slots[5])
    early = slots[0].start - AHEAD
    assert remind(now=early - dt.timedelta(minutes=1)) == 0
    assert remind(now=early) == 2  # Clara's day begins later
    assert remind(now=early + dt.timedelta(minutes=5)) == 0
    assert remind(now=slots[5].start - AHEAD + dt.timedelta(minutes=1)) == 1
    found = letters()
    assert found.keys() == {one.person.email for one in (anna, boris, clara)}
    assert found[anna.person.email].index("Boris") < found[anna.person.email].index("Clara")
    assert "Clara" not in found[boris.person.email]


def test_nobody_is_reminded_of_what_does_not_take_place(exchange, slots):
    anna, boris = make_participant(exchange), make_participant(exchange)
    cancel_meeting(meeting=meet(anna, boris, slots[0]), by=anna, actor=None, reason="ill")
    assert remind(now=slots[0].start - dt.timedelta(hours=1)) == 0
    meet(anna, make_participant(exchange), slots[1])
    Exchange.objects.update(phase="over")
    assert remind(now=slots[1].start - dt.timedelta(hours=1)) == 0


def test_the_letter_speaks_the_readers_language(exchange, slots):
    anna = make_participant(exchange)
    anna.person.locale = "ru"
    anna.person.save()
    meet(anna, make_participant(exchange), slots[0])
    remind(now=slots[0].start - dt.timedelta(hours=1))
    deliver_due()
    assert any(
        "сегодня у вас" in letter.body.lower() for letter in mail.outbox if letter.to == [anna.person.email]
    )


def seen_by(client, profile, url) -> dict[str, str]:
    client.force_login(profile.person)
    return client.get(url).json()


def test_open_pages_learn_of_the_next_meeting_only(exchange, slots, client, time_machine):
    anna, boris, clara = (make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara"))
    meet(anna, boris, slots[1])
    meet(anna, clara, slots[0])
    url = reverse("matchmaking:soon", args=(exchange.event.slug,))
    assert seen_by(client, anna, url) == {}  # it is weeks ahead
    time_machine.move_to(slots[0].start - dt.timedelta(minutes=10))
    found = seen_by(client, anna, url)
    assert found["at"] == slots[0].start.isoformat()
    assert found["text"].startswith("Clara, table ")
    assert seen_by(client, make_participant(exchange), url) == {}


def test_reminding_asks_as_often_whatever_the_number_of_people(
    exchange, slots, django_assert_max_num_queries
):
    people = [make_participant(exchange) for _ in range(6)]
    for one, two in zip(people[::2], people[1::2], strict=True):
        meet(one, two, slots[0])
    with django_assert_max_num_queries(7):
        assert remind(now=slots[0].start - dt.timedelta(hours=1)) == 6
