"""The pages of people and organisations of an event."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions_app.programme.pages.reader import Reader, Words
from sessions_app.programme.pages.rows import (
    PersonRow,
    SessionRow,
    Tag,
    person_row,
    plain,
    role_names,
    session_row,
)
from sessions_app.programme.pages.session import Organisation, RichText, rich
from sessions_app.programme.schedule import texts
from sessions_app.programme.schedule.model import CYRILLIC, Credit, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfRows:
    """The sessions of one day."""

    date: dt.date
    url: str
    rows: tuple[SessionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """What the page of a person shows."""

    code: str
    name: str
    other_name: str
    other_name_lang: str
    roles: str
    posts: tuple[Words, ...]
    biography: RichText | None
    days: tuple[DayOfRows, ...]
    organisations: tuple[Organisation, ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage:
    """What the page of an organisation shows."""

    code: str
    name: Words
    website: str
    organises: bool
    people: tuple[PersonRow, ...]
    days: tuple[DayOfRows, ...]
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """People whose names begin with the same letter."""

    letter: str
    people: tuple[PersonRow, ...]


def person_page(reader: Reader, code: str) -> PersonPage | None:
    """Return the page of somebody who takes part in a planned session, or None."""
    person = reader.people.get(code)
    parts = _parts(reader).get(code, []) if person else []
    if person is None or not parts:
        return None
    credits = [credit for _session, credit in parts]
    roles = _roles_by_session(parts)
    sessions = [session for session in reader.planned if session.code in roles]
    keys = dict.fromkeys(credit.organisation for credit in credits if credit.organisation)
    posts = [person_row(person, reader, [credit]) for credit in credits]
    return PersonPage(
        code=code,
        name=person.name,
        other_name=person.latin if person.latin != person.name else "",
        other_name_lang="en" if person.latin.isascii() else "ru",
        roles=role_names(credit.role for credit in credits),
        posts=tuple(dict.fromkeys(Words(row.post, row.post_lang) for row in posts if row.post)),
        biography=rich(person.biography, reader),
        days=rows_by_day(reader, sessions, roles),
        organisations=tuple(_organisation(reader, key) for key in keys if key in reader.organisations),
        zone=reader.schedule.zone,
    )


def organisation_page(reader: Reader, code: str) -> OrganisationPage | None:
    """Return the page of an organisation with its people and the sessions that it hosts or takes part in."""
    body = reader.organisations.get(code)
    if body is None:
        return None
    tags: dict[str, tuple[Tag, ...]] = {}
    people: dict[str, list[Credit]] = {}
    for session in reader.planned:
        own = [credit for credit in session.credits if credit.organisation == code]
        for credit in own:
            people.setdefault(credit.person, []).append(credit)
        if session.host == code:
            tags[session.code] = (Tag(text=_("host"), kind="brand"),)
        elif own:
            tags[session.code] = ()
    rows = [
        person_row(reader.people[key], reader, own) for key, own in people.items() if key in reader.people
    ]
    sessions = [session for session in reader.planned if session.code in tags]
    return OrganisationPage(
        code=code,
        name=reader.words(body.name) or Words(code),
        website=texts.safe_address(body.url),
        organises=code in reader.schedule.organisers,
        people=tuple(rows),
        days=rows_by_day(reader, sessions, tags),
        zone=reader.schedule.zone,
    )


def people_list(reader: Reader) -> tuple[Letter, ...]:
    """Return everybody of the programme by name as written, grouped by first letter."""
    parts = _parts(reader)
    found: dict[str, list[PersonRow]] = {}
    known = [reader.people[key] for key in parts if key in reader.people]
    for person in sorted(
        known, key=lambda person: (_foreign(person.name, reader), plain(person.name).strip(), person.key)
    ):
        row = person_row(person, reader, [credit for _session, credit in parts[person.key]])
        found.setdefault(row.name.strip()[:1].upper(), []).append(row)
    return tuple(Letter(letter=letter, people=tuple(rows)) for letter, rows in found.items())


def organisations_list(reader: Reader) -> tuple[Organisation, ...]:
    """Return the organisations that host, organise or send somebody, by name."""
    keys = set(reader.schedule.organisers)
    for session in reader.planned:
        keys |= {credit.organisation for credit in session.credits if credit.organisation}
        keys |= {session.host} if session.host else set()
    found = [_organisation(reader, key) for key in keys if key in reader.organisations]
    return tuple(sorted(found, key=lambda item: item.name.text.casefold()))


def rows_by_day(
    reader: Reader, sessions: Iterable[Session], tags: dict[str, tuple[Tag, ...]] | None = None
) -> tuple[DayOfRows, ...]:
    """Return planned sessions grouped by day; ``tags`` are put before a session's own."""
    found: dict[dt.date, list[SessionRow]] = {}
    for session in sessions:
        row = session_row(session, reader, first_tags=(tags or {}).get(session.code, ()))
        found.setdefault(reader.date_of(session), []).append(row)
    return tuple(
        DayOfRows(date=date, url=reader.addresses.named("programme_day", date), rows=tuple(found[date]))
        for date in sorted(found)
    )


def _foreign(name: str, reader: Reader) -> bool:
    """Tell whether a name begins with a letter of the other alphabet; such names come last."""
    letter = unicodedata.name(name.strip()[:1] or " ")
    return letter.startswith("CYRILLIC") is not (reader.language in CYRILLIC)


def _parts(reader: Reader) -> dict[str, list[tuple[Session, Credit]]]:
    """Return everybody's parts in planned sessions, in order of time."""
    found: dict[str, list[tuple[Session, Credit]]] = {}
    for session in reader.planned:
        for credit in session.credits:
            found.setdefault(credit.person, []).append((session, credit))
    return found


def _roles_by_session(parts: Iterable[tuple[Session, Credit]]) -> dict[str, tuple[Tag, ...]]:
    found: dict[str, list[Credit]] = {}
    for session, credit in parts:
        found.setdefault(session.code, []).append(credit)
    return {
        code: (Tag(text=role_names(credit.role for credit in credits), kind="brand"),)
        for code, credits in found.items()
    }


def _organisation(reader: Reader, key: str) -> Organisation:
    name = reader.words(reader.organisations[key].name) or Words(key)
    return Organisation(name=name, url=reader.addresses.of("programme_organisation", key))
