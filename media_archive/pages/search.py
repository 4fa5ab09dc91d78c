"""Recordings found by what was said in them, by their titles and by who takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet

from media_archive.models import CameraFile, Cut, Transcript
from media_archive.pages.archive import CutRow, row_of
from media_archive.pages.filters import Wanted, passes
from media_archive.pages.watch import session_of
from media_archive.queries.elsewhere import with_film
from media_archive.queries.said import (
    MOST_LINES,
    Part,
    Said,
    folded,
    highlighted,
    lines_said,
    words_of,
)
from media_archive.queries.visible import open_to, public_cuts
from network.models import Person
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.schedule.model import Session

LINES_SHOWN = 5
MOST_CUTS = 5000


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


def cuts_of(event: Event, viewer: Person | AnonymousUser, *, is_team: bool) -> list[Cut]:
    """Return the event's cuts that the viewer may watch, for the team drafts too; five queries."""
    found = Cut.objects.all() if is_team else open_to(viewer)
    return list(_whole(found.filter(event=event).order_by("recording__date", "start_ms")))


def search(wanted: Wanted, cuts: Iterable[Cut], readers: Mapping[int, Reader], events: Mapping[int, Event]) -> list[Hit]:  # fmt: skip
    """Return the cuts that match, those by title and people first, then those with most lines; one query."""
    kept = [cut for cut in cuts if passes(cut, readers[cut.event_id], events[cut.event_id], wanted.filters)]
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


def may_have_more(hits: Iterable[Hit]) -> bool:
    """Tell whether the words may be said in more places than were looked at."""
    return sum(hit.count for hit in hits) >= MOST_LINES


def everywhere(events: Iterable[int]) -> list[Cut]:
    """Return public recordings of the events, the newest first and at most ``MOST_CUTS``; five queries."""
    cuts = public_cuts().filter(event__in=list(events)).order_by("-recording__date", "-start_ms")
    return list(_whole(cuts)[:MOST_CUTS])


def _whole(cuts: QuerySet[Cut]) -> QuerySet[Cut]:
    """Return the cuts with what their lines and filters read."""
    languages = Prefetch("recording__transcripts", Transcript.objects.only("recording", "language"))
    files = Prefetch("recording__cameras__files", CameraFile.objects.only("camera"))
    return (
        with_film(cuts)
        .select_related("recording", "recording__room")
        .prefetch_related(languages, "recording__cameras", files, "recording__cameras__files__sound_tracks")
    )


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
