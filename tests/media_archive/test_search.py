"""Search in what was said: lines of what one may watch, by words, people and filters, and nothing else."""

from __future__ import annotations

import datetime as dt
import html
import re
from urllib.parse import parse_qs, urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_archive.models import Access, Chapter, Cue, Cut, CutState, Recording, Transcript
from media_archive.queries import said
from media_archive.queries.said import MOST_LINES, highlighted, lines_said, words_of
from sessions_app.events.models import TeamRoleName
from tests.factories import PersonFactory, make_team_member

pytestmark = pytest.mark.django_db
SAID = (
    "Добрый день, уважаемые коллеги",
    "Пилотные кластеры ждут поддержки",
    "Ещё о ёлке и дорожной карте",
    "Regional clusters grow",
)


def say(recording: Recording, *lines: str, language: str = "ru", start: int = 2000) -> Transcript:
    """Write a transcript of one line a second."""
    transcript = Transcript.objects.create(recording=recording, language=language)
    Cue.objects.bulk_create(
        Cue(transcript=transcript, start_ms=start + 1000 * n, end_ms=start + 1000 * n + 900, text=text)
        for n, text in enumerate(lines)
    )
    return transcript


@pytest.fixture
def cuts(recording, event) -> list[Cut]:
    """Two sessions that are published for everybody; all of ``SAID`` is said in the first."""
    Cut.objects.filter(event=event).delete()
    made = []
    for session, (start, end) in zip(
        event.sessions.order_by("number"), ((2000, 10000), (10000, 20000)), strict=False
    ):
        made.append(
            Cut.objects.create(
                recording=recording,
                event=event,
                session=session,
                code=session.code,
                title=session.title_en,
                start_ms=start,
                end_ms=end,
                state=CutState.PUBLISHED,
            )
        )
    say(recording, *SAID)
    return made


def found(client, query: str) -> str:
    response = client.get(f"/en/events/forum/recordings/?q={query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    "question",
    ["кластеры", "КЛАСТЕРЫ поддержки", "елке", "ёлке", "дорожной кар", "clusters regional", '"кластеры" -'][
        :5
    ],
)
def test_words_lead_to_the_second(client, cuts, question):
    """Words are found in capitals or small letters, with ё or е, wherever they stand in a line."""
    if connection.vendor == "postgresql" and question == "дорожной кар":
        question = "дорожная карта"
    page = found(client, question)
    second = 2 if "елке" in question or "ёлке" in question or "дорож" in question else 1
    assert f"recordings/{cuts[0].code}/?t={second}" in page
    assert "<mark>" in page
    assert f"recordings/{cuts[1].code}/" not in page


def test_words_that_are_said_all_the_time(recording, cuts):
    """Only lines within the cuts are found, the newest transcript's first, and at most as many as are looked at."""
    Transcript.objects.all().delete()
    other = Recording.objects.create(
        event=recording.event, date=recording.date, room_name="Other", starts_at=recording.starts_at
    )
    ids = [
        Cut.objects.create(
            recording=one, event=one.event, code=f"ALL{n}", title="All", start_ms=start, end_ms=end
        ).pk
        for n, (one, start, end) in enumerate(
            ((recording, 0, 5_000_000), (other, 100_000, 200_000), (recording, 0, 1))
        )
    ]
    say(recording, *["и снова кластеры"] * 4900, start=0)
    newest = say(other, *["и снова кластеры"] * 200, start=0)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE media_archive_cue")
    with CaptureQueriesContext(connection) as queries:
        found = lines_said(["снова", "кластеры"], ids)
    assert len(found) == MOST_LINES
    of_newest = [line for line in found if line.recording == newest.recording_id]
    assert len(of_newest) == 100
    assert all(line.end_ms > 100_000 and line.start_ms < 200_000 for line in of_newest)
    assert found[:100] == of_newest
    assert set(lines_said(["кластеры"], ids[1:2])) == set(of_newest)
    if connection.vendor == "postgresql":
        assert "LATERAL" in queries[-1]["sql"]
        assert len(lines_said(["снова", "коллеги"], ids)) == 0


