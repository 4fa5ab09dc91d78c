"""The columns of a table of registrations and the names under which people write them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, other names it may have, and how long its text may be."""

    name: str
    aliases: str
    longest: int


COLUMNS = (
    Column("email", "e-mail|mail|e-mail address|почта|эл. почта|электронная почта|адрес почты|имейл", 254),
    Column(
        "name", "full name|person|participant|фио|ф.и.о.|имя|полное имя|участник|фамилия имя отчество", 200
    ),
    Column("name_latin", "name in latin letters|latin name|имя латиницей|фио латиницей|латиницей", 200),
    Column("phone", "telephone|mobile|phone number|телефон|моб. телефон|мобильный|номер телефона", 40),
    Column("organisation", "organization|company|organisation name|организация|компания|место работы", 300),
    Column("post", "position|job title|title|role|должность|позиция", 300),
    Column("region", "region code|country or region|регион|код региона", 6),
    Column("language", "lang|locale|язык", 5),
    Column("category", "type|ticket|категория|тип участия|категория участника", 120),
)
LONGEST = {column.name: column.longest for column in COLUMNS}
# What an export says besides, and an import passes over: it follows from what was done here.
TOLD = frozenset(("code", "state", "received", "confirmed", "delegation"))

_NAMES = {alias: column.name for column in COLUMNS for alias in (column.name, *column.aliases.split("|"))}


def column_named(heading: str) -> str | None:
    """Return the column that a heading means, whatever its case and spaces; None when it is not known."""
    plain = " ".join(heading.replace("\ufeff", "").replace("*", " ").replace("_", " ").lower().split())
    return _NAMES.get(plain) or _NAMES.get(plain.replace(" ", "_"))
