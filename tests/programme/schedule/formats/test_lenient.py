"""What real files get wrong is mended, named with its line, and read."""

import datetime as dt

import pytest

from sessions_app.programme.schedule.formats.reading import detect, read
from sessions_app.programme.schedule.formats.table_writer import template_csv, template_xlsx
from sessions_app.programme.schedule.model import Role, SessionKind
from tests.programme.schedule.formats.files import (
    calendar,
    entry,
    event_json,
    event_xml,
    schedule_json,
    schedule_xml,
)

SECOND = "22222222-2222-4222-8222-222222222222"


def warned(data, **values):
    reading = read(data, **values)
    assert [str(error) for error in reading.errors] == []
    return [(item.code, item.line) for item in reading.warnings]


def only(data, **values):
    (session,) = read(data, **values).schedule.sessions
    return session


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xef\xbb\xbf \n<schedule/>", "xml"),
        ("<schedule/>".encode("utf-16"), "xml"),
        (b' {"schedule": {}}', "json"),
        (b"begin:vcalendar\r\n", "ics"),
        (template_csv(), "csv"),
        (template_xlsx(), "xlsx"),
        (b"anything", "csv"),
    ],
)
def test_the_format_shows_in_the_content(data, name):
    assert detect(data) == name


@pytest.mark.parametrize(
    ("guid", "code"),
    [("11111111111141118111111111111111", "guid_mended"), ("abc", "guid_invalid"), (None, "guid_missing")],
)
def test_short_wrong_and_missing_guids(guid, code):
    data = schedule_xml(event_xml(guid=guid))
    assert warned(data) == [(code, 4)]
    assert only(data).guid == only(data).guid
    if code == "guid_mended":
        assert str(only(data).guid) == "11111111-1111-4111-8111-111111111111"


def test_made_up_keys_differ_between_events_and_stay_for_one():
    data = schedule_xml(event_xml(guid=None, code=None, id="x"))
    first, again, other = (only(data, slug=slug) for slug in ("one", "one", "two"))
    assert first == again
    assert first.guid != other.guid
    assert len(first.code) == 6
    assert first.number > 0


def test_one_guid_under_two_ids():
    data = schedule_xml(event_xml(), event_xml(id="2", code="BBBBBB", title="Closing"))
    assert warned(data) == [("guid_repeated", 5)]
    reading = read(data)
    first, second = reading.schedule.sessions
    assert first.guid != second.guid
    assert reading.identities[1][0] == "id:2"


def test_the_same_entry_twice_is_read_once():
    data = schedule_xml(event_xml(), event_xml())
    assert warned(data) == [("session_repeated", 5)]
    assert len(read(data).schedule.sessions) == 1


def test_a_session_held_twice_under_the_same_keys_becomes_two():
    later = event_xml(date="2026-10-03T15:00:00+03:00", start="15:00")
    data = schedule_xml(event_xml(), later)
    assert [code for code, _ in warned(data)] == ["place_repeated", "id_repeated", "code_repeated"]
    assert len({session.guid for session in read(data).schedule.sessions}) == 2


def test_identities_are_the_strongest_first():
    reading = read(schedule_xml(event_xml()))
    assert reading.identities == (
        (
            "guid:11111111-1111-4111-8111-111111111111",
            "id:1",
            "code:AAAAAA",
            "slot:Opening|2026-10-03T07:00:00+00:00|Hall",
        ),
    )


def test_empty_recordings_and_foreign_elements():
    inner = "<recording/><answers><x/></answers><do_not_stream/><logo>/x.png</logo><url/>"
    assert warned(schedule_xml(event_xml(inner=inner))) == [
        ("element_missing", 4),
        ("element_missing", 4),
        ("element_empty", 4),
        ("unknown_field", 4),
        ("unknown_field", 4),
    ]


def test_what_is_recorded():
    def recorded(optout):
        inner = f"<recording><license>CC0</license><optout>{optout}</optout></recording>"
        return only(schedule_xml(event_xml(inner=inner))).recorded

    assert (recorded("false"), recorded("true"), only(schedule_xml(event_xml())).recorded) == (
        True,
        False,
        False,
    )


