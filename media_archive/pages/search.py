"""Recordings found by what was said in them, by their titles and by who takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.formats import date_format

from media_archive.models import Cut
from media_archive.pages.archive import CutRow, row_of
from media_archive.pages.watch import session_of
from media_archive.queries.said import Part, Said, folded, highlighted, lines_said, words_of
from media_archive.queries.visible import open_to, public_cuts
from network.models import Person
from network.web.words import language_name
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.rows import kind_name, organisation_of
from sessions_app.programme.schedule.model import Session

LINES_SHOWN = 5
MOST_CUTS = 5000
FILTERS = ("day", "track", "kind", "language", "person", "organisation")
LONGEST_FILTER = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words and, by name, the values of filters; empty ones do not count."""

    question: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The words, folded."""
        return words_of(self.question)

    def __bool__(self) -> bool:
        return bool(self.question.strip() or self.filters)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said: ``second`` counts from the start of the cut."""

    second: int
    url: str
    parts: tuple[Part, ...]
    speaker: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A recording that was found, with some of the ``count`` lines that match; none for titles and people."""

    row: CutRow
    event: Event
    lines: tuple[Line, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with the values that occur."""

    name: str
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> bool:
        """Whether a value is chosen."""
        return any(choice.is_chosen for choice in self.choices)


def wanted_of(query: QueryDict) -> Wanted:
    """Return what an address asks for."""
    return Wanted(
        question=query.get("q", "").replace("\x00", " ")[:200],
        filters={
            name: value.replace("\x00", "")[:LONGEST_FILTER]
            for name in FILTERS
            if (value := query.get(name, ""))
        },
    )


def cuts_of(event: Event, viewer: Person | AnonymousUser, *, is_team: bool) -> list[Cut]:
    """Return the event's cuts that the viewer may watch, for the team drafts too; one query."""
    found = Cut.objects.all() if is_team else open_to(viewer)
    return list(found.filter(event=event).select_related("recording", "recording__room").order_by("recording__date", "start_ms"))  # fmt: skip


def search(wanted: Wanted, cuts: Iterable[Cut], readers: Mapping[int, Reader], events: Mapping[int, Event]) -> list[Hit]:  # fmt: skip
    """Return the cuts that match, those by title and people first, then those with most lines; one query."""
    kept = [cut for cut in cuts if _passes(cut, readers[cut.event_id], wanted.filters)]
    words = wanted.words
    if wanted.question.strip() and not words:
        return []
    by_cut = _by_cut(lines_said(words, [cut.pk for cut in kept]), kept)
    ranked = []
    for place, cut in enumerate(kept):
        lines = by_cut.get(cut.pk, [])
        reader = readers[cut.event_id]
        is_named = bool(words) and _is_named(cut, reader, words)
        if words and not lines and not is_named:
            continue
        ranked.append(((not is_named, -len(lines), place), cut, lines))
    ranked.sort(key=lambda item: item[0])
    return [
        _hit(cut, lines, readers[cut.event_id], events[cut.event_id], words) for _rank, cut, lines in ranked
    ]


def everywhere(wanted: Wanted, readers: Mapping[int, Reader], events: Mapping[int, Event]) -> list[Hit]:
    """Return public recordings of all events that match, the newest first; two queries."""
    cuts = (
        public_cuts()
        .filter(event__in=list(readers))
        .select_related("recording", "recording__room")
        .order_by("-recording__date", "-start_ms")
    )
    hits = search(wanted, list(cuts[:MOST_CUTS]), readers, events)
    return sorted(hits, key=lambda hit: hit.row.start, reverse=True)


def filters_of(cuts: Iterable[Cut], reader: Reader, wanted: Wanted) -> list[Filter]:
    """Return the filters that have more than one value, or a chosen one, with words in the reader's language."""
    values: dict[str, dict[str, str]] = {name: {} for name in FILTERS}
    for cut in cuts:
        date = cut.recording.date
        values["day"][date.isoformat()] = date_format(date, "j E")
        session = session_of(cut, reader)
        if session is None:
            continue
        if session.track in reader.tracks:
            values["track"][session.track] = reader.words(reader.tracks[session.track].name).text
        values["kind"][str(session.kind)] = kind_name(session.kind)
        if session.language:
            values["language"][session.language] = language_name(session.language)
        for credit in session.credits:
            if credit.person in reader.people:
                values["person"][credit.person] = reader.people[credit.person].name
            body = organisation_of(credit, reader).text
            if body:
                values["organisation"][credit.organisation or body] = body
    found = []
    for name, titles in values.items():
        chosen = wanted.filters.get(name, "")
        if len(titles) < 2 and not chosen:
            continue
        ordered = sorted(titles.items(), key=lambda item: item[0] if name == "day" else item[1].casefold())
        found.append(Filter(name, tuple(Choice(value, title, value == chosen) for value, title in ordered)))
    return found


def _passes(cut: Cut, reader: Reader, filters: Mapping[str, str]) -> bool:
    if not filters:
        return True
    if "day" in filters and cut.recording.date.isoformat() != filters["day"]:
        return False
    rest = {name: value for name, value in filters.items() if name != "day"}
    session = session_of(cut, reader)
    if session is None:
        return not rest
    have: dict[str, set[str | None]] = {
        "track": {session.track},
        "kind": {str(session.kind)},
        "language": {session.language},
        "person": {credit.person for credit in session.credits},
        "organisation": {
            key
            for credit in session.credits
            for key in (credit.organisation, organisation_of(credit, reader).text)
        },
    }
    return all(value in have[name] for name, value in rest.items())


def _by_cut(lines: list[Said], cuts: list[Cut]) -> dict[int, list[Said]]:
    """Give each line to the shortest of the cuts in which it is said: to a session rather than to its day."""
    of_recording: dict[int, list[Cut]] = defaultdict(list)
    for cut in sorted(cuts, key=lambda cut: cut.end_ms - cut.start_ms):
        of_recording[cut.recording_id].append(cut)
    found: dict[int, list[Said]] = defaultdict(list)
    for line in lines:
        for cut in of_recording[line.recording]:
            if cut.start_ms < line.end_ms and cut.end_ms > line.start_ms:
                found[cut.pk].append(line)
                break
    for said in found.values():
        said.sort(key=lambda line: line.start_ms)
    return found


def _is_named(cut: Cut, reader: Reader, words: list[str]) -> bool:
    session = session_of(cut, reader)
    texts = _texts(session, reader) if session else [cut.title]
    known = words_of_all(texts)
    return all(any(one.startswith(word) for one in known) for word in words)


def words_of_all(texts: Iterable[str]) -> set[str]:
    """Return the folded words of texts of any length."""
    joined = folded(" ".join(texts))
    return {word for piece in joined.split() for word in words_of(piece)}


def _texts(session: Session, reader: Reader) -> list[str]:
    texts = [*session.title.values(), *session.subtitle.values()]
    for credit in session.credits:
        person = reader.people.get(credit.person)
        if person is not None:
            texts += [person.name, person.latin]
        texts += credit.organisation_name.values()
        body = reader.organisations.get(credit.organisation or "")
        texts += body.name.values() if body else ()
    return texts


def _hit(cut: Cut, said: list[Said], reader: Reader, event: Event, words: list[str]) -> Hit:
    row = row_of(cut, event.slug, reader)
    lines = []
    for line in said[:LINES_SHOWN]:
        second = max(0, line.start_ms - cut.start_ms) // 1000
        lines.append(Line(second, f"{row.url}?t={second}", highlighted(line.text, words), line.speaker))
    return Hit(row=row, event=event, lines=tuple(lines), count=len(said))
