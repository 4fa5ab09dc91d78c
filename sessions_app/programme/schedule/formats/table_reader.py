"""Reads programmes as tables: CSV (comma, semicolon or tab) and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import cast

from sessions_app.programme.schedule.formats import cells
from sessions_app.programme.schedule.formats.assembly import Context, assemble
from sessions_app.programme.schedule.formats.cells import Cell
from sessions_app.programme.schedule.formats.clock import Clock, checked_zone
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.kinds import role_named
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.raw import RawLink, RawPerson, RawSchedule, RawSession
from sessions_app.programme.schedule.formats.table import STATED_BY, TRANSLATED, Heading, heading, unguarded
from sessions_app.programme.schedule.zones import local

LARGEST_UNPACKED = 120 * 1024 * 1024  # bytes
EMPTY_ROWS = 1_000  # after so many a sheet is taken to end

Row = tuple[int, Sequence[Cell]]

_IN_BRACKETS = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]")


def read_csv(data: bytes, context: Context) -> Reading:
    """Return the reading of a table of text; the line of a row is where it begins."""
    findings = Findings()
    try:
        return _reading(_csv_rows(data, findings), "csv", context, findings)
    except Refused:
        return Reading(format="csv", schedule=None, deviations=findings.sorted())


def read_xlsx(data: bytes, context: Context) -> Reading:
    """Return the reading of the first sheet of a workbook; formulas count by their stored values."""
    findings = Findings()
    try:
        _check_archive(data, findings)
        return _reading(_xlsx_rows(data, findings), "xlsx", context, findings)
    except Refused:
        return Reading(format="xlsx", schedule=None, deviations=findings.sorted())


def table_rows(data: bytes, findings: Findings) -> Iterator[Row]:
    """Yield line and cells of each row of a table, CSV or the first sheet of a workbook, by its content.

    What cannot be read is noted in ``findings`` and raises Refused.
    """
    if data.startswith(b"PK\x03\x04"):
        _check_archive(data, findings)
        return _xlsx_rows(data, findings)
    return _csv_rows(data, findings)


def _csv_rows(data: bytes, findings: Findings) -> Iterator[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("encoding", data.count(b"\n", 0, error.start) + 1, encoding="UTF-8")
        raise Refused from error
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        findings.add("row_unreadable", line, reason=error)
        raise Refused from error


def _check_archive(data: bytes, findings: Findings) -> None:
    """Refuse an archive that is broken, unpacks to too much or declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            too_large = size > LARGEST_UNPACKED
            doctype = not too_large and any(map(partial(_declares_type, archive), archive.infolist()))
    except Exception as error:  # zipfile raises whatever a broken archive leads it into
        findings.add("not_well_formed", reason=error)
        raise Refused from error
    if too_large:
        megabytes = 1024 * 1024
        findings.add("too_large", size=size // megabytes, limit=LARGEST_UNPACKED // megabytes)
        raise Refused
    if doctype:
        findings.add("doctype")
        raise Refused


def _declares_type(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as content:
        return b"<!DOCTYPE" in content.read(4096)


def _xlsx_rows(data: bytes, findings: Findings) -> Iterator[Row]:
    from openpyxl import load_workbook  # only who reads a workbook pays for the package

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, which are not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheet = book.worksheets[0]
                values = cast("Iterable[Sequence[Cell]]", sheet.iter_rows(values_only=True))
                rows = _until_empty(values)
                found = [(number, row) for number, row in rows if any(cell is not None for cell in row)]
            finally:
                book.close()
    except Exception as error:  # a broken workbook raises whatever its part happens to break
        findings.add("not_well_formed", reason=error)
        raise Refused from error
    yield from found


def _until_empty(rows: Iterable[Sequence[Cell]]) -> Iterator[Row]:
    empty = 0
    for number, row in enumerate(rows, start=1):
        empty = 0 if any(cell is not None for cell in row) else empty + 1
        if empty > EMPTY_ROWS:
            return
        yield number, row


def _reading(rows: Iterator[Row], name: str, context: Context, findings: Findings) -> Reading:
    filled = ((line, row) for line, row in rows if any(cells.as_text(cell).strip() for cell in row))
    first = next(filled, None)
    if first is None:
        findings.add("empty")
        raise Refused
    line, titles = first
    columns = _columns(line, titles, findings)
    stated = next((found.zone for found in columns.values() if found.zone), "")
    if not stated and not context.zone:
        findings.add("zone_missing", line, zone="UTC")
    zone = checked_zone(stated or context.zone or "UTC", findings, line)
    found_languages = dict.fromkeys([context.language, *(found.language for found in columns.values())])
    languages = tuple(language for language in found_languages if language)
    reader = _RowReader(columns, _silent(columns, languages), Clock(zone, findings), findings)
    raw = RawSchedule(zone=zone.key, line=line, title=context.slug or "", languages=languages)
    raw.sessions = [reader.session(line, row) for line, row in filled]
    return assemble(raw, name, context, findings)


def _columns(line: int, titles: Sequence[Cell], findings: Findings) -> dict[int, Heading]:
    columns: dict[int, Heading] = {}
    for position, title in enumerate(titles):
        text = cells.as_text(title).strip()
        found = heading(text)
        if found and found not in columns.values():
            columns[position] = found
        elif text:
            findings.add("unknown_field", line, field=text, count=1)
    if "title" not in {found.column for found in columns.values()}:
        findings.add("column_missing", line, column="title")
        raise Refused
    return columns


def _silent(columns: dict[int, Heading], languages: Sequence[str]) -> set[str]:
    """Return the fields of sessions for which the table has no column, texts by language."""
    stated = {found.column for found in columns.values()}
    texts = {(found.column, found.language or languages[0]) for found in columns.values()}
    return {field for field, names in STATED_BY.items() if not stated & names} | {
        f"{name}_{language}" for name in TRANSLATED for language in languages if (name, language) not in texts
    }


class _RowReader:
    """Reads one row after another."""

    def __init__(
        self, columns: dict[int, Heading], silent: set[str], clock: Clock, findings: Findings
    ) -> None:
        self._columns = columns
        self._clock = clock
        self._findings = findings
        self._silent = silent

    def session(self, line: int, row: Sequence[Cell]) -> RawSession:
        """Return the session of a row."""
        session = RawSession(line=line, silent=set(self._silent))
        cell: dict[str, Cell] = {}
        for position, found in self._columns.items():
            value = row[position] if position < len(row) else None
            if isinstance(value, str):
                value = self._text(value, found.column, line)
            if found.column in TRANSLATED:
                session.texts[found.column, found.language] = cells.as_text(value)
            else:
                cell[found.column] = value

        def text(name: str) -> str:
            return cells.as_text(cell.get(name)).strip()

        session.guid, session.id, session.code = text("guid"), text("id"), text("code")
        session.kind, session.language, session.track = text("kind"), text("language"), text("track")
        session.room, session.host, session.licence = text("room"), text("host"), text("licence")
        session.url, session.stream_url = text("url"), text("stream")
        session.recorded = cells.as_yes(cell.get("recorded"))
        session.seats = self._seats(cell.get("seats"), line)
        session.people = list(_people(text("people")))
        session.links = [*_links(text("links"), is_file=False), *_links(text("files"), is_file=True)]
        self._read_time(cell, session)
        return session

    def _text(self, value: str, column: str, line: int) -> str:
        if value.startswith("#") and value.rstrip("!?").isupper() and value.endswith(("!", "?", "#N/A")):
            self._findings.add("cell_error", line, field=column, value=value)
            return ""
        return unguarded(value)

    def _seats(self, cell: Cell, line: int) -> int | None:
        if not cells.as_text(cell).strip():
            return None
        number = cells.as_whole(cell)
        if number is None or number >= 10**6:
            self._findings.add("number_unreadable", line, value=cells.as_text(cell), field="seats")
            return None
        return number

    def _read_time(self, cell: dict[str, Cell], session: RawSession) -> None:
        title, line = session.title, session.line
        stated = {name: cell.get(name) for name in ("date", "start")}
        date = cells.as_date(cell.get("date")) or cells.as_date(_dated(cell.get("start")))
        clock = cells.as_clock(cell.get("start")) or cells.as_clock(_dated(cell.get("date")))
        shown = {name: cells.as_text(value).strip() for name, value in stated.items()}
        if (shown["date"] and date is None) or (shown["start"] and clock is None):
            value = " ".join(filter(None, shown.values()))
            self._findings.add("bad_date", line, value=value, title=title)
            return
        if date is None or clock is None:
            if date or clock:
                self._findings.add("time_missing", line, title=title)
            return
        session.start = self._instant(date, clock, title, line)
        length = self._length(cell, session)
        if session.start and length:
            session.end = session.start + length

    def _length(self, cell: dict[str, Cell], session: RawSession) -> dt.timedelta | None:
        title, line = session.title, session.line
        stated = cell.get("end")
        if session.start is not None and cells.as_text(stated).strip():
            clock = cells.as_clock(stated)
            if clock is None:
                self._findings.add("bad_date", line, value=cells.as_text(stated), title=title)
                return None
            return self._until(stated, clock, session)
        duration = cell.get("duration")
        length = cells.as_length(duration)
        if length is None:
            return self._clock.length(cells.as_text(duration), title, line, seconds=True)
        return self._clock.plausible(length, title, line)

    def _until(self, stated: Cell, clock: cells.ClockTime, session: RawSession) -> dt.timedelta | None:
        """Return the length up to a clock time; one that is not after the start is on the next date."""
        if session.start is None:
            return None
        title, line = session.title, session.line
        date = cells.as_date(_dated(stated))
        if date is None:
            first = local(session.start, self._clock.zone)
            next_date = first.date() + dt.timedelta(days=1)
            if clock.offset is None and not clock.days and clock.time <= first.time():
                date = next_date
            else:
                date = first.date()
                if clock.offset is not None:
                    end = self._instant(date, clock, title, line)
                    date = date if end and end > session.start else next_date
        end = self._instant(date, clock, title, line)
        return self._clock.plausible(end - session.start, title, line) if end else None

    def _instant(self, date: dt.date, clock: cells.ClockTime, title: str, line: int) -> dt.datetime | None:
        if not 1970 <= date.year < 2200:
            self._findings.add("bad_date", line, value=date.isoformat(), title=title)
            return None
        moment = dt.datetime.combine(date + dt.timedelta(days=clock.days), clock.time)
        if clock.offset is not None:
            return moment.replace(tzinfo=dt.timezone(clock.offset)).astimezone(dt.UTC)
        return self._clock.from_local(moment, title, line)


def _dated(cell: Cell) -> Cell:
    """Return a cell that can hold a date and a time together, else nothing."""
    if isinstance(cell, dt.datetime):
        return cell if cell.time() != dt.time() else None
    return cell if isinstance(cell, str) and ":" in cell and cells.as_date(cell) else None


def _people(text: str) -> Iterator[RawPerson]:
    for item in re.split(r"[;\n]", text):
        name, *rest = [part.strip() for part in item.split("|")]
        if not name:
            continue
        role, post, organisation = [*rest, "", "", ""][:3]
        bracket = _IN_BRACKETS.fullmatch(name)
        if bracket and not role and role_named(bracket[2]):
            name, role = bracket[1], bracket[2]
        yield RawPerson(name=name, role=role, post=post, organisation=organisation)


def _links(text: str, *, is_file: bool) -> Iterator[RawLink]:
    for item in text.splitlines():
        title, _, url = item.rpartition("|")
        if url.strip():
            yield RawLink(url=url.strip(), title=title.strip(), is_file=is_file)
