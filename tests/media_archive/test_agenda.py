"""Chapters from an agenda: times of the day, as organisers write them, become moments of the recording."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from media_archive.chapters import MOST, ChapterRow, NoChapters, agenda_in, read_agenda
from media_archive.models import Chapter
from media_archive.services.cutting import cut_sessions, cut_whole_day
from tests.factories import make_team_member
from tests.media_archive.conftest import START

BEGIN = dt.datetime(2026, 5, 12, 10, 0, 30, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.mark.parametrize(
    ("row", "at", "title"),
    [
        ("10:15 Questions", 870, "Questions"),
        ("10.15 Questions", 870, "Questions"),
        ("10:15–10:40 Questions", 870, "Questions"),
        ("  10:15 - 10:40 — Questions ", 870, "Questions"),
        ("10:15:30 | 17 goals", 900, "17 goals"),
        ("9:50 Welcome", 0, "Welcome"),
    ],
)
def test_rows_as_people_write_them(row: str, at: int, title: str) -> None:
    assert read_agenda(row, BEGIN) == [ChapterRow(at * 1000, title)]


def test_an_agenda_past_midnight_goes_on_and_what_was_long_before_is_left_out() -> None:
    late = BEGIN.replace(hour=22)
    rows = read_agenda("18:00 Dinner\n23:30 Music\n00:15 Good night", late)
    assert [(row.at_ms // 1000, row.title) for row in rows] == [(5370, "Music"), (8070, "Good night")]


@pytest.mark.parametrize(
    "text", ["", "Questions", "10:15", "25:00 x", "10:61 x", "10:15 a\nno time", "08:00 long before"]
)
def test_what_is_no_agenda_names_its_row(text: str) -> None:
    with pytest.raises(NoChapters):
        read_agenda(text, BEGIN)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rows = read_agenda(text, BEGIN)
    except NoChapters:
        return
    assert rows == sorted(rows, key=lambda row: row.at_ms)
    assert all(0 <= row.at_ms < 48 * 3600_000 for row in rows)
    assert len(rows) <= MOST


def test_the_rows_of_a_description() -> None:
    text = "We meet at the lake.\n\n• 10:15 Opening\n— 10:40 Questions\nBring 2 pens.\n11:00–12:00 Walk"
    assert agenda_in(text) == "10:15 Opening\n10:40 Questions\n11:00–12:00 Walk"


@pytest.mark.django_db
def test_the_desk_begins_with_the_agenda_and_takes_times_of_the_wall(client, filmed, event) -> None:
    """The event is in Moscow, the cut begins at 10:00:02 there; the whole day begins with its sessions."""
    cuts = cut_sessions(event=event, date=START.date(), actor=None).made
    session = cuts[0].session
    session.description_en, session.description_ru = "All of it:\n10:00:05 Clusters", "10:00:05 Кластеры"
    session.save()
    client.force_login(make_team_member(event, "media_editor"))
    address = reverse("backoffice_cut_chapters", args=("forum", cuts[0].code))
    page = client.get(f"{address}?agenda").content.decode()
    assert "10:00:05 Clusters</textarea>" in page
    assert "10:00:05 Кластеры</textarea>" in page
    assert '<option value="wall" selected>' in page
    form = {"times": "wall", "chapters_en": "10:00:05 Clusters", "chapters_ru": "10:00:05 Кластеры"}
    assert client.post(address, form).status_code == 302
    chapter = Chapter.objects.get()
    assert (chapter.at_ms, chapter.title_en, chapter.title_ru) == (5000, "Clusters", "Кластеры")
    assert client.post(address, {**form, "chapters_en": "Clusters"}).status_code == 422
    day = cut_whole_day(recording=filmed, actor=None)
    page = client.get(
        f"{reverse('backoffice_cut_chapters', args=('forum', day.code))}?agenda"
    ).content.decode()
    assert "10:00:02 Session 1\n10:00:10 Session 2" in page
    page = client.get(
        f"{reverse('backoffice_cut_chapters', args=('forum', cuts[1].code))}?agenda"
    ).content.decode()
    assert "No line of the session" in page
