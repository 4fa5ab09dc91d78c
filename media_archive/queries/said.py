"""Lines of transcripts in which words were said, by the index of the database."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from django.db import OperationalError, connection

from media_archive.models import Transcript

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
SELECT transcript.recording_id, cue.start_ms, cue.end_ms, cue.text, cue.speaker
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
SELECT own.recording_id, cue.start_ms, cue.end_ms, cue.text, cue.speaker
FROM (
    SELECT transcript.id, transcript.recording_id FROM media_archive_transcript AS transcript
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
FEW = 500  # cuts of about one event
_BY_VENDOR = {
    "postgresql": ("media_archive_cue AS cue", "cue.said @@ plainto_tsquery('russian'::regconfig, %s)", ""),
    "sqlite": (
        "media_archive_cue_said CROSS JOIN media_archive_cue AS cue ON cue.id = media_archive_cue_said.rowid",
        "media_archive_cue_said MATCH %s",
        "ORDER BY media_archive_cue_said.rowid DESC",
    ),
}


def lines_said(words: list[str], cuts: Collection[int]) -> list[Said]:
    """Return up to ``MOST_LINES`` lines within the cuts in which all words are said; three queries at most.

    PostgreSQL finds all forms of Russian and English words; SQLite the words as they are, and the begin of the last.
    """
    if not words or not cuts:
        return []
    source, match, order = _BY_VENDOR[connection.vendor]
    form = _SELECT
    if connection.vendor == "postgresql" and _is_common(words):
        form = _WALK
    elif len(cuts) <= FEW:
        match += _near(cuts)
    ids = ",".join(str(int(pk)) for pk in cuts)
    sql = form.format(source=source, match=match, order=order, cuts=ids, most=MOST_LINES)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, [_question(words)])
            return [Said(*row) for row in cursor.fetchall()]
    except OperationalError as error:
        # SQLite takes some signs of rare scripts for spaces, and such a word for a phrase, which its index cannot find.
        if "phrase" not in str(error):
            raise
        return []


def _is_common(words: list[str]) -> bool:
    """Tell whether reading lines one after the other finds enough sooner than the index does, by what ANALYZE counted.

    The index reads all places of each word. Reading passes ``MOST_LINES / share`` lines, each of which costs as much as
    four places, where ``share`` is that of lines with all words.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [_question(words)])
        lines, count, shares = cursor.fetchone()
    return bool(0 < count == len(shares) and lines * sum(shares) * math.prod(shares) > 4 * MOST_LINES)


def _near(cuts: Collection[int]) -> str:
    """Return the condition that keeps to an event's transcripts; PostgreSQL's planner must see which."""
    if connection.vendor == "sqlite":
        return _NEAR.format(transcripts=_TRANSCRIPTS)
    found = Transcript.objects.filter(recording__cuts__in=list(cuts)).values_list("pk", flat=True)
    own = sorted(set(found)) or [0]
    return f" AND cue.transcript_id IN ({','.join(str(pk) for pk in own)})"


def _question(words: list[str]) -> str:
    if connection.vendor == "postgresql":
        return " ".join(words)
    return " ".join(f'"{word}"' for word in words) + "*"
