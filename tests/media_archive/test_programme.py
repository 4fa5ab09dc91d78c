"""The programme tells which sessions can be watched, from the next request on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from media_archive.models import Access, Cut
from media_archive.queries.archive import forget_sessions
from media_archive.services.cutting import cut_sessions, publish_cut, withdraw_cut
from tests.media_archive.conftest import START

DAY = f"/en/events/forum/programme/{START.date()}/"


@pytest.fixture
def cuts(filmed, event) -> list[Cut]:
    """Two sessions that are cut and not published."""
    return cut_sessions(event=event, date=START.date(), actor=None).made


@pytest.fixture
def see(client, django_capture_on_commit_callbacks):
    """Return a function that makes a change and then asks for the day and the first session with their ETags."""
    known: dict[str, str] = {}

    def ask(cut: Cut, change=lambda: None) -> tuple[int, bool, bool]:
        with django_capture_on_commit_callbacks(execute=True):
            change()
        session = f"/en/events/forum/sessions/{cut.code}/"
        pages = []
        for path in (DAY, session):
            response = client.get(path, headers={"If-None-Match": known.get(path, "")})
            if response.status_code == 304:
                response = client.get(path)
            known[path] = response["ETag"]
            pages.append(response.content.decode())
        return (
            pages[0].count("recording is out"),
            "will be recorded" in pages[1],
            f'href="/en/events/forum/recordings/{cut.code}/"' in pages[1],
        )

    return ask


@pytest.mark.django_db
def test_programme_and_session_follow_publishing(see, cuts):
    """A published recording is named at once on pages that are kept, and a withdrawn one no more."""
    first, second = cuts[:2]
    assert see(first) == (0, True, False)
    assert see(first, lambda: publish_cut(cut=first, access=Access.PUBLIC, actor=None)) == (1, False, True)
    assert see(first, lambda: publish_cut(cut=second, access=Access.REGISTERED, actor=None)) == (
        2,
        False,
        True,
    )
    assert see(first, lambda: withdraw_cut(cut=first, actor=None)) == (1, True, False)
    assert see(second) == (1, False, True)


@pytest.mark.django_db
def test_what_is_for_a_link_or_later_is_not_told(see, cuts):
    """Neither recordings for whoever has a link nor those whose moment has not come are named."""
    first = cuts[0]
    assert see(first, lambda: publish_cut(cut=first, access=Access.LINK, actor=None)) == (0, True, False)
    later = timezone.now() + dt.timedelta(hours=1)
    assert see(first, lambda: publish_cut(cut=first, access=Access.PUBLIC, publish_at=later, actor=None)) == (
        0,
        True,
        False,
    )
    Cut.objects.filter(pk=first.pk).update(publish_at=timezone.now())
    forget_sessions(first.event_id)
    assert see(first) == (1, False, True)


@pytest.mark.django_db
def test_kept_pages_cost_no_query_for_it(client, cuts, event):
    """The page asks once for all recordings, and pages that follow not at all."""
    forget_sessions(event.pk)
    counts = []
    for _time in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(DAY).status_code == 200
        counts.append(sum("media_archive_cut" in query["sql"] for query in queries))
    assert counts[1:] == [0, 0]
