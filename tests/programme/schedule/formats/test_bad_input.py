"""Bad files get a clear message that names the place, and no schedule."""

import io
import time
import zipfile

import pytest

from sessions_app.programme.schedule.formats.reading import LARGEST, read
from sessions_app.programme.schedule.formats.table_writer import template_xlsx
from tests.programme.schedule.formats.files import (
    calendar,
    entry,
    event_json,
    event_xml,
    schedule_json,
    schedule_xml,
    table,
)

BILLION = '\n<!DOCTYPE schedule [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>\n'
EXTERNAL = '\n<!DOCTYPE schedule SYSTEM "file:///etc/passwd">\n'
GAP = {"zone": "Europe/Berlin", "day": 'end="2026-10-03T22:00:00+03:00"'}


def refused(data, **values):
    """The errors of a file that must be refused."""
    reading = read(data, **values)
    assert reading.schedule is None
    assert reading.errors
    for error in reading.errors:
        assert "%(" not in str(error)
    return [(error.code, error.line) for error in reading.errors]


def warned(data, **values):
    """The warnings of a file that must be read."""
    reading = read(data, **values)
    assert [str(error) for error in reading.errors] == []
    return [(item.code, item.line) for item in reading.warnings]


@pytest.mark.parametrize("head", [BILLION, EXTERNAL, "<!-- x -->\n<!DOCTYPE schedule>"])
def test_document_types_and_entities(head):
    assert refused(schedule_xml(event_xml(), head=head)) == [("doctype", 2)]


def test_a_document_type_in_another_encoding():
    text = schedule_xml(event_xml(), head=BILLION).decode().replace("UTF-8", "UTF-16")
    assert refused(text.encode("utf-16"))[0][0] == "doctype"


def test_a_document_type_within_a_text_is_a_text():
    data = schedule_xml(event_xml(abstract="<![CDATA[<!DOCTYPE html>]]>"))
    assert [code for code, _ in warned(data)] == []


def test_fifty_megabytes_are_refused_at_once():
    data = b'{"schedule":"' + b"x" * (50 * 1024 * 1024) + b'"}'
    start = time.process_time()
    assert refused(data) == [("too_large", 0)]
    assert time.process_time() - start < 0.1
    assert len(data) > LARGEST


@pytest.mark.parametrize("format_name", ["xml", "json", "ics", "csv", "auto"])
@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf \r\n\t"])
def test_empty_files(data, format_name):
    assert refused(data, format=format_name) == [("empty", 0)]


def test_unknown_format():
    assert refused(b"x", format="pdf") == [("unknown_format", 0)]


def test_wrong_encoding():
    russian = "Открытие"
    assert refused(schedule_xml(event_xml(title=russian)).decode().encode("cp1251")) == [("encoding", 4)]
    declared = schedule_xml(event_xml()).replace(b"UTF-8", b"klingon-1")
    assert refused(declared)[0][0] == "encoding"
    text = '{\n"schedule": "' + russian + '"}'
    assert refused(text.encode("cp1251")) == [("encoding", 2)]
    assert refused(f"title;room\n{russian};1".encode("cp1251")) == [("encoding", 2)]
    entry_lines = calendar(entry(SUMMARY=f"SUMMARY:{russian}")).decode().encode("cp1251")
    assert refused(entry_lines) == [("encoding", 7)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<schedule><day></schedule>", "not_well_formed"),
        (b"<schedule>&nbsp;</schedule>", "not_well_formed"),
        (b"<html><body/></html>", "not_a_schedule"),
        (b"<", "not_well_formed"),
        (b'{"schedule": ', "not_well_formed"),
        (b"[" * 200_000, "not_well_formed"),
        (b'{"a":' * 200_000, "not_well_formed"),
        (b'{"schedule": {"conference": {"daysCount": NaN}}}', "not_well_formed"),
        (b'{"schedule": {"conference": {"daysCount": -Infinity}}}', "not_well_formed"),
        (b'{"schedule": {"conference": {"daysCount": ' + b"9" * 5000 + b"}}}", "not_well_formed"),
        (b"[1, 2]", "not_a_schedule"),
        (b'{"schedule": {"conference": []}}', "not_a_schedule"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR", "not_well_formed"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0", "not_well_formed"),
        (b"speaker;room\nAnna;1", "column_missing"),
        (b"\x00\x01\x02", "column_missing"),
        (b"title,abstract\nA," + b"x" * 200_000, "row_unreadable"),
        (b"PK\x03\x04 no archive", "not_well_formed"),
    ],
)
def test_what_is_no_schedule(data, code):
    assert [found for found, _ in refused(data)] == [code]


def test_a_calendar_that_is_none():
    assert refused(b"VERSION:2.0\r\n", format="ics") == [("not_a_schedule", 1)]


