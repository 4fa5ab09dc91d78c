"""Real schedules that nobody here wrote come in, and go out valid."""

import datetime as dt
import time
from collections import Counter
from dataclasses import replace

import icalendar
import pytest

from sessions_app.programme.schedule.formats.ics_writer import write_ics
from sessions_app.programme.schedule.formats.json_writer import write_json
from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.schedule.formats.table_writer import write_csv, write_xlsx
from sessions_app.programme.schedule.formats.xml_writer import write_xml
from tests.programme.schedule.formats.schemas import json_errors, needs_data, sample, xml_errors

pytestmark = needs_data

SAMPLES = {
    "debconf23.xml": ("xml", 117, 8, 5, "Asia/Kolkata"),
    "frab-camp2019.json": ("json", 79, 5, 2, "Europe/Berlin"),
    "linux_conf_au_2020.ics": ("ics", 262, 6, 7, "Australia/Brisbane"),
}


@pytest.fixture(params=SAMPLES)
def reading(request):
    return read(sample(request.param))


@pytest.mark.parametrize("name", SAMPLES)
def test_counts(name):
    reading = read(sample(name))
    schedule = reading.schedule
    found = (reading.format, len(schedule.sessions), len(schedule.days), len(schedule.rooms), schedule.zone)
    assert found == SAMPLES[name]
    assert len(reading.identities) == len(schedule.sessions)
    assert not reading.errors


def test_deviations_of_a_schedule_xml_name_their_lines():
    reading = read(sample("debconf23.xml"))
    lines = {(item.line, item.code) for item in reading.deviations}
    assert (125, "element_missing") in lines
    assert Counter(item.code for item in reading.deviations) == {"element_missing": 7, "day_date_differs": 8}
    assert [day.date for day in reading.schedule.days] == [dt.date(2023, 9, day) for day in range(10, 18)]


def test_deviations_of_a_schedule_json_name_the_line_of_their_session():
    reading = read(sample("frab-camp2019.json"))
    assert Counter(item.code for item in reading.deviations) == {"acronym_mended": 1, "slug_mended": 79}
    text = sample("frab-camp2019.json").decode().splitlines()
    for item in reading.deviations:
        if item.code == "slug_mended":
            slug = dict(item.values)["value"].rstrip("…")
            assert slug in "".join(text[item.line - 1 : item.line + 14])


def test_relative_addresses_are_made_absolute():
    schedule = read(sample("frab-camp2019.json")).schedule
    files = [link.url for session in schedule.sessions for link in session.links if link.is_file]
    assert files
    assert all(url.startswith("https://fahrplan.events.ccc.de/") for url in files)


def test_entries_without_a_room_stay():
    schedule = read(sample("linux_conf_au_2020.ics")).schedule
    assert sum(1 for session in schedule.sessions if session.room is None) == 17


def test_reading_twice_gives_the_same(reading):
    name = next(name for name, sample_ in SAMPLES.items() if sample_[0] == reading.format)
    assert read(sample(name)) == reading


def test_keys_are_unique(reading):
    sessions = reading.schedule.sessions
    for key in ("guid", "code", "number"):
        assert len({getattr(session, key) for session in sessions}) == len(sessions)
    names = [name for names in reading.identities for name in names]
    assert len(set(names)) == len(names)


def test_export_as_schedule_xml_is_valid(reading):
    assert xml_errors(write_xml(reading.schedule)) == []


def test_export_as_schedule_json_is_valid(reading):
    assert json_errors(write_json(reading.schedule)) == []


def test_export_as_calendar_holds_everything(reading):
    feed = write_ics(reading.schedule, domain="example.org")
    calendar = icalendar.Calendar.from_ical(feed)
    assert len(calendar.walk("VEVENT")) == len(reading.schedule.sessions)
    assert max(map(len, feed.split(b"\r\n"))) <= 75


@pytest.mark.parametrize("write", [write_xml, write_json, write_csv, write_xlsx])
def test_an_export_is_read_without_any_deviation_and_keeps_what_readers_see(reading, write):
    schedule = reading.schedule
    again = read(write(schedule), slug=schedule.slug)
    assert again.deviations == ()
    room = {room.key: room.name for room in schedule.rooms}
    room_again = {room.key: room.name for room in again.schedule.rooms}

    def seen(reading, rooms):
        return {
            (
                session.guid,
                tuple(session.title.values()),
                session.start,
                session.end,
                str(rooms.get(session.room)),
            )
            for session in reading.sessions
        }

    assert seen(again.schedule, room_again) == seen(schedule, room)


def test_a_large_schedule_is_read_and_written_quickly():
    schedule = read(sample("debconf23.xml")).schedule
    crowd = []
    for copy in range(12):
        crowd += [
            replace(
                session,
                guid=session.guid.__class__(int=session.guid.int + copy),
                number=session.number * 100 + copy,
                code="",
            )
            for session in schedule.sessions
        ]
    large = write_xml(replace(schedule, sessions=tuple(crowd[:1350])))
    start = time.process_time()
    reading = read(large)
    assert time.process_time() - start < 5
    assert len(reading.schedule.sessions) == 1350
    start = time.process_time()
    write_ics(reading.schedule, domain="example.org")
    assert time.process_time() - start < 1.5