@pytest.mark.parametrize("few", [0, 500])
def test_of_words_that_are_said_often_the_newest_transcripts_lines_are_found(
    recording, cuts, monkeypatch, few
):
    """Neither all the time nor seldom: of more lines than are looked at those count that were said last."""
    monkeypatch.setattr(said, "MOST_LINES", 30)
    monkeypatch.setattr(said, "FEW", few)
    Transcript.objects.all().delete()
    ids, newest = [], []
    for n in range(20):
        one = Recording.objects.create(
            event=recording.event, date=recording.date, room_name=f"Hall {n}", starts_at=recording.starts_at
        )
        ids.append(
            Cut.objects.create(
                recording=one, event=one.event, code=f"OFT{n}", title="All", start_ms=0, end_ms=5_000_000
            ).pk
        )
        say(one, *["и снова кластеры", *[f"о другом {line}" for line in range(39)]] * 5, start=0)
        newest.append(one.pk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE media_archive_cue")
    with CaptureQueriesContext(connection) as queries:
        found = lines_said(["кластеры"], ids)
    assert [line.recording for line in found] == [pk for pk in reversed(newest[-6:]) for _line in range(5)]
    if connection.vendor == "postgresql":
        assert not any("LATERAL" in query["sql"] for query in queries)
        assert any("enable_indexscan" in query["sql"] for query in queries) == (few == 0)
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_indexscan")
            assert cursor.fetchone() == ("on",), "other queries are planned as before"
    assert lines_said(["кластеры"], ids[:3])[0].recording == newest[2]


def test_too_many_places_are_told(client, recording, cuts):
    """The page says that there may be more places than it looked at, and only then."""
    told = "There may be more places than are shown"
    assert told not in found(client, "кластеры")
    Cut.objects.filter(pk=cuts[0].pk).update(start_ms=0, end_ms=5_000_000)
    Transcript.objects.all().delete()
    say(recording, *["и снова кластеры"] * (MOST_LINES + 1), start=0)
    assert told in found(client, "кластеры")
    assert told in client.get("/en/recordings/", {"q": "кластеры"}).content.decode()


def test_all_words_are_asked_for(client, cuts):
    """A line with only one of two words is no hit."""
    assert "hit__said" not in found(client, "кластеры коллеги")


def test_changed_and_deleted_lines_are_found_no_more(cuts):
    """The index follows the table."""
    ids = [cut.pk for cut in cuts]
    assert len(lines_said(["коллеги"], ids)) == 1
    cue = Cue.objects.get(text__startswith="Добрый")
    cue.text = "Здравствуйте"
    cue.save()
    assert lines_said(["коллеги"], ids) == []
    assert len(lines_said(["здравствуйте"], ids)) == 1
    cue.delete()
    assert lines_said(["здравствуйте"], ids) == []


@pytest.mark.parametrize("change", [{"state": CutState.DRAFT}, {"state": CutState.WITHDRAWN}, {"access": Access.LINK}, {"access": Access.REGISTERED}, {"access": Access.CATEGORY}, {"publish_at": timezone.now() + dt.timedelta(days=1)}])  # fmt: skip
@pytest.mark.parametrize("where", ["/en/events/forum/recordings/", "/en/recordings/"])
def test_what_is_not_for_everybody_is_in_no_answer(client, cuts, change, where):
    """Neither lines nor titles of drafts and of recordings for some are found by others."""
    Cut.objects.filter(pk=cuts[0].pk).update(**change)
    for question in ("кластеры", "Session 1"):
        page = client.get(where, {"q": question}).content.decode()
        assert cuts[0].code not in page
        assert "Пилотные" not in page


def test_the_team_finds_drafts(client, cuts, event):
    """Who works on the recordings looks through all of them."""
    Cut.objects.update(state=CutState.DRAFT)
    client.force_login(make_team_member(event, TeamRoleName.ORGANISER))
    assert f"{cuts[0].code}/?t=1" in found(client, "кластеры")
    client.force_login(PersonFactory())
    assert f"{cuts[0].code}/?t=1" not in found(client, "кластеры")


@pytest.mark.parametrize(
    "question",
    [
        '"',
        "'",
        "*",
        "NEAR(",
        "-",
        "a -b",
        "(((",
        "a OR",
        "AND",
        "NOT x",
        "text:x",
        "^a",
        "😀",
        "aᦰa",
        "a\x00b",
        "%",
        "\\",
        "ё" * 10_000,
        "a " * 5000,
        "{x y}",
        "'; DROP TABLE media_archive_cue; --",
        "&",
        "|",
        "!",
        ":*",
    ],
)
def test_no_question_breaks_the_page(client, cuts, question):
    """Whatever is typed is answered."""
    for where in ("/en/events/forum/recordings/", "/en/recordings/"):
        for name in ("q", "day", "person", "track", "kind", "language", "organisation"):
            assert client.get(where, {name: question}).status_code == 200


def test_number_of_queries_is_the_same_for_one_and_for_many(client, cuts, recording):
    """Neither hits nor lines cost queries of their own."""
    client.get("/en/events/forum/recordings/?q=кластеры")
    counts = []
    for count in (1, 3):
        Transcript.objects.all().delete()
        say(recording, *(["кластеры"] * count), start=2000 if count == 1 else 8000)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = found(client, "кластеры")
        assert page.count("<mark>") == count
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_filters_narrow(client, cuts):
    """A filter leaves what it names, with words and without."""
    cut = cuts[1]
    day = cut.recording.date.isoformat()
    assert cut.code in client.get("/en/events/forum/recordings/", {"day": day}).content.decode()
    assert cut.code not in client.get("/en/events/forum/recordings/", {"day": "2001-01-01"}).content.decode()
    assert (
        "hit__said"
        not in client.get(
            "/en/events/forum/recordings/", {"q": "кластеры", "person": "NOBODY"}
        ).content.decode()
    )


def test_titles_are_found(client, cuts):
    """A session is found by its title, too."""
    page = found(client, "session 2")
    assert f"recordings/{cuts[1].code}/" in page
    assert f"recordings/{cuts[0].code}/" not in page


def test_all_events_in_one_place(client, cuts):
    """The page of all recordings lists them and finds what was said."""
    page = client.get("/en/recordings/").content.decode()
    assert all(cut.code in page for cut in cuts)
    assert f"{cuts[0].code}/?t=1" in client.get("/en/recordings/", {"q": "кластеры"}).content.decode()


def test_marks_are_parts_and_no_markup():
    """Forms of a word are marked; the text stays as it was said."""
    parts = highlighted("<b>Кластеров</b> много", words_of("кластеры"))
    assert "".join(part.text for part in parts) == "<b>Кластеров</b> много"
    assert [part.text for part in parts if part.is_match] == ["Кластеров"]


def line_of(page: str) -> str:
    """Return the address of the first line that was found."""
    return html.unescape(re.search(r'class="hit__said".*?href="([^"]+)"', page, re.S)[1])


def test_a_line_leads_to_the_transcript_that_has_its_words(client, recording, cuts):
    """Whatever the reader's language: the transcript of the line is open, with the words in its search and the line marked."""
    say(recording, "Good morning, dear colleagues", language="en")
    address = line_of(client.get("/en/recordings/", {"q": "уважаемые коллеги"}).content.decode())
    assert address.endswith("?" + urlencode({"t": 0, "transcript": "ru", "find": "уважаемые коллеги"}))
    page = client.get(address).content.decode()
    assert '<ol lang="ru">' in page
    assert 'value="уважаемые коллеги"' in page
    assert [line for line in page.split("<li data-start")[1:] if 'class="is-found"' in line] == [
        line for line in page.split("<li data-start")[1:] if SAID[0] in line
    ]
    assert 'class="is-found"' not in client.get(address.partition("?")[0]).content.decode()


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("regional clusters", "Regional clusters"),
        ("grow clusters", "clusters grow"),
        ("grow regional", "Regional"),
    ],
)
def test_the_transcript_is_searched_for_words_as_they_stand_in_it(client, cuts, question, phrase):
    """The panel's search takes letters as they are, so it is given the longest run of the words."""
    assert parse_qs(line_of(found(client, question)).partition("?")[2])["find"] == [phrase]


