"""Sessions and people as lines of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.web.words import language_name
from sessions_app.programme.models import SessionKind as KindNames
from sessions_app.programme.models import SessionRoleName
from sessions_app.programme.pages.reader import NOTHING, Reader, Words
from sessions_app.programme.schedule.model import Credit, Person, Role, Session, SessionKind

NAMES_SHOWN = 4  # of people in one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word in a small frame; ``kind`` is its colour, see the design system."""

    text: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as ``components/session_row.html`` writes it; times in UTC."""

    code: str
    title: str
    title_lang: str = ""
    url: str = ""
    star_url: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    hue: int | None = None
    rest: bool = False
    room: Words = NOTHING
    kind: str = ""
    track: Words = NOTHING
    people: str = ""
    language: str = ""
    tags: tuple[Tag, ...] = ()
    starred: bool = False
    clash: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person as ``components/person_row.html`` writes her."""

    name: str
    url: str
    role: str = ""
    post: str = ""
    post_lang: str = ""


def session_row(
    session: Session,
    reader: Reader,
    *,
    first_tags: tuple[Tag, ...] = (),
    clash: str = "",
    starred: bool = False,
    cancelled: bool = False,
) -> SessionRow:
    """Return the line of one session."""
    title = reader.words(session.title)
    rest = session.kind is SessionKind.BREAK
    room, track = reader.rooms.get(session.room or ""), reader.tracks.get(session.track or "")
    return SessionRow(
        code=session.code,
        title=title.text or session.code,
        title_lang=title.lang,
        url="" if cancelled else reader.addresses.of("programme_session", session.code),
        star_url="" if rest else reader.addresses.of("programme_star", session.code),
        start=session.start,
        end=session.end,
        hue=track.hue if track else None,
        rest=rest,
        room=reader.words(room.name) if room else NOTHING,
        kind="" if rest else kind_name(session.kind),
        track=reader.words(track.name) if track else NOTHING,
        people=names_of(session, reader),
        language=spoken(session, reader),
        tags=first_tags + (() if rest else tags_of(session, reader, cancelled=cancelled)),
        starred=starred,
        clash=clash,
        cancelled=cancelled,
    )


def tags_of(session: Session, reader: Reader, *, cancelled: bool = False) -> tuple[Tag, ...]:
    """Return what people should know of a session before they choose it."""
    if cancelled:
        return (Tag(text=_("cancelled"), kind="bad", icon="cross"),)
    tags = []
    if session.seats:
        seats = ngettext("%(count)s seat", "%(count)s seats", session.seats) % {"count": session.seats}
        tags.append(Tag(text=seats, icon="seat"))
    if session.code in reader.recordings:
        tags.append(Tag(text=_("recording is out"), icon="play"))
    elif session.recorded:
        tags.append(Tag(text=_("recorded"), icon="record"))
    return tuple(tags)


def names_of(session: Session, reader: Reader) -> str:
    """Return who takes part: moderators first, at most a few names, and how many more there are."""
    leading = [credit for credit in session.credits if credit.role is Role.MODERATOR]
    others = [credit for credit in session.credits if credit.role is not Role.MODERATOR]
    keys = list(dict.fromkeys(credit.person for credit in (*leading, *others)))
    names = [reader.people[key].name for key in keys if key in reader.people]
    shown = ", ".join(names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    if rest <= 0:
        return shown
    more = ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest}
    return f"{shown} {more}"


def spoken(session: Session, reader: Reader) -> str:
    """Return the name of the session's language where it is not the event's main one; pages say that once."""
    return "" if session.language in ("", *reader.schedule.languages[:1]) else language_name(session.language)


def kind_name(kind: SessionKind) -> str:
    """Return a kind of session for reading, with a capital letter."""
    return capital(str(KindNames(kind.value).label))


def role_names(roles: Iterable[Role]) -> str:
    """Return roles for reading: "Moderator, speaker"."""
    return capital(", ".join(str(SessionRoleName(role.value).label) for role in dict.fromkeys(roles)))


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def printed_post(credit: Credit, reader: Reader) -> Words:
    """Return post and organisation of a credit as printed that day."""
    post, organisation = reader.words(credit.post), organisation_of(credit, reader)
    text = ", ".join(filter(None, (post.text, organisation.text)))
    languages = {part.lang for part in (post, organisation) if part}
    return Words(text, languages.pop() if len(languages) == 1 else "")


def organisation_of(credit: Credit, reader: Reader) -> Words:
    """Return the organisation as printed that day, else by its own name."""
    printed = reader.words(credit.organisation_name)
    known = reader.organisations.get(credit.organisation or "")
    return printed or (reader.words(known.name) if known else NOTHING)


def person_row(
    person: Person, reader: Reader, credits: Iterable[Credit], *, with_role: bool = True
) -> PersonRow:
    """Return the line of a person in these parts; the first one that tells of a post gives it."""
    parts = list(credits)
    post = next(filter(None, (printed_post(credit, reader) for credit in parts)), NOTHING)
    return PersonRow(
        name=person.name,
        url=reader.addresses.of("programme_person", person.key),
        role=role_names(credit.role for credit in parts) if with_role else "",
        post=post.text,
        post_lang=post.lang,
    )


def plain(text: str) -> str:
    """Return a text as it is compared: no capitals of any script, ё as е."""
    return text.casefold().replace("ё", "е")
