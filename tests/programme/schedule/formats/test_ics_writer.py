"""Calendars that programs follow."""

import datetime as dt
from dataclasses import replace

import icalendar
import pytest

from sessions_app.programme.schedule.diff import stamp
from sessions_app.programme.schedule.formats.ics_writer import write_ics
from sessions_app.programme.schedule.formats.vtimezone import vtimezone
from sessions_app.programme.schedule.model import SessionKind
from sessions_app.programme.schedule.zones import zone
from tests.programme.schedule.builders import at, full, room, schedule, session

FIRST, SECOND = at(1, 10), at(1, 11)


def parsed(feed):
    return icalendar.Calendar.from_ical(feed)


def entries(feed):
    return {str(item["UID"]): item for item in parsed(feed).walk("VEVENT")}


def test_a_move_keeps_the_uid_and_raises_the_sequence():
    first = stamp(schedule(session(1, at(3, 9))), None, 1, FIRST)
    second = stamp(schedule(session(1, at(3, 12))), first, 2, SECOND)
    before, after = (entries(write_ics(release, domain="example.org")) for release in (first, second))
    assert before.keys() == after.keys() == {f"{first.sessions[0].guid}@example.org"}
    (old,), (new,) = before.values(), after.values()
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (1, 2)
    assert (old["LAST-MODIFIED"].dt, new["LAST-MODIFIED"].dt) == (FIRST, SECOND)
    assert new["DTSTART"].dt == at(3, 12)


def test_what_was_removed_is_cancelled():
    first = stamp(schedule(session(1, at(3, 9)), session(2, at(3, 9))), None, 1, FIRST)
    second = stamp(schedule(session(2, at(3, 9))), first, 2, SECOND)
    found = entries(write_ics(second, domain="example.org"))
    states = {(str(item["STATUS"]), item["SEQUENCE"]) for item in found.values()}
    assert states == {("CONFIRMED", 1), ("CANCELLED", 2)}


def test_a_feed_of_some_sessions_cancels_too():
    first = stamp(schedule(session(1, at(3, 9)), session(2, at(3, 9))), None, 1, FIRST)
    second = stamp(schedule(session(2, at(3, 9))), first, 2, SECOND)
    (entry,) = entries(write_ics(second, domain="example.org", sessions=second.removed, name="Mine")).values()
    assert entry["STATUS"] == "CANCELLED"


def test_everything_that_a_calendar_shows():
    event = full()
    feed = write_ics(
        event,
        domain="example.org",
        language="en",
        url_for=lambda item: f"https://example.org/s/{item.code}",
        contact="team@example.org",
        kind_names={SessionKind.PANEL: "Panel discussion"},
    )
    entry = entries(feed)[f"{event.sessions[1].guid}@example.org"]
    assert entry["SUMMARY"] == "Session 2"
    assert entry["LOCATION"] == "Hall 2, Congress centre"
    assert entry["DESCRIPTION"] == "Анна Ли, Person 2\n\nAn open talk\n\nLong"
    assert entry["URL"] == "https://example.org/s/S00002"
    assert entry["ORGANIZER"] == "mailto:team@example.org"
    assert entry["ORGANIZER"].params["CN"] == "Cluster, Фонд"
    assert entry["CATEGORIES"].to_ical() == b"Industry,Panel discussion"
    assert entry["DTSTART"].params["TZID"] == "Europe/Moscow"
    assert entry["DTSTAMP"].dt == event.released_at


def test_the_head_names_the_calendar_and_how_often_to_ask():
    calendar = parsed(write_ics(full(), domain="example.org", name="My agenda"))
    assert (calendar["NAME"], calendar["X-WR-CALNAME"]) == ("My agenda", "My agenda")
    assert calendar["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["X-PUBLISHED-TTL"] == "PT1H"
    assert [str(item["TZID"]) for item in calendar.walk("VTIMEZONE")] == ["Europe/Moscow"]


def test_lines_are_folded_within_characters():
    long = schedule(session(1, at(3, 9), title={"en": "Ж🛰" * 150}, room=room(1).key))
    feed = write_ics(long, domain="example.org")
    lines = feed.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    assert str(entries(feed).popitem()[1]["SUMMARY"]) == "Ж🛰" * 150


def test_an_empty_calendar_is_valid():
    assert parsed(write_ics(schedule(), domain="example.org")).walk("VEVENT") == []


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "Europe/Moscow",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Asia/Tokyo",
        "Africa/Casablanca",
    ],
)
def test_time_zones_say_what_the_clocks_show(name):
    (component,) = parsed(b"BEGIN:VCALENDAR\r\n" + vtimezone(name, 2026, 2027) + b"END:VCALENDAR\r\n").walk(
        "VTIMEZONE"
    )
    onsets = sorted(
        (part["DTSTART"].dt - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in component.subcomponents
    )
    instant = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    while instant.year < 2028:
        naive = instant.replace(tzinfo=None)
        offset = [to for onset, to in onsets if onset <= naive][-1]
        assert offset == instant.astimezone(zone(name)).utcoffset(), instant
        instant += dt.timedelta(minutes=30)


def test_a_time_shown_twice_is_written_in_utc():
    berlin = replace(schedule(), zone="Europe/Berlin")
    second = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    feed = write_ics(replace(berlin, sessions=(session(1, second),)), domain="example.org")
    assert b"DTSTART:20261025T013000Z" in feed
