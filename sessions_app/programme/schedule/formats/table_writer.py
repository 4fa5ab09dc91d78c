"""Writes programmes as tables, CSV and XLSX, and the empty tables to fill in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from sessions_app.programme.schedule import texts, zones
from sessions_app.programme.schedule.formats.outgoing import Outgoing, UrlFor
from sessions_app.programme.schedule.formats.table import COLUMNS, TRANSLATED, guarded, headings
from sessions_app.programme.schedule.model import Credit, Link, Schedule, Session

LONGEST_CELL = 32_767  # characters that a cell of a workbook holds
WIDTHS = {"title": 48, "abstract": 48, "description": 48, "people": 48, "links": 32, "guid": 38}

Row = list[str]


def write_csv(schedule: Schedule, *, url_for: UrlFor | None = None, delimiter: str = ",") -> bytes:
    """Return all sessions, planned or not, as CSV in UTF-8 with BOM."""
    return _csv(_table(schedule, url_for), delimiter)


def write_xlsx(schedule: Schedule, *, url_for: UrlFor | None = None) -> bytes:
    """Return all sessions, planned or not, as a workbook of one sheet."""
    return _xlsx({"Sessions": _table(schedule, url_for)})


def template_csv(zone: str = "UTC", languages: tuple[str, ...] = ("en",), *, delimiter: str = ",") -> bytes:
    """Return a table with headings and one example row; times are in ``zone``."""
    return _csv(_template(zone, languages), delimiter)


def template_xlsx(
    zone: str = "UTC", languages: tuple[str, ...] = ("en",), *, translate: Callable[[str], str] = str
) -> bytes:
    """Return a workbook with headings, one example row and a sheet that explains the columns."""
    help_rows = [[column.name, translate(column.help)] for column in COLUMNS]
    return _xlsx({"Sessions": _template(zone, languages), "Columns": [["column", "help"], *help_rows]})


def _template(zone: str, languages: tuple[str, ...]) -> list[Row]:
    examples = {column.name: column.example for column in COLUMNS}
    titles = headings(zone, languages)
    return [titles, [examples.get(title.partition(" ")[0], "") for title in titles]]


def _table(schedule: Schedule, url_for: UrlFor | None) -> list[Row]:
    out = Outgoing(schedule, None, url_for)
    rows = [headings(schedule.zone, schedule.languages)]
    rows += [_row(session, out) for session in schedule.sessions]
    return rows


def _row(session: Session, out: Outgoing) -> Row:
    host = out.organisations.get(session.host or "")
    start, end = session.start, session.end
    values = {
        "id": str(session.number),
        "guid": str(session.guid),
        "code": session.code,
        "kind": session.kind.value,
        "date": zones.local(start, out.zone).date().isoformat() if start else "",
        "start": _clock(start, out.zone) if start else "",
        "end": _end(start, end, out.zone) if start and end else "",
        "room": out.room(session),
        "track": out.track(session),
        "language": session.language,
        "people": "\n".join(
            _person(credit, out) for credit in session.credits if credit.person in out.people
        ),
        "host": out.text(host.name) if host else "",
        "seats": "" if session.seats is None else str(session.seats),
        "recorded": "yes" if session.recorded else "no",
        "licence": session.licence,
        "url": out.url(session),
        "stream": texts.safe_address(session.stream_url),
        "links": _links(session.links, is_file=False),
        "files": _links(session.links, is_file=True),
    }
    row: Row = []
    for column in COLUMNS:
        if column.name not in TRANSLATED:
            row.append(values.get(column.name, ""))
            continue
        stated = getattr(session, column.name)
        languages = out.schedule.languages
        row.append(texts.without_control(stated.get(languages[0], "")))
        row += [texts.without_control(stated.get(language, "")) for language in languages[1:]]
    return row


def _clock(instant: dt.datetime, tz: ZoneInfo) -> str:
    """Return the local time, with its offset where the clock shows it twice."""
    moment = instant.astimezone(tz)
    shown = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    try:
        zones.to_utc(zones.local(instant, tz), tz)
    except zones.AmbiguousTime:
        return shown + moment.isoformat()[-6:]
    return shown


def _end(start: dt.datetime, end: dt.datetime, tz: ZoneInfo) -> str:
    """Return the local end, with its date where the clock alone would mean another day."""
    first, last = zones.local(start, tz), zones.local(end, tz)
    nights = 1 if last.time() <= first.time() else 0
    meant = first.date() + dt.timedelta(days=nights) == last.date()
    return _clock(end, tz) if meant else f"{last.date()} {_clock(end, tz)}"


def _person(credit: Credit, out: Outgoing) -> str:
    organisation = out.organisations.get(credit.organisation or "")
    printed = credit.organisation_name or (organisation.name if organisation else {})
    parts = [out.people[credit.person].name, credit.role.value, out.text(credit.post), out.text(printed)]
    cleaned = [texts.one_line(part).replace("|", "/").replace(";", ",") for part in parts]
    while len(cleaned) > 1 and not cleaned[-1]:
        cleaned.pop()
    return " | ".join(cleaned)


def _links(links: Iterable[Link], *, is_file: bool) -> str:
    lines = []
    for link in links:
        address = texts.safe_address(link.url, mail=True).replace("|", "%7C")
        title = texts.one_line(link.title).replace("|", "/")
        if address and link.is_file is is_file:
            lines.append(f"{title} | {address}" if title else address)
    return "\n".join(lines)


def _csv(rows: Iterable[Row], delimiter: str) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(sheets: dict[str, list[Row]]) -> bytes:
    # Only who writes a workbook pays for the package.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for position, title in enumerate(rows[0]):
            letter = chr(65 + position) if position < 26 else f"A{chr(65 + position - 26)}"
            sheet.column_dimensions[letter].width = WIDTHS.get(title.partition("_")[0], 16)
        heads = []
        for title in rows[0]:
            head = WriteOnlyCell(sheet, value=title)
            head.font = Font(bold=True)
            heads.append(head)
        sheet.append(heads)
        for row in rows[1:]:
            sheet.append([guarded(cell)[:LONGEST_CELL] for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
