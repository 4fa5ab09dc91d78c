"""Reads a pasted or uploaded list of people: rows, what its columns mean, and what is wrong in a line.

Nothing is refused here for a fault in a line: it is taken as it stands, to be put right in place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sessions_app.programme.schedule.formats.cells import as_text
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.table import unguarded
from sessions_app.programme.schedule.formats.table_reader import table_rows
from sessions_app.programme.schedule.texts import one_line
from sessions_app.registration.tables.columns import LONGEST, column_named
from sessions_app.registration.tables.reading import is_email

# What a line of a delegation holds, in the order of its table.
FIELDS = ("name", "name_latin", "email", "phone", "post")
MOST_LINES = 500
MOST_COLUMNS = 40
LARGEST_PASTE = 2 * 1024 * 1024  # bytes
_PHONE = re.compile(r"\+?[\d\s().-]{7,25}")
# Parts of a name in columns of their own are put together in the order of the columns.
_PARTS_OF_NAME = frozenset(
    [
        "first name",
        "given name",
        "last name",
        "surname",
        "family name",
        "patronymic",
        "middle name",
        "фамилия",
        "имя",
        "отчество",
    ]
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z .'\u2019-]*")

Rows = Sequence[Sequence[str]]
Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of equal length; ``has_headings`` tells that the first one names the columns."""

    rows: Rows = ()
    columns: Sequence[str] = ()  # what each column is taken for: one of FIELDS, or empty
    has_headings: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a field of a line; ``code`` has its sentence elsewhere."""

    field: str
    code: str
    values: Mapping[str, object] = MappingProxyType({})


class Unreadable(ValueError):
    """The file or the text is no table; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def rows_of_text(text: str) -> list[list[str]]:
    """Return the rows of a pasted table: cells by tabs, else semicolons, else commas; empty rows are left out.

    A cell in quotes may hold the separator or a line break, as spreadsheets copy them.
    """
    text = "\n".join(text.replace("\ufeff", "").replace("\x00", "").splitlines())
    if len(text.encode("utf-8", "replace")) > LARGEST_PASTE:
        raise Unreadable("too_large")
    separator = next((mark for mark in "\t;," if mark in text), "\t")
    plain = [line.split(separator) for line in text.split("\n")]
    if text.count('"') % 2:  # a quote that is never closed would swallow all that follows
        return _square(plain)
    try:
        return _square(list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
    except csv.Error:  # a cell without an end
        return _square(plain)


def rows_of_file(data: bytes) -> list[list[str]]:
    """Return the rows of a CSV file or of the first sheet of a workbook, known by its content."""
    if len(data) > LARGEST_PASTE:
        raise Unreadable("too_large")
    if not data.startswith(b"PK\x03\x04"):
        return rows_of_text(_decoded(data))
    findings = Findings()
    try:
        return _square([as_text(cell) for cell in cells] for _line, cells in table_rows(data, findings))
    except Refused as error:
        raise Unreadable("unreadable") from error


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8, else that of Windows in Russian, as spreadsheets still save it."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("unreadable")


def _square(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    cleaned = [[unguarded(one_line(cell)) for cell in row[:MOST_COLUMNS]] for row in rows]
    filled = [row for row in cleaned if any(row)]
    if len(filled) > MOST_LINES + 1:
        raise Unreadable("too_many")
    if not filled:
        raise Unreadable("empty")
    width = max(len(row) for row in filled)
    return [row + [""] * (width - len(row)) for row in filled]


def understood(rows: Rows) -> Sheet:
    """Return the rows with a guess what each column is: by its heading, else by what stands in it."""
    if not rows:
        return Sheet()
    named = [_column_named(cell) for cell in rows[0]]
    has_headings = any(named) and not any(is_email(cell) for cell in rows[0])
    columns = [name if has_headings and name in FIELDS else "" for name in named]
    columns = [
        "" if name and name != "name" and name in columns[:at] else str(name)
        for at, name in enumerate(columns)
    ]
    body = rows[1:] if has_headings else rows
    for at in range(len(columns)):
        if not columns[at] and not (has_headings and named[at]):
            columns[at] = _guess([row[at] for row in body], columns)
    return Sheet(rows, columns, has_headings)


def _column_named(heading: str) -> str | None:
    """Return the column that a heading means; "name" for each part of a name."""
    plain = " ".join(heading.replace("*", " ").lower().split())
    return "name" if plain in _PARTS_OF_NAME else column_named(heading)


def _guess(cells: Sequence[str], taken: Sequence[str]) -> str:
    """Return what a column without a known heading holds, as far as its content tells."""
    given = [cell for cell in cells if cell]
    if not given:
        return ""
    tests = (
        ("email", lambda cell: "@" in cell),
        ("phone", lambda cell: _PHONE.fullmatch(cell) is not None),
        ("name_latin", lambda cell: "name" in taken and _is_name(cell) and bool(_LATIN.fullmatch(cell))),
        ("name", _is_name),
    )
    for name, fits in tests:
        if name not in taken and sum(map(fits, given)) * 2 > len(given):
            return name
    return ""


def _is_name(cell: str) -> bool:
    """Tell whether the text looks like two to five words that begin with capitals."""
    words = cell.split()
    return 2 <= len(words) <= 5 and all(word[0].isupper() for word in words) and "@" not in cell


def lines_of(rows: Rows, columns: Sequence[str], *, has_headings: bool) -> list[dict[str, str]]:
    """Return the people of the rows, field to text; a row that says nothing in these columns is left out."""
    lines = []
    for row in rows[1:] if has_headings else rows:
        line = dict.fromkeys(FIELDS, "")
        for name, cell in zip(columns, row, strict=False):
            if name in line and cell:
                line[name] = f"{line[name]} {cell}".strip() if name == "name" else line[name] or cell
        if any(line.values()):
            lines.append(line)
    return lines


def faults_of(lines: Sequence[Line], *, taken: Iterable[str] = ()) -> list[list[Fault]]:
    """Return what is wrong in each line; ``taken`` are addresses that stand in the delegation already."""
    standing = {email.lower() for email in taken}
    seen: dict[str, int] = {}
    found = []
    for number, line in enumerate(lines, 1):
        email = line["email"].strip().lower()
        faults = list(_faults(line, email))
        if email in standing:
            faults.append(Fault("email", "in_delegation"))
        elif email in seen:
            faults.append(Fault("email", "repeated", {"other": seen[email]}))
        if email:
            seen.setdefault(email, number)
        found.append(faults)
    return found


def _faults(line: Line, email: str) -> Iterator[Fault]:
    if not line["name"].strip():
        yield Fault("name", "no_name")
    if not email:
        yield Fault("email", "no_email")
    elif not is_email(email):
        yield Fault("email", "bad_email")
    for name in FIELDS:
        if len(line[name]) > LONGEST[name]:
            yield Fault(name, "too_long", {"limit": LONGEST[name]})
