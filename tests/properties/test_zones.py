import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from sessions_app.programme.schedule import zones

ZONES = st.sampled_from(
    [
        "Europe/Moscow",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Pacific/Apia",
        "Asia/Vladivostok",
        "Africa/Casablanca",
        "UTC",
    ]
).map(zones.zone)
MOMENTS = st.datetimes(dt.datetime.fromisoformat("1995-01-01"), dt.datetime.fromisoformat("2035-01-01")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@given(MOMENTS, ZONES)
def test_an_instant_survives_the_local_clock(moment, tz):
    instant = moment.replace(tzinfo=dt.UTC)
    clock = zones.local(instant, tz)
    try:
        back = [zones.to_utc(clock, tz)]
    except zones.AmbiguousTime as error:
        back = list(error.readings)
    assert instant in back


@given(MOMENTS, ZONES)
def test_a_local_time_is_shown_once_never_or_twice(moment, tz):
    readings, shown = [], True
    try:
        readings = [zones.to_utc(moment, tz)]
    except zones.NonexistentTime as error:
        readings, shown = list(error.readings), False
    except zones.AmbiguousTime as error:
        readings = list(error.readings)
    assert [zones.local(reading, tz) == moment for reading in readings] == [shown] * len(readings)


@given(st.timedeltas(dt.timedelta(), dt.timedelta(days=99, hours=23, minutes=59)))
def test_durations_survive_to_the_minute(length):
    minutes = dt.timedelta(minutes=int(length.total_seconds()) // 60)
    assert zones.parse_duration(zones.format_duration(length)) == minutes
    assert zones.parse_duration(zones.format_duration(length, days=False)) == minutes


@given(st.dates(dt.date(1995, 1, 1), dt.date(2035, 1, 1)), st.times(), st.times(), ZONES)
def test_a_day_has_a_beginning_before_its_end(date, opens, closes, tz):
    start, end = zones.day_window(date, opens, closes, tz)
    assert start < end <= start + dt.timedelta(hours=50)
