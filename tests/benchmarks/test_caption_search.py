"""How long words are looked for among a million lines, in one event and in all."""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connection

from media_archive.models import Cut, CutState, Recording, Transcript
from media_archive.queries.said import lines_said
from sessions_app.events.models import Event
from tests.benchmarks.conftest import Table
from tests.factories import make_event

pytestmark = pytest.mark.django_db
LINES = 1_000_000
RECORDINGS = 200
AN_EVENT = 10  # recordings
SYLLABLES = (
    ("ка", "ро", "ми", "ста", "ле", "по", "ну", "дри", "ва", "зо", "те", "ши"),
    ("ka", "ro", "mi", "sta", "le", "po", "nu", "dri", "va", "zo", "te", "shi"),
)
COLUMNS = "transcript_id, start_ms, end_ms, speaker, text"


def words(chance: random.Random) -> list[str]:
    """Return 20,000 different words of two alphabets, in no order."""
    found: set[str] = set()
    while len(found) < 20_000:
        found.add("".join(chance.choices(chance.choice(SYLLABLES), k=chance.randint(2, 5))))
    return sorted(found, key=lambda word: (chance.random(), word))


def rows(transcripts: list[int], vocabulary: list[str]) -> Iterator[tuple[int, int, int, str, str]]:
    """Give lines of ten words, common ones as common as in speech (Zipf)."""
    chance = random.Random(7)
    weights = [1 / (n + 2) for n in range(len(vocabulary))]
    drawn = chance.choices(vocabulary, weights, k=200_000)
    each = LINES // len(transcripts)
    for transcript in transcripts:
        for n in range(each):
            at = chance.randrange(len(drawn) - 10)
            yield transcript, n * 4000, n * 4000 + 3900, "", " ".join(drawn[at : at + 10])


def fill(transcripts: list[int], vocabulary: list[str]) -> None:
    """Write the lines; PostgreSQL makes its index afterwards, as it is then made ten times faster."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            migration = import_module("media_archive.migrations.0002_words_said")
            cursor.execute("DROP INDEX media_archive_cue_said")
            with cursor.copy(f"COPY media_archive_cue ({COLUMNS}) FROM STDIN") as copy:
                for row in rows(transcripts, vocabulary):
                    copy.write_row(row)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is made while checks are pending
            cursor.execute(migration.POSTGRESQL[1])
            cursor.execute("ANALYZE media_archive_cue")
        else:
            cursor.executemany(
                f"INSERT INTO media_archive_cue ({COLUMNS}) VALUES (%s, %s, %s, %s, %s)",  # noqa: S608  constants
                list(rows(transcripts, vocabulary)),
            )


def made(event: Event) -> tuple[list[int], list[int]]:
    """Return the ids of transcripts and of cuts of that many days."""
    start = dt.datetime(2026, 1, 1, 6, tzinfo=dt.UTC)
    transcripts, cuts = [], []
    for n in range(RECORDINGS):
        recording = Recording.objects.create(
            event=event, date=start.date() + dt.timedelta(days=n), room_name="Hall", starts_at=start
        )
        transcripts.append(Transcript.objects.create(recording=recording, language="ru").pk)
        cuts += [
            Cut.objects.create(
                recording=recording, event=event, code=f"{n:03d}{part:03d}", title="Part", state=CutState.PUBLISHED,
                start_ms=part * 2_000_000, end_ms=(part + 1) * 2_000_000,
            ).pk
            for part in range(10)
        ]  # fmt: skip
    return transcripts, cuts


def test_words_among_a_million_lines(table: Table) -> None:
    """95th percentile of the query, for common and rare words, begins of words, and several words in one line."""
    vocabulary = words(random.Random(3))
    transcripts, cuts = made(make_event(sessions=0, slug="spoken"))
    fill(transcripts, vocabulary)
    chance = random.Random(11)
    questions = [[vocabulary[n]] for n in (0, 1, 2, 5, 10, 50, 200, 1000, 5000, 15000)]
    questions += [[vocabulary[chance.randrange(40)], vocabulary[chance.randrange(4000)]] for _n in range(10)]
    questions += [
        [vocabulary[0], vocabulary[1]],
        [vocabulary[n] for n in (0, 1, 2)],
        [vocabulary[4], vocabulary[9]],
    ]
    questions += [["ка"], ["ka"], [vocabulary[3][:4]], [vocabulary[0], "ва"], ["неслыханно"]]
    often = [[vocabulary[n]] for n in (10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300)]
    for name, within, asked in (
        ("all events", cuts, questions),
        ("first event", cuts[: 10 * AN_EVENT], questions),
        ("last event", cuts[-10 * AN_EVENT :], questions),
        ("all events, words between common and rare", cuts, often),
    ):
        spent = []
        found = 0
        for _turn in range(3):
            for question in asked:
                before = time.perf_counter()
                found += len(lines_said(question, within))
                spent.append((time.perf_counter() - before) * 1000)
        assert found
        p95 = statistics.quantiles(spent, n=20)[-1]
        value = f"p50 {statistics.median(spent):.1f} ms, p95 {p95:.1f} ms"
        table.add(f"words said, {LINES:,} lines, {name}, {connection.vendor}", value, 1, "p95 50 ms")
