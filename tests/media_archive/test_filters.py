"""Filters of the page of all recordings: by what the event, the session and the transcript say, alone and together."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_archive.models import Cut, CutState, Transcript
from media_archive.services.filming import open_recording
from media_archive.views import searching
from network.models import Person
from sessions_app.programme.services.releasing import release_programme
from tests.factories import PersonFactory, SessionFactory, SessionRoleFactory
from tests.media_archive.conftest import START

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


def test_an_archive_that_is_empty_still_says_so_and_blames_no_words(client, event):
    """Who asked for nothing is not told to ask for less."""
    page = client.get(ALL).content.decode()
    assert "No recording is published yet" in page
    assert "0 recordings" not in page
    assert "fewer words" not in page
    page = client.get(ALL, {"q": "clusters"}).content.decode()
    assert "Nothing was found" in page
    assert "fewer words" in page


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


CROWD = 60


@pytest.fixture
def crowd(event) -> list[Cut]:
    """A published session of many people and one of two, and a third of one."""
    return crowd_of(event, CROWD)


def crowd_of(event, number: int, a_session: int = CROWD) -> list[Cut]:
    """Publish sessions with so many people, and then two more with some of them."""
    day = event.days.first().date
    recording = open_recording(event=event, date=day, room_name="Main hall", actor=None)
    people = [PersonFactory(name=f"Guest {n:04} Crowd") for n in range(number)]
    people[0].name, people[1].name = "Анна Ёлкина", "Anna Berg"
    Person.objects.bulk_update(people[:2], ["name"])
    groups = [people[at : at + a_session] for at in range(0, number, a_session)] + [people[:2], people[:1]]
    sessions = []
    for at, group in enumerate(groups):
        start = START + dt.timedelta(minutes=30 + 10 * at)
        session = SessionFactory(
            event=event, room=event.rooms.first(), number=100 + at, title_en=f"Crowd {at}", recorded=True,
            start=start, end=start + dt.timedelta(minutes=9),
        )  # fmt: skip
        sessions.append(session)
        for person in group:
            SessionRoleFactory(session=session, person=person, organisation=None)
    release_programme(event=event, actor=None, note="")
    return [
        Cut.objects.create(
            recording=recording, event=event, session=session, code=session.code, title=session.title_en,
            start_ms=n * 10_000, end_ms=n * 10_000 + 9000, state=CutState.PUBLISHED,
        )
        for n, session in enumerate(sessions)
    ]  # fmt: skip


def test_many_people_are_looked_for_by_name_and_not_listed(client, crowd):
    """A page lists twenty names at most; a part of a name finds, in any case and alphabet, without script."""
    page = client.get(ALL).content.decode()
    assert 'input type="search" name="person"' in page
    assert page.count("<option value=") < 40
    assert shown(client, crowd, person="ann") == [True, True, False], "Anna Berg"
    assert shown(client, crowd, person="елкина") == [True, True, True]
    assert shown(client, crowd, person="guest 0007") == [True, False, False]
    assert shown(client, crowd, person="nobody") == [False, False, False]


def test_a_name_that_several_have_asks_whom_and_keeps_the_other_filters(client, crowd, event):
    """Each of them is a link; one alone is taken for meant."""
    query = {"q": "crowd", "event": event.slug, "person": "guest"}
    page = client.get(ALL, query).content.decode()
    assert "Whom do you mean?" in page
    person = Person.objects.get(name="Guest 0007 Crowd")
    assert f'?q=crowd&amp;event={event.slug}&amp;person={person.code}">Guest 0007 Crowd (1)</a>' in page
    alone = client.get(ALL, {"person": "guest 0007"}).content.decode()
    assert "Whom do you mean?" not in alone
    assert 'value="Guest 0007 Crowd"' in alone
    assert 'value="Guest 0007 Crowd"' in client.get(ALL, {"person": person.code}).content.decode()
    assert "Nobody of that name" in client.get(ALL, {"person": "nobody"}).content.decode()


def test_feeds_are_of_a_person_and_not_of_a_part_of_a_name(client, crowd, event):
    """A subscription to whoever happens to fit would be another one tomorrow."""
    archive = f"/en/events/{event.slug}/recordings/"
    person = Person.objects.get(name="Guest 0007 Crowd")
    feed = f"recordings.rss?lang=en&amp;person={person.code}"
    assert feed in client.get(archive, {"person": "guest 0007"}).content.decode()
    assert (
        "recordings.rss?lang=en&amp;person" not in client.get(archive, {"person": "guest"}).content.decode()
    )


def test_people_cost_no_queries(client, event):
    """A name is looked up in what the page has at hand."""
    counts = []
    crowd_of(event, 45)
    for asked in ({}, {"person": "guest"}, {"person": "anna berg"}):
        client.get(ALL, asked)
        with CaptureQueriesContext(connection) as queries:
            client.get(ALL, asked)
        counts.append(len(queries))
    assert len(set(counts)) == 1
