"""Search over one event's released programme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions_app.programme.pages.people import DayOfRows, rows_by_day
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import PersonRow, person_row, plain
from sessions_app.programme.pages.session import Organisation
from sessions_app.programme.schedule.model import Session

LONGEST_QUERY = 120  # characters
WORDS_READ = 8
PEOPLE_SHOWN = 24

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What was found; ``query`` is the question as it was read."""

    query: str
    days: tuple[DayOfRows, ...]
    people: tuple[PersonRow, ...]
    organisations: tuple[Organisation, ...]
    sessions: int
    zone: str

    @property
    def asked(self) -> bool:
        """Whether there was a question."""
        return bool(self.query)

    @property
    def nothing(self) -> bool:
        """Whether nothing was found."""
        return not (self.days or self.people or self.organisations)


def search_page(reader: Reader, query: str) -> SearchPage:
    """Return sessions, people and organisations in which each word of the question begins or continues a word."""
    query = " ".join(query.replace("\x00", " ").split())[:LONGEST_QUERY]
    words = _WORD.findall(plain(query))[:WORDS_READ]
    sessions = [session for session in reader.planned if words and _has(_text_of(session, reader), words)]
    return SearchPage(
        query=query,
        days=rows_by_day(reader, sessions),
        people=_people(reader, words) if words else (),
        organisations=_organisations(reader, words) if words else (),
        sessions=len(sessions),
        zone=reader.schedule.zone,
    )


def _has(text: str, words: Iterable[str]) -> bool:
    text = plain(text)
    return all(word in text for word in words)


def _text_of(session: Session, reader: Reader) -> str:
    """Return title, abstract, people and organisations of a session in all languages."""
    parts: list[Mapping[str, str]] = [session.title, session.subtitle, session.abstract, session.description]
    names = [session.code]
    for credit in session.credits:
        person = reader.people.get(credit.person)
        names += [person.name, person.latin] if person else []
        parts += [credit.organisation_name, credit.post]
        body = reader.organisations.get(credit.organisation or "")
        parts += [body.name] if body else []
    host = reader.organisations.get(session.host or "")
    parts += [host.name] if host else []
    return "\n".join([*names, *(value for part in parts for value in part.values())])


def _people(reader: Reader, words: list[str]) -> tuple[PersonRow, ...]:
    found = [
        person for person in reader.people_of(reader.planned) if _has(f"{person.name} {person.latin}", words)
    ]
    rows = []
    for person in found[:PEOPLE_SHOWN]:
        credits = [
            credit for session in reader.planned for credit in session.credits if credit.person == person.key
        ]
        rows.append(person_row(person, reader, credits))
    return tuple(rows)


def _organisations(reader: Reader, words: list[str]) -> tuple[Organisation, ...]:
    return tuple(
        Organisation(
            name=reader.words(body.name), url=reader.addresses.of("programme_organisation", body.key)
        )
        for body in reader.organisations.values()
        if _has(" ".join(body.name.values()), words)
    )[:PEOPLE_SHOWN]
