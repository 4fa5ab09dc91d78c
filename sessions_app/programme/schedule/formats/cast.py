"""The people of a file: one id is one person, one name with two ids is two."""

from __future__ import annotations

from sessions_app.programme.schedule.formats.cleaning import Cleaner
from sessions_app.programme.schedule.formats.identity import derived_guid, parsed_guid
from sessions_app.programme.schedule.formats.kinds import role_named
from sessions_app.programme.schedule.formats.messages import Findings
from sessions_app.programme.schedule.formats.raw import RawPerson, RawSession
from sessions_app.programme.schedule.model import Credit, Person, Role


class Cast:
    """Collects the people of all sessions of a file in ``people`` by key."""

    def __init__(self, slug: str, language: str, clean: Cleaner, findings: Findings) -> None:
        self.people: dict[str, Person] = {}
        self._slug = slug
        self._language = language
        self._clean = clean
        self._findings = findings
        self._renamed: set[tuple[str, str]] = set()

    def credits(self, raw: RawSession) -> tuple[Credit, ...]:
        """Return the credits of a session, each person in each role once."""
        found: dict[tuple[str, Role], Credit] = {}
        for person in raw.people:
            credit = self._credit(person, raw)
            if credit:
                found.setdefault((credit.person, credit.role), credit)
        return tuple(found.values())

    def _credit(self, raw: RawPerson, session: RawSession) -> Credit | None:
        name = self._clean.name("person", raw.name, session.title)
        if not name:
            self._findings.add("person_without_name", session.line, title=session.title)
            return None
        role = role_named(raw.role)
        if role is None:
            self._findings.add("role_unknown", session.line, value=raw.role, name=name)
        post = self._clean.name("post", raw.post, session.title)
        organisation = self._clean.name("organisation", raw.organisation, session.title)
        return Credit(
            person=self._key(raw, name, session),
            role=role or Role.SPEAKER,
            post={self._language: post} if post else {},
            organisation_name={self._language: organisation} if organisation else {},
        )

    def _key(self, raw: RawPerson, name: str, session: RawSession) -> str:
        guid = parsed_guid(raw.guid) if raw.guid.strip() else None
        if guid is None:
            stated = raw.guid.strip() or raw.id.strip()
            parts = ("person id", stated) if stated else ("person", name)
            guid = derived_guid(self._slug, *parts)
        key = str(guid)
        known = self.people.get(key)
        if known is None:
            biography = self._clean.text("biography", raw.biography, name)
            self.people[key] = Person(
                key=key, name=name, biography={self._language: biography} if biography else {}
            )
        elif known.name != name and (key, name) not in self._renamed:
            self._renamed.add((key, name))
            self._findings.add(
                "person_renamed",
                session.line,
                id=raw.id.strip() or key,
                name=known.name,
                other=name,
            )
        return key
