"""Meetings in a participant's own calendar feed: they stand there once, move, and are cancelled for good."""

import datetime as dt

import pytest
from icalendar import Calendar

from matchmaking.models import Meeting
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from matchmaking.services.booking import cancel_meeting, move_meeting
from matchmaking.services.joining import block
from matchmaking.services.marking import tell_late
from sessions_app.events.models import Event
from sessions_app.programme.services.starring import agenda_token, star_session
from tests.factories import make_exchange, make_open_event, make_participant, make_released_event

pytestmark = pytest.mark.django_db
FAR = dt.date.today() + dt.timedelta(days=40)  # noqa: DTZ011 - any day that lies ahead


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna", post="Buyer, head", organisation_name="Altai; Bio")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris", post="Engineer", organisation_name="Composites, Ltd")


def met(one, other) -> Meeting:
    accept(request=ask(sender=one, recipient=other, actor=None), by=other, actor=None)
    return Meeting.objects.get()


def feed(client, profile) -> Calendar:
    answer = client.get(f"/me/agenda/{agenda_token(person=profile.person)}.ics")
    assert answer.status_code == 200
    return Calendar.from_ical(answer.content)


def entries(client, profile) -> list:
    return list(feed(client, profile).walk("VEVENT"))


def test_a_meeting_stands_in_the_feeds_of_both_with_its_place(client, anna, boris, exchange):
    meeting = met(anna, boris)
    type(meeting.table).objects.update(zone_en="Zone A", zone_ru="Зона А")
    for reader, other in ((anna, boris), (boris, anna)):
        (entry,) = entries(client, reader)
        assert str(entry["SUMMARY"]) == f"Meeting with {other.name}"
        assert other.organisation_name in str(entry["DESCRIPTION"])
        assert f"table {meeting.table.number}, Zone A" in str(entry["LOCATION"])
        assert entry["STATUS"] == "CONFIRMED"
        assert entry["DTSTART"].dt == meeting.slot.start
        assert entry["DTEND"].dt == meeting.slot.end
        assert f"/exchange/meetings/{meeting.code}/" in str(entry["URL"])


def test_times_are_the_events_with_its_zone(client, anna, boris):
    meeting = met(anna, boris)
    calendar = feed(client, anna)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Moscow"]
    (entry,) = calendar.walk("VEVENT")
    assert entry["DTSTART"].params["TZID"] == "Europe/Moscow"
    assert entry["DTSTART"].dt.utcoffset() == dt.timedelta(hours=3)
    assert entry["DTSTART"].dt == meeting.slot.start


def test_a_moved_meeting_keeps_its_name_and_counts_on(client, anna, boris, exchange):
    meeting = met(anna, boris)
    (before,) = entries(client, anna)
    slot = exchange.slots.exclude(pk=meeting.slot_id).last()
    move_meeting(meeting=meeting, slot=slot, actor=None)
    (after,) = entries(client, anna)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTART"].dt == slot.start
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


def test_a_cancelled_meeting_stays_as_cancelled_with_its_reason(client, anna, boris):
    meeting = met(anna, boris)
    (before,) = entries(client, boris)
    cancel_meeting(meeting=meeting, by=anna, actor=None, reason="The train is late")
    (after,) = entries(client, boris)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "The train is late" in str(after["DESCRIPTION"])


def test_a_new_meeting_of_the_same_two_is_another_entry(client, anna, boris):
    cancel_meeting(meeting=met(anna, boris), by=anna, actor=None, reason="")
    accept(request=ask(sender=anna, recipient=boris, actor=None), by=boris, actor=None)
    found = entries(client, anna)
    assert sorted(str(entry["STATUS"]) for entry in found) == ["CANCELLED", "CONFIRMED"]
    assert len({str(entry["UID"]) for entry in found}) == 2


def test_running_late_is_told_by_the_entry(client, anna, boris):
    meeting = met(anna, boris)
    tell_late(meeting=meeting, by=anna, minutes=10, actor=None)
    (entry,) = entries(client, boris)
    assert "10 minutes later" in str(entry["DESCRIPTION"])
    assert entry["SEQUENCE"] == 1


def test_a_blocked_person_is_cancelled_without_being_told_why(client, anna, boris):
    met(anna, boris)
    block(profile=anna, other=boris, actor=None)
    (entry,) = entries(client, boris)
    assert entry["STATUS"] == "CANCELLED"
    assert "block" not in entry.to_ical().decode().lower()


def test_a_meeting_on_line_has_its_room_as_its_place(client):
    exchange = make_exchange(make_open_event()[0], room_link="https://meet.example/{code}")
    anna, boris = make_participant(exchange, is_remote=True), make_participant(exchange)
    meeting = met(anna, boris)
    (entry,) = entries(client, boris)
    assert str(entry["LOCATION"]) == f"https://meet.example/{meeting.code}"


def test_meetings_stand_beside_starred_sessions_in_one_feed(client):
    event, _release = make_released_event(sessions=1, dates=[FAR])
    exchange = make_exchange(event)
    anna, boris = make_participant(exchange), make_participant(exchange)
    star_session(person=anna.person, event=event, code=event.sessions.get().code)
    meeting = met(anna, boris)
    found = {str(entry["UID"]).partition("@")[0] for entry in entries(client, anna)}
    assert found == {str(event.sessions.get().guid), f"meeting-{meeting.code}"}
    assert len(entries(client, boris)) == 1


def test_the_language_is_the_persons(client, anna, boris):
    met(anna, boris)
    type(anna.person).objects.filter(pk=anna.person_id).update(locale="ru")
    (entry,) = entries(client, anna)
    assert str(entry["SUMMARY"]) == "Встреча: Boris"


def test_a_hidden_events_meetings_are_not_told(client, anna, boris, exchange):
    met(anna, boris)
    Event.objects.filter(pk=exchange.event_id).update(is_public=False)
    assert entries(client, anna) == []


def test_the_feed_asks_once_for_all_meetings(client, anna, boris, exchange, django_assert_max_num_queries):
    met(anna, boris)
    path = f"/me/agenda/{agenda_token(person=anna.person)}.ics"
    client.get(path)
    with django_assert_max_num_queries(6) as first:
        client.get(path)
    for _more in range(2):
        other = make_participant(exchange)
        accept(request=ask(sender=anna, recipient=other, actor=None), by=other, actor=None)
    with django_assert_max_num_queries(len(first)):
        client.get(path)
