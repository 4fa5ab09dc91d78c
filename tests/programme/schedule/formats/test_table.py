"""Tables as people fill them in."""

import csv
import datetime as dt
import io

import openpyxl
import pytest

from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.schedule.formats.table_writer import (
    template_csv,
    template_xlsx,
    write_csv,
    write_xlsx,
)
from sessions_app.programme.schedule.model import Role, SessionKind
from tests.programme.schedule.builders import full, schedule, session
from tests.programme.schedule.formats.files import table


def rows(*lines, head="title;date;start;end", **values):
    values.setdefault("zone", "Europe/Moscow")
    reading = read(table(*lines, head=head), **values)
    assert [str(error) for error in reading.errors] == []
    return reading


def moscow(*parts):
    return dt.datetime(*parts, tzinfo=dt.timezone(dt.timedelta(hours=3)))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_separators_and_byte_order_mark(separator, mark):
    text = (
        separator.join(("title", "date", "start", "end"))
        + "\n"
        + separator.join(("A", "2026-10-03", "9:30", "11:00"))
    )
    (found,) = read(mark + text.encode(), zone="Europe/Moscow").schedule.sessions
    assert (found.title, found.start, found.end) == (
        {"en": "A"},
        moscow(2026, 10, 3, 9, 30),
        moscow(2026, 10, 3, 11),
    )


def test_russian_headings():
    head = "Название;Дата;Начало;Окончание;Зал;Вид;Докладчики;Мест"
    reading = rows("Открытие;03.10.2026;9:30;11:00;Зал 1;пленарное;Анна Ли;1 200", head=head, language="ru")
    (found,) = reading.schedule.sessions
    assert reading.warnings == []
    assert (found.kind, found.seats) == (SessionKind.PLENARY, 1200)
    assert reading.schedule.people[0].name == "Анна Ли"


@pytest.mark.parametrize(
    ("date", "start", "end"),
    [
        ("2026-10-03", "09:30", "11:00"),
        ("03.10.2026", "9.30", "11.00"),
        ("3/10/2026", "9:30:00", "11:00:00"),
        ("2026/10/03", "9:30 AM", "11:00 am"),
        ("46298", "0,395833333", "0,458333333"),
        ("", "2026-10-03 09:30", "2026-10-03 11:00"),
        ("2026-10-03T09:30", "", "11:00"),
        ("2026-10-03", "09:30+03:00", "11:00+03:00"),
    ],
)
def test_dates_and_times_as_people_write_them(date, start, end):
    (found,) = rows(f"A;{date};{start};{end}").schedule.sessions
    assert (found.start, found.end) == (moscow(2026, 10, 3, 9, 30), moscow(2026, 10, 3, 11))


@pytest.mark.parametrize(
    ("stated", "minutes"), [("1:30", 90), ("90", 90), ("1,5", 90), ("1.5", 90), ("1:30:00", 90)]
)
def test_durations(stated, minutes):
    (found,) = rows(f"A;2026-10-03;9:30;{stated}", head="title;date;start;duration").schedule.sessions
    assert found.end - found.start == dt.timedelta(minutes=minutes)


def test_an_end_before_the_start_is_on_the_next_date():
    (found,) = rows("A;2026-10-03;23:00;01:00").schedule.sessions
    assert found.end == moscow(2026, 10, 4, 1)
    (whole,) = rows("A;2026-10-03;10:00;24:00").schedule.sessions
    assert whole.end == moscow(2026, 10, 4)


def test_sessions_without_time_are_not_planned_yet():
    reading = rows("A;;;", "B;2026-10-03;;")
    assert [found.start for found in reading.schedule.sessions] == [None, None]
    assert [(item.code, item.line) for item in reading.warnings] == [("time_missing", 3)]


def test_the_heading_names_the_zone():
    reading = read(b"title,date,start (Asia/Tokyo),end\nA,2026-10-03,9:00,10:00")
    assert reading.schedule.zone == "Asia/Tokyo"
    assert reading.deviations == ()


def test_people_with_roles_posts_and_organisations():
    cell = '"Anna Li | moderator | Director | Cluster; Boris (expert)\nВера|жюри;Zoë | juggler"'
    reading = rows(f"A;{cell}", head="title;people")
    people = {person.key: person.name for person in reading.schedule.people}
    (found,) = reading.schedule.sessions
    assert [(people[credit.person], credit.role) for credit in found.credits] == [
        ("Anna Li", Role.MODERATOR),
        ("Boris", Role.EXPERT),
        ("Вера", Role.JURY),
        ("Zoë", Role.SPEAKER),
    ]
    assert found.credits[0].organisation_name == {"en": "Cluster"}
    assert [(item.code, item.line) for item in reading.warnings] == [("role_unknown", 2)]


def test_texts_in_both_languages():
    reading = rows("Opening;Открытие;Short", head="title;title_ru;abstract (en)")
    (found,) = reading.schedule.sessions
    assert found.title == {"en": "Opening", "ru": "Открытие"}
    assert found.abstract == {"en": "Short"}
    assert reading.schedule.languages == ("en", "ru")


def test_unknown_columns_and_unreadable_numbers_are_named():
    reading = rows("A;x;many", head="title;colour;seats")
    assert [(item.code, item.line) for item in reading.warnings] == [
        ("unknown_field", 1),
        ("number_unreadable", 2),
    ]


def test_rows_over_several_lines_count_by_their_first():
    reading = rows('"A";"one\ntwo"', "B;;", 'C;"x";many', head="title;abstract;seats")
    assert [(item.code, item.line) for item in reading.warnings] == [("number_unreadable", 5)]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "'=x", "''+x", "'plain"])
def test_formulas_are_quoted_on_export_and_come_back(title):
    source = schedule(session(1, title={"en": title}))
    data = write_csv(source)
    cell = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1][3]
    assert cell.startswith("'")
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(source))).worksheets[0]
    assert (sheet["D2"].value, sheet["D2"].data_type) == (cell, "s")
    for exported in (data, write_xlsx(source)):
        assert read(exported).schedule.sessions[0].title == {"en": title}


def workbook(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_native_cells_of_a_workbook():
    data = workbook(
        ["title", "date", "start", "end", "seats", "recorded"],
        ["A", dt.date(2026, 10, 3), dt.time(9, 30), dt.time(11), 12.0, True],
        ["B", dt.date(2026, 10, 3), dt.datetime(2026, 10, 3, 9, 30), "11:00", "#N/A", "да"],  # noqa: DTZ001  # cells have no zone
        [None] * 6,
        ["=1+1", None, None, None, 5, None],
    )
    reading = read(data, zone="Europe/Moscow")
    first, second, third = reading.schedule.sessions
    assert first.start == second.start == moscow(2026, 10, 3, 9, 30)
    assert first.end == second.end
    assert (first.seats, first.recorded, second.recorded) == (12, True, True)
    assert third.title == {"en": "…"}
    assert [(item.code, item.line) for item in reading.warnings] == [("cell_error", 3), ("title_missing", 5)]


@pytest.mark.parametrize("make", [template_csv, template_xlsx])
def test_templates_can_be_filled_in(make):
    reading = read(make("Europe/Moscow", languages=("en", "ru")), slug="forum")
    assert reading.deviations == ()
    assert reading.schedule.zone == "Europe/Moscow"
    (example,) = reading.schedule.sessions
    assert (example.kind, example.title) == (SessionKind.PLENARY, {"en": "Opening"})


def test_a_table_holds_sessions_without_time_too():
    assert len(read(write_csv(full())).schedule.sessions) == 3
