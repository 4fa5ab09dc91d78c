"""Reminders: one letter in the morning, and a word on open pages before the next meeting."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse

from matchmaking.models import Exchange, Meeting
from matchmaking.services.booking import book, cancel_meeting
from matchmaking.services.reminding import remind
from matchmaking.timing import letter_due
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


def at(exchange, slot, hour: int, minute: int = 0) -> dt.datetime:
    """Return this time of the slot's day on the event's clocks."""
    return dt.datetime.combine(slot.date, dt.time(hour, minute), exchange.event.zone)


def test_everybody_gets_one_letter_with_the_meetings_of_the_day(exchange, slots):
    anna, boris, clara = (make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara"))
    meet(anna, boris, slots[0])
    meet(anna, clara, slots[5])
    assert remind(now=at(exchange, slots[0], 6, 59)) == 0
    assert remind(now=at(exchange, slots[0], 7)) == 3
    assert remind(now=at(exchange, slots[0], 7, 5)) == 0
    found = letters()
    assert found.keys() == {one.person.email for one in (anna, boris, clara)}
    assert found[anna.person.email].index("Boris") < found[anna.person.email].index("Clara")
    assert "Clara" not in found[boris.person.email]


def test_the_letter_comes_an_hour_before_the_first_meeting_at_the_latest(exchange, slots):
    Exchange.objects.update(morning_letter_at=dt.time(12))
    meet(make_participant(exchange), make_participant(exchange), slots[0])  # at ten
    meet(make_participant(exchange), make_participant(exchange), slots[5])  # half past twelve
    assert remind(now=at(exchange, slots[0], 8, 59)) == 0
    assert remind(now=at(exchange, slots[0], 9)) == 2
    assert remind(now=at(exchange, slots[0], 11, 29)) == 0
    assert remind(now=at(exchange, slots[0], 11, 30)) == 2


def test_after_an_outage_it_still_comes_while_the_first_meeting_is_ahead(exchange, slots):
    meet(make_participant(exchange), make_participant(exchange), slots[0])
    meet(make_participant(exchange), make_participant(exchange), slots[1])
    assert remind(now=slots[0].start) == 2


def test_an_exchange_may_want_no_letter_and_a_participant_none_either(exchange, slots):
    anna, boris = make_participant(exchange), make_participant(exchange, wants_reminders=False)
    meet(anna, boris, slots[0])
    Exchange.objects.update(morning_letter_at=None)
    assert remind(now=at(exchange, slots[0], 8)) == 0
    Exchange.objects.update(morning_letter_at=dt.time(7))
    assert remind(now=at(exchange, slots[0], 8)) == 1
    assert letters().keys() == {anna.person.email}


def test_who_booked_the_whole_day_since_gets_no_second_letter_about_it(exchange, slots):
    anna, boris, clara = (make_participant(exchange) for _ in range(3))
    seven = at(exchange, slots[0], 7)
    late = meet(anna, boris, slots[5])
    Meeting.objects.filter(pk=late.pk).update(created_at=seven + dt.timedelta(minutes=30))
    early = meet(boris, clara, slots[4])
    Meeting.objects.filter(pk=early.pk).update(created_at=seven - dt.timedelta(days=1))
    assert remind(now=seven + dt.timedelta(hours=1)) == 2
    assert letters().keys() == {boris.person.email, clara.person.email}


def test_the_letter_follows_the_events_clocks(slots, exchange):
    """Seven in the morning is another moment where the event is, and on each side of a change of the clocks."""
    berlin, vladivostok = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Vladivostok")
    first = dt.datetime(2027, 3, 28, 12, tzinfo=dt.UTC)
    due = [
        letter_due(date, dt.time(7), first + dt.timedelta(days=(date - first.date()).days), zone).isoformat()
        for date, zone in [
            (dt.date(2027, 3, 27), berlin), (dt.date(2027, 3, 28), berlin), (dt.date(2027, 3, 28), vladivostok),
        ]
    ]  # fmt: skip
    assert due == ["2027-03-27T06:00:00+00:00", "2027-03-28T05:00:00+00:00", "2027-03-27T21:00:00+00:00"]


@pytest.mark.parametrize(
    ("date", "at", "due"),
    [
        (dt.date(2027, 3, 28), dt.time(2, 30), "01:30"),  # skipped: half past three, as the clocks go then
        (dt.date(2027, 10, 31), dt.time(2, 30), "00:30"),  # twice there: the first
    ],
)
def test_a_time_that_the_clocks_skip_or_repeat_has_one_moment(date, at, due):
    first = dt.datetime.combine(date, dt.time(9), dt.UTC)
    assert f"{letter_due(date, at, first, ZoneInfo('Europe/Berlin')):%H:%M}" == due


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
    assert found["minutes"] == 15
    assert seen_by(client, make_participant(exchange), url) == {}


def test_no_word_on_open_pages_where_the_exchange_or_the_reader_wants_none(
    exchange, slots, client, time_machine
):
    anna, boris = make_participant(exchange, wants_reminders=False), make_participant(exchange)
    meet(anna, boris, slots[0])
    soon, mine = (reverse(f"matchmaking:{name}", args=(exchange.event.slug,)) for name in ("soon", "mine"))
    time_machine.move_to(slots[0].start - dt.timedelta(minutes=10))

    def hears(profile) -> tuple[bool, bool]:
        found = bool(seen_by(client, profile, soon))
        return found, "<exchange-soon" in client.get(mine).content.decode()

    assert (hears(anna), hears(boris)) == ((False, False), (True, True))
    Exchange.objects.update(reminder_minutes=0)
    assert hears(boris) == (False, False)


def test_a_participant_switches_her_reminders_off_and_on(exchange, client):
    anna = make_participant(exchange)
    url = reverse("matchmaking:time", args=(exchange.event.slug,))
    client.force_login(anna.person)
    assert 'id="id_wants_reminders" checked' in client.get(url).content.decode()
    for sent, kept in (({}, False), ({"wants_reminders": "on"}, True)):
        assert client.post(url, sent).status_code == 302
        anna.refresh_from_db()
        assert anna.wants_reminders is kept
    Exchange.objects.update(morning_letter_at=None, reminder_minutes=0)
    assert "wants_reminders" not in client.get(url).content.decode()
    client.post(url, {})
    anna.refresh_from_db()
    assert anna.wants_reminders is True


def test_reminding_asks_as_often_whatever_the_number_of_people(
    exchange, slots, django_assert_max_num_queries
):
    people = [make_participant(exchange) for _ in range(6)]
    for one, two in zip(people[::2], people[1::2], strict=True):
        meet(one, two, slots[0])
    with django_assert_max_num_queries(7):
        assert remind(now=slots[0].start - dt.timedelta(hours=1)) == 6
