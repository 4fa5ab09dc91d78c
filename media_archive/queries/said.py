"""Lines of transcripts in which words were said, by the index of the database."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

LONGEST = 200  # characters of a question
MOST_WORDS = 8
MOST_LINES = 1000  # looked at for one question; common words are said more often

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; ``is_match`` marks words that were looked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a recording's transcript, on the recording's clock."""

    recording: int
    start_ms: int
    end_ms: int
    text: str
    speaker: str
    language: str


def folded(text: str) -> str:
    """Return the text in small letters, with е for ё."""
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def words_of(question: str) -> list[str]:
    """Return the words of what somebody typed, folded; signs mean nothing."""
    found = _WORD.findall(folded(question.replace("\x00", " ")[:LONGEST]).replace("_", " "))
    return found[:MOST_WORDS]


def highlighted(text: str, words: list[str]) -> tuple[Part, ...]:
    """Return the line in parts, with the words that were looked for, in whatever form, marked."""
    parts, at = [], 0
    for found in _WORD.finditer(text):
        if any(_alike(folded(found[0]), word) for word in words):
            if found.start() > at:
                parts.append(Part(text[at : found.start()]))
            parts.append(Part(found[0], is_match=True))
            at = found.end()
    if at < len(text):
        parts.append(Part(text[at:]))
    return tuple(parts)


def has_words(text: str, words: list[str]) -> bool:
    """Tell whether all words, in whatever form, are in the text."""
    said = [folded(found[0]) for found in _WORD.finditer(text)]
    return bool(words) and all(any(_alike(one, word) for one in said) for word in words)


def phrase_in(parts: Iterable[Part], words: list[str]) -> str:
    """Return the longest run of marked words as it stands in a line, else the words: what finds the line again, letter by letter."""
    best, run, between = "", "", ""
    for part in parts:
        if part.is_match:
            run, between = f"{run}{between}{part.text}" if run else part.text, ""
            best = max(best, run, key=len)
        elif part.text.isspace():
            between = part.text
        else:
            run = between = ""
    return best or " ".join(words)


def _alike(said: str, word: str) -> bool:
    """Tell whether two words differ at most in their endings."""
    if said.startswith(word):
        return True
    same = 0
    for one, other in zip(said, word, strict=False):
        if one != other:
            break
        same += 1
    return same >= 4 and same >= len(word) - 3 and same >= len(said) - 4


# The plus keeps SQLite from going through all cuts for each line, instead of through those of its recording.
_SELECT = """
WITH shown AS MATERIALIZED (
    SELECT DISTINCT cut.recording_id FROM media_archive_cut AS cut WHERE cut.id IN ({cuts})
)
SELECT transcript.recording_id, cue.start_ms, cue.end_ms, cue.text, cue.speaker, transcript.language
FROM {source}
JOIN media_archive_transcript AS transcript ON transcript.id = cue.transcript_id
WHERE {match} AND transcript.recording_id IN (SELECT shown.recording_id FROM shown) AND EXISTS (
    SELECT 1 FROM media_archive_cut AS cut
    WHERE cut.recording_id = transcript.recording_id AND +cut.id IN ({cuts})
    AND cut.start_ms < cue.end_ms AND cut.end_ms > cue.start_ms
)
{order}
LIMIT {most}
"""
# The lines of a transcript are written together, so that SQLite's index of words is read only where an event's lie.
_NEAR = """ AND media_archive_cue_said.rowid BETWEEN (
    SELECT min(near.id) FROM media_archive_cue AS near WHERE near.transcript_id IN ({transcripts})
) AND (
    SELECT max(near.id) FROM media_archive_cue AS near WHERE near.transcript_id IN ({transcripts})
)"""
# Of words that are said all the time PostgreSQL's index gives all places before the first one is looked at; lines that
# are read from the newest transcript on have enough of them sooner. "IS TRUE" keeps the planner from the index.
_WALK = """
SELECT own.recording_id, cue.start_ms, cue.end_ms, cue.text, cue.speaker, own.language
FROM (
    SELECT transcript.id, transcript.recording_id, transcript.language FROM media_archive_transcript AS transcript
    WHERE transcript.recording_id IN (SELECT cut.recording_id FROM media_archive_cut AS cut WHERE cut.id IN ({cuts}))
    ORDER BY transcript.id DESC
) AS own CROSS JOIN LATERAL (
    SELECT cue.start_ms, cue.end_ms, cue.text, cue.speaker FROM media_archive_cue AS cue
    WHERE cue.transcript_id = own.id AND ({match}) IS TRUE AND EXISTS (
        SELECT 1 FROM media_archive_cut AS cut
        WHERE cut.recording_id = own.recording_id AND cut.id IN ({cuts})
        AND cut.start_ms < cue.end_ms AND cut.end_ms > cue.start_ms
    )
    OFFSET 0
) AS cue
LIMIT {most}
"""
_SHARES = """
SELECT counted.reltuples, cardinality(asked.stems), ARRAY(
    SELECT known.share FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (stem, share)
    WHERE schemaname = current_schema() AND tablename = 'media_archive_cue' AND attname = 'said' AND known.stem = ANY (asked.stems)
)
FROM pg_class AS counted, tsvector_to_array(to_tsvector('russian'::regconfig, %s)) AS asked (stems)
WHERE counted.oid = 'media_archive_cue'::regclass
"""
_TRANSCRIPTS = "SELECT own.id FROM media_archive_transcript AS own WHERE own.recording_id IN (SELECT shown.recording_id FROM shown)"
_TRANSCRIPTS_OF = """
SELECT DISTINCT own.id FROM media_archive_transcript AS own
JOIN media_archive_cut AS cut ON cut.recording_id = own.recording_id WHERE cut.id = ANY (%s) ORDER BY own.id DESC
"""
FEW = 500  # cuts of about one event
_BY_VENDOR = {
    "postgresql": (
        "media_archive_cue AS cue",
        "cue.said @@ plainto_tsquery('russian'::regconfig, %s)",
        "ORDER BY cue.transcript_id DESC",
    ),
    "sqlite": (
        "media_archive_cue_said CROSS JOIN media_archive_cue AS cue ON cue.id = media_archive_cue_said.rowid",
        "media_archive_cue_said MATCH %s",
        "ORDER BY media_archive_cue_said.rowid DESC",
    ),
}


