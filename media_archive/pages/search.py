"""Recordings found by what was said in them, by titles, chapters and summaries, and by who takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, QuerySet

from media_archive.models import CameraFile, Cut, Transcript
from media_archive.pages.archive import CutRow, row_of
from media_archive.pages.filters import Wanted, passes
from media_archive.pages.watch import session_of, title_of
from media_archive.queries.elsewhere import with_film
from media_archive.queries.said import (
    MOST_LINES,
    Part,
    Said,
    folded,
    highlighted,
    lines_said,
    phrase_in,
    words_of,
)
from media_archive.queries.visible import open_to, public_cuts
from media_archive.queries.words import chapters_within
from network.localised import localised
from network.models import Person
from network.web.words import text_and_language
from sessions_app.events.models import Event
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.schedule.model import Session

LINES_SHOWN = 5
AROUND = 90  # characters of a summary that are shown before the words that were found
LONGEST_PASSAGE = 260
MOST_CUTS = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said: ``second`` counts from the start of the cut; ``lang`` is empty for the reader's own."""

    second: int
    url: str
    parts: tuple[Part, ...]
    speaker: str
    lang: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a summary; ``lang`` is empty for the reader's own language."""

    parts: tuple[Part, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A recording that was found, with some of the ``count`` lines that match; none for titles and people.

    ``chapters`` have the words in their titles, ``summary`` is the passage that has them.
    """

    row: CutRow
    event: Event
    lines: tuple[Line, ...]
    count: int
    chapters: tuple[Line, ...]
    summary: Passage | None


def cuts_of(event: Event, viewer: Person | AnonymousUser, *, is_team: bool) -> list[Cut]:
    """Return the event's cuts that the viewer may watch, for the team drafts too; five queries."""
    found = Cut.objects.all() if is_team else open_to(viewer)
    return list(_whole(found.filter(event=event).order_by("recording__date", "start_ms")))


def search(wanted: Wanted, cuts: Iterable[Cut], readers: Mapping[int, Reader], events: Mapping[int, Event]) -> list[Hit]:  # fmt: skip
    """Return the cuts that match: by title and people, by summary and chapters, then those with most lines; two queries.

    Of equal ones those come first that come first in ``cuts``.
    """
    kept = [cut for cut in cuts if passes(cut, readers[cut.event_id], events[cut.event_id], wanted.filters)]
    words = wanted.words
    if wanted.question.strip() and not words:
        return []
    said = _by_cut(lines_said(words, [cut.pk for cut in kept]), kept)
    chapters = _by_cut(_chapters_named(words, kept, readers), kept)
    ranked = []
    for place, cut in enumerate(kept):
        reader, lines, parts = readers[cut.event_id], said.get(cut.pk, []), chapters.get(cut.pk, [])
        summary = _passage(cut, reader, words)
        is_named = bool(words) and _is_named(cut, reader, words)
        if words and not (lines or parts or summary or is_named):
            continue
        rank = (not is_named, not (parts or summary), -len(lines), place)
        ranked.append((rank, cut, lines, parts, summary))
    ranked.sort(key=lambda item: item[0])
    return [
        _hit(cut, lines, readers[cut.event_id], events[cut.event_id], words, chapters=parts, summary=summary)
        for _rank, cut, lines, parts, summary in ranked
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
    return _has_all(_texts(session, reader) if session else [title_of(cut, reader).text], words)


def _has_all(texts: Iterable[str], words: list[str]) -> bool:
    """Tell whether each word is the begin of one in the texts."""
    known = words_of_all(texts)
    return all(any(one.startswith(word) for one in known) for word in words)


def _chapters_named(words: list[str], cuts: list[Cut], readers: Mapping[int, Reader]) -> list[Said]:
    """Return the chapters that have all words in one of their titles, told in the reader's language where it has them."""
    if not words:
        return []
    languages = {cut.recording_id: readers[cut.event_id].language for cut in cuts}
    found = []
    for chapter in chapters_within(languages.keys()):
        titles = {code: title for code, title in chapter.titles.items() if _has_all([title], words)}
        if titles:
            title, code = text_and_language(titles, languages[chapter.recording])
            found.append(Said(chapter.recording, chapter.at_ms, chapter.at_ms + 1, title, "", code))
    return found


def _passage(cut: Cut, reader: Reader, words: list[str]) -> Passage | None:
    """Return the piece of the cut's summary in which the words are found, if it has all of them."""
    if not words:
        return None
    fits = {code: text for code, text in localised(cut, "summary").items() if _has_all([text], words)}
    if not fits:
        return None
    text, code = text_and_language(fits, reader.language)
    lang = "" if code == reader.language else code
    return Passage(highlighted(_shortened(" ".join(text.split()), words), words), lang)


def _shortened(text: str, words: list[str]) -> str:
    """Return the text around the first of the words that were found, in whole words, with dots for what is left out."""
    first = highlighted(text, words)[0]
    begin = 0 if first.is_match else max(0, len(first.text) - AROUND)
    begin = text.find(" ", begin) + 1 if begin else 0
    end = (
        len(text) if len(text) <= begin + LONGEST_PASSAGE else text.rfind(" ", begin, begin + LONGEST_PASSAGE)
    )
    if end <= begin:
        end = begin + LONGEST_PASSAGE
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


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


def _hit(
    cut: Cut, said: list[Said], reader: Reader, event: Event, words: list[str], *,
    chapters: list[Said], summary: Passage | None,
) -> Hit:  # fmt: skip
    row = row_of(cut, event.slug, reader)
    return Hit(
        row=row,
        event=event,
        lines=tuple(_line(cut, line, row.url, reader, words) for line in said[:LINES_SHOWN]),
        count=len(said),
        chapters=tuple(
            _line(cut, chapter, row.url, reader, words, is_said=False) for chapter in chapters[:LINES_SHOWN]
        ),
        summary=summary,
    )


def _line(cut: Cut, line: Said, page: str, reader: Reader, words: list[str], *, is_said: bool = True) -> Line:
    """Return a line whose address leads to its second and, for what was said, to the transcript that has the words."""
    second = max(0, line.start_ms - cut.start_ms) // 1000
    parts = highlighted(line.text, words)
    more = {"transcript": line.language, "find": phrase_in(parts, words)} if is_said else {}
    lang = "" if line.language[:2] == reader.language else line.language
    return Line(second, f"{page}?{urlencode({'t': second, **more})}", parts, line.speaker, lang)
