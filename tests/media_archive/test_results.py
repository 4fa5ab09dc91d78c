"""What came of an event: complete, and wherever one looks for it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_archive.models import Access, Material, SlideDeck
from media_archive.services.cutting import publish_cut
from sessions_app.programme.services.releasing import release_programme
from tests.factories import PersonFactory, SessionRoleFactory
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db
RESULTS = "/en/events/forum/results/"


def decide(event, title: str, **more) -> Material:
    return Material.objects.create(event=event, kind="decision", title_en=title, is_published=True, **more)


def test_all_who_spoke_are_named(client, event, public_cuts):
    """The page is the record of the event; nobody is among "3 more"."""
    for number in range(7):
        SessionRoleFactory(
            session=public_cuts[0].session, person=PersonFactory(name=f"Guest {number}"), organisation=None
        )
    release_programme(event=event, actor=None, note="")
    decide(event, "Agreed", session=public_cuts[0].session)
    page = client.get(RESULTS).content.decode()
    assert all(f"Guest {number}" in page for number in range(7))
    assert "more" not in re.search(r'class="result__people">(.*?)</p>', page)[1]


def test_slides_stand_with_the_results(client, filmed, public_cuts):
    """Slides alone make a result; those of recordings for some are not given to others."""
    deck = SlideDeck.objects.create(recording=filmed, title="Smart region", path="x.pdf", pages=24)
    deck.marks.create(at_ms=3000, page=1)
    address = f"/media/forum/session/{public_cuts[0].code}/slides-{deck.pk}.pdf"
    page = client.get(RESULTS).content.decode()
    assert f'href="{address}"' in page
    assert "24 pages" in page
    publish_cut(cut=public_cuts[0], access=Access.REGISTERED, actor=None)
    assert f"slides-{deck.pk}" not in client.get(RESULTS).content.decode()


def test_what_the_day_and_the_event_decided_is_told_beside_their_sessions(client, event, public_cuts):
    """A decision of the day stands on the page of each recording of the day, apart from the session's own."""
    decide(event, "Of session one", session=public_cuts[0].session)
    decide(event, "Of this day", date=START.date())
    decide(event, "Of another day", date=START.date().replace(day=30))
    decide(event, "Of it all")
    page = client.get(f"/en/events/forum/recordings/{public_cuts[0].code}/").content.decode()
    own, _, wider = page.partition("Of the whole day or event")
    assert "Of session one" in own
    assert "Of this day" in wider
    assert "Of it all" in wider
    assert "Of another day" not in page
    assert (
        "Of session one"
        not in client.get(f"/en/events/forum/recordings/{public_cuts[1].code}/").content.decode()
    )


def test_what_a_removed_session_decided_is_not_lost(client, event, public_cuts):
    """It is told with the day, else with the event."""
    session = public_cuts[1].session
    decide(event, "Still true", session=session)
    session.delete()
    release_programme(event=event, actor=None, note="")
    assert "Still true" in client.get(RESULTS).content.decode()


def test_a_session_leads_to_its_results_without_script(client, public_cuts):
    """The page itself names them, not only the part that is fetched."""
    page = client.get(f"/en/events/forum/sessions/{public_cuts[0].code}/").content.decode()
    assert f'href="{RESULTS}#s-{public_cuts[0].code}"' in page


def test_results_cost_the_same_for_one_and_for_three(client, event, filmed, public_cuts):
    """Decks and materials have no queries of their own."""
    counts = []
    for number in (1, 3):
        for n in range(number):
            decide(event, f"Agreed {n}", session=public_cuts[0].session)
            deck = SlideDeck.objects.create(recording=filmed, title="x", path="x", pages=1)
            deck.marks.create(at_ms=3000 + n, page=1)
        client.get(RESULTS)
        with CaptureQueriesContext(connection) as queries:
            client.get(RESULTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]
