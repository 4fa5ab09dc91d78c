"""Filters of the page of all recordings: by what the event, the session and the transcript say, alone and together."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_archive.models import Cut, CutState, Transcript
from media_archive.views import searching

pytestmark = pytest.mark.django_db
ALL = "/en/recordings/"


@pytest.fixture
def cuts(recording, event) -> list[Cut]:
    """Two published sessions of one day, in whose recording one transcript was made."""
    Cut.objects.filter(event=event).delete()
    Transcript.objects.create(recording=recording, language="de")
    return [
        Cut.objects.create(
            recording=recording, event=event, session=session, code=session.code, title=session.title_en,
            start_ms=n * 10_000, end_ms=n * 10_000 + 9000, state=CutState.PUBLISHED,
        )
        for n, session in enumerate(event.sessions.order_by("number")[:2])
    ]  # fmt: skip


def shown(client, cuts: list[Cut], **asked: str) -> list[bool]:
    """Tell which of the recordings the page lists."""
    page = client.get(ALL, asked).content.decode()
    return [f"recordings/{cut.code}/" in page for cut in cuts]


def test_recordings_are_found_by_event_and_day(client, cuts, event):
    """The value of the event and of its day leaves them, another one none."""
    day = cuts[0].recording.date.isoformat()
    assert shown(client, cuts, event=event.slug, day=day) == [True, True]
    assert shown(client, cuts, event="another") == [False, False]
    assert shown(client, cuts, event=event.slug, day="2001-01-01") == [False, False]


def test_a_language_of_captions_finds_recordings(client, cuts):
    """Whoever looks for a language finds what has captions in it."""
    assert shown(client, cuts, language="de") == [True, True]
    assert shown(client, cuts, language="fr") == [False, False]


def test_a_chosen_filter_can_be_taken_away_and_the_others_stay(client, cuts, event):
    """Each chosen value is a link to the same without it."""
    page = client.get(ALL, {"q": "session", "event": event.slug, "language": "de"}).content.decode()
    assert f'href="{ALL}?q=session&amp;language=de"' in page
    assert f'href="{ALL}?q=session&amp;event={event.slug}"' in page


def test_a_value_tells_how_many_recordings_it_leaves(client, cuts, event):
    """The number counts what passes the other filters."""
    day = cuts[0].recording.date.isoformat()
    page = client.get(ALL, {"day": day, "language": "de"}).content.decode()
    assert "German (2)" in page
    assert "German (0)" in client.get(ALL, {"day": "2001-01-01", "language": "de"}).content.decode()


def test_pages_keep_what_is_asked_for(client, cuts, monkeypatch):
    """The second page has the filters of the first."""
    monkeypatch.setattr(searching, "A_PAGE", 1)
    assert 'href="?page=2&amp;language=de"' in client.get(ALL, {"language": "de"}).content.decode()


def test_nothing_left_says_what_to_do(client, cuts):
    """An empty answer names the way out."""
    assert "Take a filter away" in client.get(ALL, {"language": "fr"}).content.decode()


def test_drafts_are_no_values_of_filters(client, cuts):
    """What is not published neither counts nor gives values."""
    Cut.objects.update(state=CutState.DRAFT)
    assert "German" not in client.get(ALL, {"language": "fr"}).content.decode()


def test_number_of_queries_is_the_same_for_one_and_for_both(client, cuts):
    """No recording costs queries of its own."""
    client.get(ALL)
    counts = []
    for code in (cuts[0].code, cuts[1].code):
        Cut.objects.filter(code=code).update(state=CutState.PUBLISHED)
        Cut.objects.exclude(code__in=[cuts[0].code, code]).update(state=CutState.DRAFT)
        with CaptureQueriesContext(connection) as queries:
            client.get(ALL, {"language": "de"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
