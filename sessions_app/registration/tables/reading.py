"""Reads a table of people: each line by its columns, each fault by its line; nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sessions_app.programme.schedule.formats.cells import Cell, as_text
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.table import unguarded
from sessions_app.programme.schedule.formats.table_reader import table_rows
from sessions_app.programme.schedule.texts import one_line
from sessions_app.registration.tables.columns import LONGEST, TOLD, column_named

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_ROWS = 100_000
# The shape alone: whether a letter arrives is found out by writing it.
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\.]{2,63}")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line, or the whole file (line 0), cannot be taken; ``code`` has its sentence elsewhere."""

    line: int
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A person of the table: column to text, only of columns that the table has."""

    number: int
    values: Mapping[str, str]

    @property
    def email(self) -> str:
        """The address, by which a registration is found again."""
        return self.values["email"]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says; with problems it is not to be imported. ``passed_over`` are unknown headings."""

    lines: Sequence[Line] = ()
    problems: Sequence[Problem] = ()
    passed_over: Sequence[str] = ()


def is_email(text: str) -> bool:
    """Tell whether the text has the shape of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def read_table(data: bytes) -> Table:
    """Return the people of a CSV or XLSX file, each line checked by itself and for repeated addresses."""
    if len(data) > LARGEST_FILE:
        megabyte = 1024 * 1024
        size = -(-len(data) // megabyte)
        return Table(problems=[Problem(0, "too_large", {"size": size, "limit": LARGEST_FILE // megabyte})])
    findings = Findings()
    try:
        return _read(_filled(data, findings))
    except Refused:
        return Table(problems=[Problem(d.line, "unreadable", {"deviation": d}) for d in findings.sorted()])


def _filled(data: bytes, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    for number, cells in table_rows(data, findings):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _text(cell: Cell) -> str:
    return one_line(unguarded(as_text(cell)))


def _read(rows: Iterator[tuple[int, list[str]]]) -> Table:
    first = next(rows, None)
    if first is None:
        return Table(problems=[Problem(0, "empty")])
    number, headings = first
    columns: dict[str, int] = {}
    passed_over = []
    for position, heading in enumerate(headings):
        name = column_named(heading)
        if name is not None and name not in columns:
            columns[name] = position
        elif heading and heading.lower() not in TOLD:
            passed_over.append(heading[:80])
    if "email" not in columns:
        return Table(problems=[Problem(number, "no_email_column")], passed_over=passed_over)
    lines: list[Line] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row_number, texts in rows:
        if len(lines) >= MOST_ROWS:
            problems.append(Problem(row_number, "too_many_rows", {"limit": MOST_ROWS}))
            break
        line = Line(row_number, {name: _cell(name, at, texts) for name, at in columns.items()})
        problems += _faults(line, seen)
        seen.setdefault(line.email, row_number)
        lines.append(line)
    return Table(lines, problems, passed_over)


def _cell(name: str, position: int, texts: Sequence[str]) -> str:
    text = texts[position] if position < len(texts) else ""
    if name in ("email", "language"):
        return text.lower()
    return text.upper() if name == "region" else text


def _faults(line: Line, seen: Mapping[str, int]) -> Iterator[Problem]:
    number, email = line.number, line.email
    if not email:
        yield Problem(number, "no_email")
    elif not is_email(email):
        yield Problem(number, "bad_email", {"value": email[:80]})
    elif email in seen:
        yield Problem(number, "repeated", {"value": email, "other": seen[email]})
    for name, text in line.values.items():
        if len(text) > LONGEST[name]:
            yield Problem(number, "too_long", {"column": name, "limit": LONGEST[name]})
    region = line.values.get("region", "")
    if region and not _REGION.fullmatch(region):
        yield Problem(number, "bad_region", {"value": region[:20]})