def test_of_all_events_the_best_come_first_and_not_the_newest(client, recording, cuts):
    """Titles go before lines, and many lines before few."""
    named = Cut.objects.create(
        recording=recording, event=recording.event, code="EARLY1", title="Clusters", start_ms=0, end_ms=2000,
        state=CutState.PUBLISHED,
    )  # fmt: skip
    say(recording, *["clusters"] * 3, language="de", start=3000)
    say(recording, "clusters", language="fr", start=12_000)
    page = client.get("/en/recordings/", {"q": "clusters"}).content.decode()
    places = [page.index(f"recordings/{cut.code}/") for cut in (named, *cuts)]
    assert places == sorted(places)


def test_summaries_are_found_and_shown_around_the_words(client, cuts):
    """A summary in any language leads to its recording; a long one is cut to whole words."""
    Cut.objects.filter(pk=cuts[1].pk).update(
        summary_en=f"{'Long talks. ' * 40}Three pilot regions begin.", summary_ru="Начинают регионы"
    )
    page = found(client, "pilot regions")
    assert f"recordings/{cuts[1].code}/" in page
    assert f"recordings/{cuts[0].code}/" not in page
    assert "Three <mark>pilot</mark> <mark>regions</mark> begin." in page
    assert page.count("Long talks.") < 10
    assert '<p class="hit__summary" lang="ru">' in found(client, "регионы")
    assert "hit__summary" not in found(client, "session")


def test_chapters_are_found_and_lead_to_their_second(client, recording, cuts):
    """Each chapter is one of the session in which it begins."""
    Chapter.objects.create(
        recording=recording, at_ms=13_000, title_en="What was measured", title_ru="Что измерили"
    )
    page = found(client, "measured")
    assert f'recordings/{cuts[1].code}/?t=3"' in page
    assert "What was <mark>measured</mark>" in page
    assert f"recordings/{cuts[0].code}/" not in page
    assert '<span lang="ru">Что <mark>измерили</mark></span>' in found(client, "измерили")


def test_a_whole_day_is_found_by_what_it_is_called(client, recording, cuts):
    """It has no title of its own."""
    day = Cut.objects.create(
        recording=recording,
        event=recording.event,
        code="ALLDAY",
        start_ms=0,
        end_ms=90_000,
        state=CutState.PUBLISHED,
    )
    assert f"recordings/{day.code}/" in found(client, "whole day")


def test_chapters_and_summaries_cost_one_query(client, recording, cuts):
    """Neither their number nor that of recordings matters."""
    found(client, "measured")
    counts = []
    for number in (1, 3):
        Chapter.objects.create(recording=recording, at_ms=3000 + number, title_en=f"Measured {number}")
        Cut.objects.filter(pk=cuts[number // 2].pk).update(summary_en="Measured")
        with CaptureQueriesContext(connection) as queries:
            found(client, "measured")
        counts.append(len(queries))
    assert counts[0] == counts[1]