def workbook(**members):
    """The template with some members of its archive replaced or added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template_xlsx())) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return file.getvalue()


def test_broken_workbooks():
    assert refused(template_xlsx()[:2000], format="xlsx") == [("not_well_formed", 0)]
    assert refused(b"title;date", format="xlsx") == [("not_well_formed", 0)]
    assert refused(workbook(**{"xl/workbook.xml": b"<workbook/>"}))[0][0] == "not_well_formed"
    assert refused(workbook(**{"xl/worksheets/sheet1.xml": BILLION.encode()})) == [("doctype", 0)]


def test_an_archive_that_unpacks_to_too_much():
    assert refused(workbook(bomb=b"\0" * (121 * 1024 * 1024))) == [("too_large", 0)]


def test_unknown_zones():
    assert refused(schedule_xml(event_xml(), zone="Mars/Olympus")) == [("unknown_zone", 1)]
    assert refused(schedule_json(event_json(), conference={"time_zone_name": "MSK+9"})) == [
        ("unknown_zone", 4)
    ]
    assert refused(calendar(entry(), zone="Nowhere")) == [("unknown_zone", 4)]
    strange = entry(DTSTART="DTSTART;TZID=Foo/Bar:20261003T100000")
    assert ("unknown_zone", 8) in refused(calendar(strange))
    assert refused(table("A;2026-10-03;10:00;11:00;"), zone="Foo/Bar") == [("unknown_zone", 1)]


def test_times_in_the_gap():
    moment = {"start": "02:30", "date": "2026-03-29T02:30:00"}
    for offset in ("+01:00", "+02:00", ""):
        event = event_xml(start=moment["start"], date=moment["date"] + offset)
        assert refused(schedule_xml(event, zone="Europe/Berlin")) == [("time_in_gap", 4)]
    data = schedule_json(
        event_json(start="02:30", date="2026-03-29T02:30:00+01:00"),
        conference={"time_zone_name": "Europe/Berlin"},
    )
    assert [code for code, _ in refused(data)] == ["time_in_gap"]
    night = entry(DTSTART="DTSTART;TZID=Europe/Berlin:20260329T023000", DTEND="DTEND:20260329T040000Z")
    assert refused(calendar(night)) == [("time_in_gap", 8)]
    row = table("Opening;2026-03-29;02:30;04:00;Hall")
    assert refused(row, zone="Europe/Berlin") == [("time_in_gap", 2)]


def test_a_time_in_the_gap_is_named_with_zone_and_title():
    (error,) = read(table("Opening;2026-03-29;02:30;04:00;"), zone="Europe/Berlin").errors
    assert str(error) == (
        "“Opening”: 2026-03-29 02:30 does not exist in Europe/Berlin, because the clocks are put forward then."
    )


def test_an_instant_whose_utc_clock_lies_in_the_gap_is_fine():
    event = event_xml(start="02:30", date="2026-03-29T01:30:00+00:00")
    assert "time_in_gap" not in [code for code, _ in warned(schedule_xml(event, zone="Europe/London"))]


@pytest.mark.parametrize("duration", ["25:00", "01:00:01", "02:00:00", "99:59"])
def test_sessions_over_a_day(duration):
    assert refused(schedule_xml(event_xml(duration=duration))) == [("session_too_long", 4)]


def test_sessions_over_a_day_in_other_formats():
    assert refused(schedule_json(event_json(duration="24:01")))[0][0] == "session_too_long"
    assert refused(calendar(entry(DTEND="DTEND;TZID=Europe/Moscow:20261004T110000"))) == [
        ("session_too_long", 9)
    ]
    long_row = table("Opening;2026-10-03;10:00;2026-10-05 11:00;Hall")
    assert refused(long_row, zone="UTC") == [("session_too_long", 2)]


def test_a_session_of_a_whole_day_is_read():
    assert warned(schedule_xml(event_xml(duration="24:00"))) == []


@pytest.mark.parametrize("duration", ["an hour", "1:99", "-1:00"])
def test_durations_that_are_none(duration):
    assert refused(schedule_xml(event_xml(duration=duration))) == [("bad_duration", 4)]


@pytest.mark.parametrize(
    "date",
    ["tomorrow", "2026-13-01T10:00:00+03:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00"],
)
def test_dates_that_are_none(date):
    assert refused(schedule_xml(event_xml(date=date))) == [("bad_date", 4)]
    assert [code for code, _ in refused(schedule_json(event_json(date=date)))] == ["bad_date"]
    assert refused(table(f"A;{date};10:00;11:00;"), zone="UTC") == [("bad_date", 2)]


def test_two_sessions_with_one_id_and_guid():
    data = schedule_xml(
        event_xml(),
        event_xml(title="Closing", code="BBBBBB", start="12:00", date="2026-10-03T12:00:00+03:00"),
    )
    assert refused(data) == [("same_identity", 5)]
    (error,) = read(data).errors
    assert "“Closing” and “Opening” in line 4" in str(error)


def test_two_sessions_with_one_id_get_their_own_numbers():
    data = schedule_xml(
        event_xml(), event_xml(title="Closing", code="BBBBBB", guid="2" * 8 + "-2222-4222-8222-" + "2" * 12)
    )
    assert warned(data) == [("id_repeated", 5)]
    first, second = read(data).schedule.sessions
    assert first.number == 1
    assert second.number > 1


def test_a_day_without_end_ends_at_midnight():
    data = schedule_xml(event_xml(), day="")
    assert warned(data) == [("day_without_end", 2)]
    (day,) = read(data).schedule.days
    assert day.end.isoformat() == "2026-10-03T21:00:00+00:00"


def test_dangerous_links_are_left_out():
    inner = (
        '<links><link href="javascript:alert(1)">a</link><link href="data:text/html,x">b</link>'
        '<link href=" https://example.org/ ">c</link></links><url>javascript:alert(2)</url>'
    )
    data = schedule_xml(event_xml(inner=inner))
    assert warned(data) == [("link_dropped", 4)] * 3
    (session,) = read(data).schedule.sessions
    assert [link.url for link in session.links] == ["https://example.org/"]
    assert session.url == ""


def test_html_in_abstracts_keeps_a_safe_subset():
    html = (
        "&lt;p onclick='x()'&gt;An &lt;em&gt;open&lt;/em&gt; &lt;script&gt;alert(1)&lt;/script&gt;"
        "&lt;a href='javascript:x'&gt;talk&lt;/a&gt; &lt;a href='https://example.org'&gt;there&lt;/a&gt;&lt;/p&gt;"
    )
    data = schedule_xml(event_xml(abstract=html))
    assert warned(data) == [("html_removed", 4)]
    (session,) = read(data).schedule.sessions
    assert session.abstract["en"] == (
        '<p>An <em>open</em> <a>talk</a> <a href="https://example.org">there</a></p>'
    )


def test_long_titles_are_cut():
    data = schedule_xml(event_xml(title="Ж" * 5000))
    assert warned(data) == [("text_cut", 4)]
    (session,) = read(data).schedule.sessions
    assert len(session.title["en"]) == 500


@pytest.mark.parametrize("title", ["Открытие", "פתיחה‏ של", "🛰️👩‍🚀", "a\u202eb", "R&amp;D &lt;3"])
def test_every_script_is_kept(title):
    (session,) = read(schedule_xml(event_xml(title=title))).schedule.sessions
    assert session.title["en"] == title.replace("&amp;", "&").replace("&lt;", "<")


def test_lone_surrogates_and_control_characters_are_removed():
    data = schedule_json(event_json(title="A\x00\ud800B\x07"))
    assert "characters_removed" in [code for code, _ in warned(data)]
    assert read(data).schedule.sessions[0].title == {"en": "AB"}


@pytest.mark.parametrize("field", ["guid", "id", "code", "title", "track", "url", "language", "type"])
def test_lone_surrogates_anywhere_are_mended(field):
    reading = read(schedule_json(event_json(**{field: "A\ud800\x00" * 900}), day={"index": "\udfff"}))
    assert reading.schedule is not None
    for name in reading.identities[0]:
        assert len(name) <= 300
        assert name.isprintable()
    for deviation in reading.deviations:
        str(deviation).encode()


@pytest.mark.parametrize("value", [None, 7, 1e308, True, [], {}, [[]], "x", {"a": {"b": None}}])
@pytest.mark.parametrize(
    "field", ["guid", "id", "date", "duration", "title", "persons", "links", "track", "url"]
)
def test_values_of_any_type_are_named_and_never_crash(field, value):
    reading = read(schedule_json(event_json(**{field: value})))
    assert reading.schedule is not None or reading.errors


@pytest.mark.parametrize("value", [None, 7, "x", [1], [[]], {"Hall": 5}, {"Hall": ["x", None]}])
@pytest.mark.parametrize("field", ["rooms", "date", "day_start", "day_end", "index"])
def test_days_of_any_type_never_crash(field, value):
    reading = read(schedule_json(event_json(), day={field: value}))
    assert reading.schedule is not None or reading.errors


def test_all_errors_are_named_at_once():
    data = schedule_xml(event_xml(duration="30:00"), event_xml(id="2", guid="x", code="BBBBBB", date="x"))
    assert refused(data) == [("session_too_long", 4), ("bad_date", 5)]