def test_a_missing_version_and_capital_letters():
    data = schedule_xml(event_xml()).replace(b"<version>1</version>", b"").replace(b"forum26", b"Forum26")
    assert warned(data) == [("version_missing", 1), ("acronym_mended", 1)]
    assert read(data).schedule.slug == "forum26"


def test_a_night_belongs_to_the_day_before():
    late = event_xml(date="2026-10-04T01:00:00+03:00", start="01:00")
    data = schedule_xml(event_xml(id="2", guid=SECOND, code="BBBBBB"), late)
    assert warned(data) == [("day_extended", 2)]
    (day,) = read(data).schedule.days
    assert day.end == dt.datetime(2026, 10, 3, 23, tzinfo=dt.UTC)


def test_days_without_rooms_and_rooms_without_events():
    data = schedule_xml(event_xml()).replace(
        b"</schedule>",
        b'<day index="2" date="2026-10-04" start="2026-10-04T08:00:00+03:00" end="2026-10-04T20:00:00+03:00"/>'
        b'<day index="3" date="2026-10-05" start="2026-10-05T08:00:00+03:00" end="2026-10-05T20:00:00+03:00">'
        b'<room name="Empty"/></day></schedule>',
    )
    assert warned(data) == []
    schedule = read(data).schedule
    assert len(schedule.days) == 3
    assert [room.name["en"] for room in schedule.rooms] == ["Hall", "Empty"]


def test_rooms_with_one_guid_or_none():
    rooms = [
        {"name": "Hall", "guid": SECOND},
        {"name": "Loft", "guid": SECOND},
        {"name": "Cellar", "guid": "x"},
    ]
    data = schedule_json(event_json(), conference={"rooms": rooms})
    assert [code for code, _ in warned(data)] == ["room_guid_invalid", "room_guid_invalid"]
    keys = [room.key for room in read(data).schedule.rooms]
    assert keys[0] == SECOND
    assert len(set(keys)) == 3


def test_missing_offsets_are_read_in_the_zone():
    data = schedule_xml(event_xml(date="2026-10-03T10:00:00"))
    assert warned(data) == [("offset_missing", 4)]
    assert only(data).start == dt.datetime(2026, 10, 3, 7, tzinfo=dt.UTC)


def test_old_files_state_only_the_clock_time():
    data = schedule_xml(event_xml(date=None))
    assert warned(data) == [("element_missing", 4), ("offset_missing", 4)]
    assert only(data).start == dt.datetime(2026, 10, 3, 7, tzinfo=dt.UTC)
    night = only(schedule_xml(event_xml(date=None, start="01:30")))
    assert night.start == dt.datetime(2026, 10, 3, 22, 30, tzinfo=dt.UTC)


def test_a_file_without_zone_takes_the_event_s_or_its_offset():
    data = schedule_xml(event_xml()).replace(b"<time_zone_name>Europe/Moscow</time_zone_name>", b"")
    assert warned(data) == [("zone_missing", 1)]
    assert read(data).schedule.zone == "Etc/GMT-3"
    assert read(data, zone="Europe/Moscow").schedule.zone == "Europe/Moscow"


def test_a_clock_time_that_differs_from_the_date():
    data = schedule_xml(event_xml(start="11:00"))
    assert warned(data) == [("start_differs", 4)]
    assert only(data).start == dt.datetime(2026, 10, 3, 7, tzinfo=dt.UTC)


def test_sessions_without_duration_or_title():
    data = schedule_xml(event_xml(duration="", title=""))
    assert warned(data) == [("end_missing", 4), ("title_missing", 4)]
    assert only(data).end - only(data).start == dt.timedelta(minutes=30)


def test_people_with_the_same_name_and_one_id_with_two_names():
    people = (
        '<persons><person id="1">Anna Li</person><person id="2">Anna Li</person>'
        '<person id="1">A. Li</person><person id="3"/></persons>'
    )
    data = schedule_xml(event_xml(inner=people))
    assert warned(data) == [("person_renamed", 4), ("person_without_name", 4)]
    schedule = read(data).schedule
    assert [person.name for person in schedule.people] == ["Anna Li", "Anna Li"]
    assert len(schedule.sessions[0].credits) == 2


