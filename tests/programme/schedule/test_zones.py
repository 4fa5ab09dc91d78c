import datetime as dt

import pytest

from sessions_app.programme.schedule import zones

BERLIN = zones.zone("Europe/Berlin")


clock = dt.datetime.fromisoformat


def utc(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "../etc/passwd",
        "/etc/localtime",
        "Europe",
        "MSK+3x",
        "Европа/Москва",
        "a\0b",
        "right/UTC",
    ],
)
def test_unknown_zones_are_named(name):
    with pytest.raises(zones.UnknownZone):
        zones.zone(name)


def test_time_in_the_gap_offers_both_readings():
    with pytest.raises(zones.NonexistentTime) as caught:
        zones.to_utc(clock("2026-03-29 02:30"), BERLIN)
    assert caught.value.readings == (utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 1, 30))


def test_choosing_a_reading_does_not_make_a_gap_exist():
    with pytest.raises(zones.NonexistentTime):
        zones.to_utc(clock("2026-03-29 02:30"), BERLIN, fold=1)


def test_time_shown_twice_offers_both_readings():
    moment = clock("2026-10-25 02:30")
    with pytest.raises(zones.AmbiguousTime) as caught:
        zones.to_utc(moment, BERLIN)
    assert caught.value.readings == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))
    assert [zones.to_utc(moment, BERLIN, fold=fold) for fold in (0, 1)] == list(caught.value.readings)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("00:45", dt.timedelta(minutes=45)),
        ("1:05", dt.timedelta(minutes=65)),
        ("26:00", dt.timedelta(hours=26)),
        ("01:02:30", dt.timedelta(days=1, hours=2, minutes=30)),
        ("01:30:00", dt.timedelta(minutes=90)),
        (" 00:20 ", dt.timedelta(minutes=20)),
    ],
)
def test_durations(text, length):
    assert zones.parse_duration(text) == length


def test_spreadsheet_durations_have_seconds():
    assert zones.parse_duration("1:15:00", seconds=True) == dt.timedelta(minutes=75)


@pytest.mark.parametrize("text", ["", "45", "00:60", "-1:00", "1:2:3:4", "aa:bb", "00:10:75", "１２：００x"])
def test_what_is_no_duration(text):
    with pytest.raises(zones.NotADuration):
        zones.parse_duration(text)


def test_durations_are_written_as_they_are_read():
    assert zones.format_duration(dt.timedelta(minutes=95)) == "01:35"
    assert zones.format_duration(dt.timedelta(days=2, hours=3, minutes=4)) == "02:03:04"
    assert zones.format_duration(dt.timedelta(days=1, hours=2), days=False) == "26:00"


def test_a_day_may_end_after_midnight():
    tz = zones.zone("Asia/Kolkata")
    assert zones.day_window(dt.date(2023, 9, 10), dt.time(3), dt.time(3), tz) == (
        utc(2023, 9, 9, 21, 30),
        utc(2023, 9, 10, 21, 30),
    )
    assert zones.day_window(dt.date(2023, 9, 10), dt.time(9), dt.time(18), tz) == (
        utc(2023, 9, 10, 3, 30),
        utc(2023, 9, 10, 12, 30),
    )


def test_a_window_through_the_change_of_clocks_is_the_wider_one():
    start, end = zones.day_window(dt.date(2026, 10, 25), dt.time(2, 30), dt.time(18), BERLIN)
    assert (start, end) == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 17))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Europe/Moscow", "UTC+3"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/St_Johns", "UTC−2:30"),
        ("UTC", "UTC"),
        ("Europe/Berlin", "UTC+2"),
        ("America/New_York", "UTC−4"),
    ],
)
def test_offsets_in_words(name, words):
    assert zones.offset_in_words(utc(2026, 7, 1), zones.zone(name)) == words
