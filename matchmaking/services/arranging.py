"""Meetings from a spreadsheet: each row arranged as if by hand, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from matchmaking.errors import AlreadyAsked, ExchangeError, MayNotAsk, NoCommonTime, SlotTaken
from matchmaking.models import Exchange, ExchangeProfile, ProfileState, Slot, Table
from matchmaking.services.desk import arrange
from network.models import Person
from sessions_app.programme.forms import parse_local
from sessions_app.programme.schedule import zones
from sessions_app.programme.schedule.formats.cells import YES, as_text, as_whole
from sessions_app.programme.schedule.formats.messages import Findings, Refused
from sessions_app.programme.schedule.formats.table import unguarded
from sessions_app.programme.schedule.formats.table_reader import table_rows
from sessions_app.programme.schedule.texts import one_line
from sessions_app.registration.services.places import one_transaction

MOST_ROWS = 500
COLUMNS: dict[str, tuple[str, ...]] = {
    "one": ("participant", "who", "участник", "кто"),
    "other": ("partner", "with whom", "партнёр", "партнер", "с кем"),
    "time": ("time", "slot", "время", "слот"),
    "table": ("table", "стол"),
    "pinned": ("pinned", "pin", "закреплено", "закрепить"),
}
_NAMED = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row, or the whole file (line 0), cannot be taken; ``code`` has its sentence elsewhere."""

    line: int
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A row that could be read: who meets whom, when and where if it says so."""

    line: int
    one: ExchangeProfile
    other: ExchangeProfile
    slot: Slot | None
    table: Table | None
    is_pinned: bool


@dataclass(slots=True)
class Arranged:
    """What a file says and what became of it; with problems nothing was written."""

    wishes: list[Wish] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


@one_transaction
def arrange_many(*, exchange: Exchange, data: bytes, actor: Person | None, is_trial: bool) -> Arranged:
    """Arrange the meetings of a CSV or XLSX file; a trial, or one row that cannot be, leaves nothing behind."""
    found = read_wishes(exchange, data)
    with transaction.atomic():
        for wish in found.wishes:
            problem = _arrange(wish, actor)
            if problem is not None:
                found.problems.append(problem)
        if is_trial or found.problems:
            transaction.set_rollback(True)
    found.problems.sort(key=lambda problem: problem.line)
    return found


def _arrange(wish: Wish, actor: Person | None) -> RowProblem | None:
    try:
        with transaction.atomic():
            arrange(
                one=wish.one, other=wish.other, slot=wish.slot, table=wish.table, actor=actor,
                is_pinned=wish.is_pinned,
            )  # fmt: skip
    except ExchangeError as error:
        codes: Mapping[type[ExchangeError], str] = {
            AlreadyAsked: "met_already", MayNotAsk: "apart", NoCommonTime: "no_common_time", SlotTaken: "taken",
        }  # fmt: skip
        return RowProblem(
            wish.line, codes.get(type(error), "refused"), f"{wish.one.name} – {wish.other.name}"
        )
    return None


def read_wishes(exchange: Exchange, data: bytes) -> Arranged:
    """Return the rows of a file with whom and what they mean in this exchange; nothing is written."""
    findings = Findings()
    try:
        rows = list(_filled(data, findings))
    except Refused:
        return Arranged(problems=[RowProblem(found.line, "unreadable") for found in findings.sorted()])
    if not rows:
        return Arranged(problems=[RowProblem(0, "empty")])
    number, headings = rows[0]
    columns = {_NAMED[text.casefold()]: at for at, text in enumerate(headings) if text.casefold() in _NAMED}
    if not {"one", "other"} <= columns.keys():
        return Arranged(problems=[RowProblem(number, "no_columns")])
    if len(rows) - 1 > MOST_ROWS:
        return Arranged(problems=[RowProblem(rows[MOST_ROWS + 1][0], "too_many", str(MOST_ROWS))])
    reader, found = _Reader(exchange), Arranged()
    for line, texts in rows[1:]:
        cells = {name: texts[at] if at < len(texts) else "" for name, at in columns.items()}
        problems = list(reader.problems(line, cells))
        if problems:
            found.problems += problems
        else:
            found.wishes.append(reader.wish(line, cells))
    return found


def _filled(data: bytes, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    for number, cells in table_rows(data, findings):
        texts = [one_line(unguarded(as_text(cell))) for cell in cells]
        if any(texts):
            yield number, texts


class _Reader:
    """Knows the exchange's people, slots and tables by what people write."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.people: dict[str, list[ExchangeProfile]] = {}
        rows = ExchangeProfile.objects.filter(exchange=exchange).exclude(state=ProfileState.LEFT)
        for profile in rows.select_related("person"):
            profile.exchange = exchange
            for name in {profile.code, profile.person.email or "", profile.name}:
                self.people.setdefault(name.casefold(), []).append(profile)
        self.slots = {slot.start: slot for slot in Slot.objects.filter(exchange=exchange)}
        self.tables = {
            table.number: table for table in Table.objects.filter(exchange=exchange, is_active=True)
        }

    def problems(self, line: int, cells: Mapping[str, str]) -> Iterator[RowProblem]:
        """Yield what is wrong with a row by itself."""
        for column in ("one", "other"):
            text = cells[column]
            found = self.people.get(text.casefold(), [])
            if not text:
                yield RowProblem(line, "nobody_named")
            elif len(found) != 1:
                yield RowProblem(line, "several" if found else "unknown", text[:80])
        if cells.get("time") and self._slot(cells["time"]) is None:
            yield RowProblem(line, "no_slot", cells["time"][:40])
        if cells.get("table") and as_whole(cells["table"]) not in self.tables:
            yield RowProblem(line, "no_table", cells["table"][:40])

    def wish(self, line: int, cells: Mapping[str, str]) -> Wish:
        """Return a row that has no problems."""
        one, other = (self.people[cells[column].casefold()][0] for column in ("one", "other"))
        number = as_whole(cells.get("table", "")) if cells.get("table") else None
        return Wish(
            line, one, other,
            self._slot(cells["time"]) if cells.get("time") else None,
            self.tables[number] if number is not None else None,
            cells.get("pinned", "").casefold() in YES,
        )  # fmt: skip

    def _slot(self, text: str) -> Slot | None:
        local = parse_local(text) or parse_local(text.replace(" ", "T", 1))
        if local is None:
            return None
        try:
            return self.slots.get(zones.to_utc(local, self.exchange.event.zone))
        except zones.ClockChange:
            return None