def test_unescaped_markup_within_an_abstract():
    data = schedule_xml(event_xml(abstract="<p>An <em>open</em> talk</p>"))
    assert only(data).abstract == {"en": "<p>An <em>open</em> talk</p>"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Keynote", SessionKind.PLENARY),
        ("Long talk (45 minutes)", SessionKind.LECTURE),
        ("BoF (45 minutes)", SessionKind.WORKSHOP),
        ("Coffee break", SessionKind.BREAK),
        ("Panel discussion", SessionKind.PANEL),
        ("Party", SessionKind.SOCIAL),
        ("Пленарное заседание", SessionKind.PLENARY),
        ("Круглый стол", SessionKind.PANEL),
        ("Защита проектов", SessionKind.DEFENCE),
        ("project_group", SessionKind.PROJECT_GROUP),
        ("whatever", SessionKind.LECTURE),
        ("", SessionKind.LECTURE),
    ],
)
def test_kinds(text, kind):
    assert only(schedule_xml(event_xml(type=text))).kind is kind


def test_json_names_missing_and_unknown_fields_with_their_line():
    event = event_json(favourite=1)
    del event["abstract"]
    data = schedule_json(event)
    line = next(number for number, text in enumerate(data.decode().split("\n")) if '"guid"' in text)
    assert warned(data) == [("element_missing", line), ("unknown_field", line)]


def test_json_people_keep_their_roles():
    person = {"name": "Anna Li", "role": "moderator", "post": "Director", "organisation": "Cluster"}
    (credit,) = only(schedule_json(event_json(persons=[person]))).credits
    assert credit.role is Role.MODERATOR
    assert (credit.post, credit.organisation_name) == ({"en": "Director"}, {"en": "Cluster"})


def test_json_keys_given_twice_keep_the_lines_right():
    data = b'{"x": {"a": {}}, "x": 1,\n"schedule":\n{"conference": {"acronym": "Abcd",\n"days": []}}}'
    reading = read(data)
    assert {(item.code, item.line) for item in reading.warnings} >= {
        ("version_missing", 3),
        ("acronym_mended", 3),
    }


def test_calendars_with_zones_by_other_names():
    for name, zone, code in (
        ("MSK", "Europe/Moscow", ["zone_by_abbreviation"]),
        ("Russian Standard Time", "Europe/Moscow", ["zone_by_abbreviation"]),
        ("/vendor.example/2019_1/Europe/Moscow", "Europe/Moscow", ["zone_by_abbreviation"]),
        ("Europe/Moscow", "Europe/Moscow", []),
    ):
        data = calendar(
            entry(DTSTART=f"DTSTART;TZID={name}:20261003T100000", DTEND="DTEND:20261003T080000Z"), zone=""
        )
        assert [found for found, _ in warned(data)] == code
        assert read(data).schedule.zone == zone
        assert only(data).start == dt.datetime(2026, 10, 3, 7, tzinfo=dt.UTC)


def test_calendar_entries_without_an_end_or_with_a_duration():
    assert warned(calendar(entry(DTEND=None))) == [("end_missing", 5)]
    session = only(calendar(entry("DURATION:PT1H15M", DTEND=None)))
    assert session.end - session.start == dt.timedelta(minutes=75)


def test_calendar_entries_that_are_left_out():
    data = calendar(
        entry(),
        entry("STATUS:CANCELLED", UID="UID:2"),
        entry(UID="UID:3", DTSTART="DTSTART;VALUE=DATE:20261003", DTEND=None),
        entry("RRULE:FREQ=DAILY", UID="UID:4"),
    )
    assert warned(data) == [("cancelled_skipped", 11), ("all_day_skipped", 21), ("recurrence_ignored", 28)]
    assert len(read(data).schedule.sessions) == 2


def test_a_calendar_line_that_is_none_is_left_out():
    assert warned(calendar(entry("no line at all"))) == [("line_skipped", 10)]


def test_a_folded_calendar_line_with_escapes():
    data = calendar(entry(SUMMARY="SUMMARY:One\\, two\\; three \\\\n\r\n  more\\nlast"))
    assert only(data).title == {"en": "One, two; three \\n more last"}
