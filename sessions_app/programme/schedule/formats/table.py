"""The columns of a programme as a table (CSV, XLSX) and the rules of its cells.

The first row names the columns, in English or Russian, in any order. Texts in further
languages stand in columns such as ``title_ru``. The heading of a time column may name
the zone: ``start (Europe/Moscow)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sessions_app.programme.schedule.formats.messages import gettext_noop


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, other names it may have, what it holds and an example."""

    name: str
    aliases: str
    help: str
    example: str = ""


COLUMNS = (
    Column("id", "number|№|номер", gettext_noop("A whole number that stays with the session."), "1"),
    Column("guid", "uuid", gettext_noop("A UUID that stays with the session; may stay empty.")),
    Column("code", "код", gettext_noop("Six of 0-9 and A-Z; may stay empty.")),
    Column("title", "name|название|тема", gettext_noop("The title. Every row needs one."), "Opening"),
    Column("subtitle", "подзаголовок", gettext_noop("A second line under the title.")),
    Column(
        "kind",
        "type|вид|тип|формат",
        gettext_noop(
            "plenary, panel, lecture, workshop, project_group, defence, exchange, break or social; lecture if empty."
        ),
        "plenary",
    ),
    Column("date", "day|дата|день", gettext_noop("The date: 2026-10-03 or 03.10.2026."), "2026-10-03"),
    Column(
        "start", "start time|begin|from|начало|время|c|с", gettext_noop("The local time: 09:30."), "09:30"
    ),
    Column(
        "end",
        "end time|until|to|finish|конец|окончание|до|по",
        gettext_noop("The local time; a time before the start is on the next date."),
        "11:00",
    ),
    Column(
        "duration",
        "length|длительность|продолжительность",
        gettext_noop("Instead of the end: 1:30, or 90 (minutes), or 1,5 (hours)."),
    ),
    Column("room", "location|place|hall|зал|место|аудитория", gettext_noop("The room's name."), "Hall 1"),
    Column("track", "stream name|topic|трек|направление|секция", gettext_noop("The track's name.")),
    Column("language", "lang|язык", gettext_noop("The language spoken: en, ru."), "en"),
    Column("abstract", "summary|аннотация|кратко", gettext_noop("A short text.")),
    Column("description", "details|описание", gettext_noop("A long text.")),
    Column(
        "people",
        "speakers|persons|speaker|участники|спикеры|докладчики",
        gettext_noop(
            "Name | role | post | organisation; the next person after a semicolon or on a new line."
        ),
        "Anna Li | moderator | Director | Cluster",
    ),
    Column(
        "host", "organiser|organizer|организатор", gettext_noop("The organisation that holds the session.")
    ),
    Column("seats", "capacity|places|мест|места", gettext_noop("How many people can sign up."), "120"),
    Column("recorded", "recording|запись", gettext_noop("yes when the session will be recorded."), "yes"),
    Column("licence", "license|лицензия", gettext_noop("The licence of the recording.")),
    Column("url", "page|ссылка|страница", gettext_noop("The session's page elsewhere.")),
    Column("stream", "stream url|трансляция", gettext_noop("The address of the live stream.")),
    Column("links", "ссылки", gettext_noop("Title | address, each on a line of its own.")),
    Column(
        "files", "attachments|materials|материалы|файлы", gettext_noop("As links, for things to download.")
    ),
)
TRANSLATED = ("title", "subtitle", "abstract", "description")
TIMES = ("start", "end")

# Fields of a session, by the columns that state them.
STATED_BY = {
    "start": {"date", "start"},
    "end": {"date", "start"},
    **{name: {name} for name in ("kind", "track", "room", "language", "recorded", "licence")},
}

_NAMES = {
    alias: column.name for column in COLUMNS for alias in (column.name, *column.aliases.split("|")) if alias
}
_TRANSLATION = re.compile(r"(.+?)[\s_:.\[(-]+([a-z]{2,3})[\])]?")
_BRACKET = re.compile(r"\s*\(([^()]*)\)$")
_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r\0]")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading means: a column, the language of its texts ("" main), the zone it names."""

    column: str
    language: str = ""
    zone: str = ""


def heading(text: str) -> Heading | None:
    """Return what a heading means, None when it is not known."""
    text = " ".join(text.replace("\ufeff", "").split())
    plain = text.lower()
    if plain in _NAMES:
        return Heading(_NAMES[plain])
    bracket = _BRACKET.search(text)
    if (bracket and "/" in bracket[1]) or (bracket and bracket[1] == "UTC"):
        column = _NAMES.get(plain[: bracket.start()].strip())
        return Heading(column, zone=bracket[1]) if column in TIMES else None
    translated = _TRANSLATION.fullmatch(plain)
    column = _NAMES.get(translated[1]) if translated else None
    if translated and column in TRANSLATED:
        return Heading(column, language=translated[2])
    return None


def headings(zone: str, languages: tuple[str, ...]) -> list[str]:
    """Return the headings of a table with texts in these languages, the main one first."""
    found: list[str] = []
    for column in COLUMNS:
        found.append(f"{column.name} ({zone})" if column.name in TIMES and zone else column.name)
        if column.name in TRANSLATED:
            found += [f"{column.name}_{language}" for language in languages[1:]]
    return found


def guarded(text: str) -> str:
    """Return the text of a cell so that no program takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that ``guarded`` was given."""
    return text[1:] if _QUOTED_FORMULA.match(text) else text
