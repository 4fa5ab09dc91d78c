"""Pasted lists of people: whatever is pasted is read or refused by name, and nothing in it is lost."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions_app.registration.tables.people import (
    FIELDS,
    MOST_COLUMNS,
    MOST_LINES,
    Unreadable,
    faults_of,
    lines_of,
    rows_of_file,
    rows_of_text,
    understood,
)

CELL = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=8)


def read(reader, given_text):
    """Return the rows and an empty code, or no rows and why."""
    try:
        return reader(given_text), ""
    except Unreadable as error:
        return [], error.code


@given(st.text(max_size=400))
@example('"Cluster\na;b')
@example("a\x00b\tc\r\n\u2028")
@example("\ufeff")
def test_any_text_is_a_table_or_refused(text):
    rows, refusal = read(rows_of_text, text)
    if not rows:
        assert refusal in {"empty", "too_large", "too_many"}
        return
    assert len({len(row) for row in rows}) == 1
    sheet = understood(rows)
    assert len(sheet.columns) == len(rows[0]) <= MOST_COLUMNS
    lines = lines_of(rows, sheet.columns, has_headings=sheet.has_headings)
    assert len(faults_of(lines)) == len(lines) <= len(rows)


@given(st.binary(max_size=400))
def test_any_file_is_a_table_or_refused(data):
    rows, refusal = read(rows_of_file, data)
    assert bool(rows) != (refusal in {"empty", "unreadable", "too_large", "too_many"})


@given(ROWS)
def test_what_a_spreadsheet_copies_is_read_back(rows):
    """Each cell comes back as it was, but for a formula's guard and spaces."""
    width = max(map(len, rows))
    square = [row + ["x"] * (width - len(row)) for row in rows]
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows(square)
    if written.getvalue().count('"') % 2:
        return
    read = rows_of_text(written.getvalue())
    assert [[cell.lstrip("'") for cell in row] for row in read] == [
        [" ".join(cell.split()).lstrip("'") for cell in row] for row in square
    ]


@given(st.lists(st.sampled_from(["a@x.ru", "A@x.ru", "b@x.ru", "", "nonsense"]), max_size=12))
def test_an_address_stands_once(emails):
    lines = [{**dict.fromkeys(FIELDS, ""), "name": "N", "email": email} for email in emails]
    right = [
        line["email"].lower() for line, faults in zip(lines, faults_of(lines), strict=True) if not faults
    ]
    assert len(right) == len(set(right))
    assert {"a@x.ru", "b@x.ru"} & {email.lower() for email in emails} == set(right)
    assert all(faults for faults in faults_of(lines, taken=["A@X.RU", "b@x.ru"]))


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_columns_are_known_by_their_headings_in_both_languages(separator):
    for headings in (("ФИО", "Эл. почта", "Телефон"), ("Full name", "E-mail", "Phone")):
        text = "\n".join(separator.join(row) for row in (headings, ("Анна Ли", "a@x.ru", "+7 900 000-00-00")))
        sheet = understood(rows_of_text(text))
        assert (list(sheet.columns), sheet.has_headings) == (["name", "email", "phone"], True)


def test_columns_without_headings_are_known_by_what_stands_in_them():
    text = "Анна Ли;8 (900) 000-00-00;a@x.ru;Anna Li;1\nИван Петров;;b@x.ru;Ivan Petrov;2"
    sheet = understood(rows_of_text(text))
    assert list(sheet.columns) == ["name", "phone", "email", "name_latin", ""]
    assert not sheet.has_headings


def test_parts_of_a_name_are_put_together():
    rows = rows_of_text("Фамилия\tИмя\tОтчество\tПочта\nЛи\tАнна\t\ta@x.ru")
    sheet = understood(rows)
    assert lines_of(rows, sheet.columns, has_headings=True)[0]["name"] == "Ли Анна"


def test_a_quote_that_is_never_closed_swallows_nothing():
    rows = rows_of_text('"Cluster;a@x.ru\nAnna;b@x.ru')
    assert [row[1] for row in rows] == ["a@x.ru", "b@x.ru"]


def test_windows_text_is_read():
    rows = rows_of_file("ФИО;Почта\nАнна Ли;a@x.ru".encode("cp1251"))
    assert rows[1] == ["Анна Ли", "a@x.ru"]


def test_too_many_rows_are_refused():
    with pytest.raises(Unreadable, match="too_many"):
        rows_of_text("\n".join(f"n{n},a" for n in range(MOST_LINES + 2)))