def lines_said(words: list[str], cuts: Collection[int]) -> list[Said]:
    """Return up to ``MOST_LINES`` lines within the cuts in which all words are said, newest transcripts first; four queries at most.

    PostgreSQL finds all forms of Russian and English words; SQLite the words as they are, and the begin of the last.
    """
    if not words or not cuts:
        return []
    try:
        if connection.vendor == "postgresql":
            return _said_by_frequency(words, cuts)
        return _read(_SELECT, words, cuts, near=_near(cuts) if len(cuts) <= FEW else "")
    except OperationalError as error:
        # SQLite takes some signs of rare scripts for spaces, and such a word for a phrase, which its index cannot find.
        if "phrase" not in str(error):
            raise
        return []


def _read(form: str, words: list[str], cuts: Collection[int], *, near: str = "") -> list[Said]:
    source, match, order = _BY_VENDOR[connection.vendor]
    ids = ",".join(str(int(pk)) for pk in cuts)
    if connection.vendor == "postgresql":  # reads and plans one array far faster than thousands of values
        ids = f"SELECT unnest('{{{ids}}}'::bigint[])"
    sql = form.format(source=source, match=match + near, order=order, cuts=ids, most=MOST_LINES)
    with connection.cursor() as cursor:
        cursor.execute(sql, [_question(words)])
        return [Said(*row) for row in cursor.fetchall()]


def _said_by_frequency(words: list[str], cuts: Collection[int]) -> list[Said]:
    """Read lines one after the other, or by the index those of an event, of the newest transcripts, or of all."""
    lines, share, places = _frequency(words)
    # The index reads all places of each word; reading passes so many lines, each of which costs as much as four places.
    if share and places > 4 * MOST_LINES / share:
        return _read(_WALK, words, cuts)
    if len(cuts) <= FEW:
        return _read(_SELECT, words, cuts, near=_near(cuts))
    if lines * share > MOST_LINES / 2:
        # Of words in between there are too many to sort them all: as many transcripts as should have enough of them.
        with _both_indexes():
            found = _read(_SELECT, words, cuts, near=_near(cuts, part=2 * MOST_LINES / (lines * share)))
        if len(found) >= MOST_LINES:
            return found
    return _read(_SELECT, words, cuts)


@contextmanager
def _both_indexes() -> Iterator[None]:
    """Have PostgreSQL join its indexes of words and of transcripts, which is a third of reading all lines of these.

    Its planner takes pages that it reads here and there for dearer than they are where they lie in memory.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        yield
        cursor.execute("SET LOCAL enable_indexscan TO DEFAULT")  # within another transaction it would stay


def _frequency(words: list[str]) -> tuple[float, float, float]:
    """Return how many lines there are, which share has all words (0 for rare ones), and how many places the index has of each in all.

    By what ANALYZE counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [_question(words)])
        lines, count, shares = cursor.fetchone()
    if not 0 < count == len(shares):
        return lines, 0.0, 0.0
    return lines, math.prod(shares), lines * sum(shares)


def _near(cuts: Collection[int], part: float = 1.0) -> str:
    """Return the condition that keeps to the cuts' transcripts, or to the newest part of them; PostgreSQL's planner must see which."""
    if connection.vendor == "sqlite":
        return _NEAR.format(transcripts=_TRANSCRIPTS)
    with connection.cursor() as cursor:
        cursor.execute(_TRANSCRIPTS_OF, [list(cuts)])
        own = [pk for (pk,) in cursor.fetchall()] or [0]
    own = own[: math.ceil(part * len(own))]
    return f" AND cue.transcript_id IN ({','.join(str(pk) for pk in own)})"


def _question(words: list[str]) -> str:
    if connection.vendor == "postgresql":
        return " ".join(words)
    return " ".join(f'"{word}"' for word in words) + "*"
