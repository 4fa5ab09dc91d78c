"""An event's front page: live parts, what is hidden, and what it costs."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms import front
from cms.compositions import rows_of, usual_body
from sessions_app.events.models import EventOrganiser, TeamRoleName
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.services.releasing import release_programme
from tests.factories import (
    FIRST_DAY,
    MOSCOW,
    EventFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    VenueFactory,
    make_event,
    make_released_event,
    make_team_member,
)

pytestmark = pytest.mark.django_db


def page_of(client: Client, event, language: str = "en") -> str:
    response = client.get(f"/{language}/events/{event.slug}/")
    assert response.status_code == 200
    return response.content.decode()


def test_shows_what_was_released(client):
    venue = VenueFactory(access_notes_en="Lift to all floors.")
    event = make_event(sessions=3, venue=venue, note_en="Example data.", summary_en="Three days.")
    EventOrganiser.objects.create(event=event, organisation=OrganisationFactory(name_en="First body"))
    EventOrganiser.objects.create(event=event, organisation=OrganisationFactory(name_en="Second body"))
    release_programme(event=event, actor=None, note="Rooms are fixed.")
    html = page_of(client, event)
    person = event.sessions.first().roles.first().person
    for shown in (
        event.name_en,
        "Example data.",
        "Lift to all floors.",
        "First body",
        "Second body",
        "Rooms are fixed.",
        person.name,
        "3 sessions",
        "14–16 September 2026",
        f"/events/{event.slug}/schedule.ics",
    ):
        assert shown in html, shown


def test_names_the_contact_address_that_the_privacy_page_promises(client):
    event = make_event(sessions=1, contact_email="forum@example.org")
    assert 'href="mailto:forum@example.org"' in page_of(client, event)
    assert "mailto:" not in page_of(client, make_event(sessions=1))


def test_drafts_are_not_shown(client):
    event, _release = make_released_event(sessions=1)
    later = SessionFactory(event=event, number=99, title_en="Not released yet")
    SessionRoleFactory(session=later, person=PersonFactory(name="Secret Guest"))
    Session.objects.filter(pk=event.sessions.first().pk).update(title_en="Renamed in the draft")
    html = page_of(client, event)
    assert "Not released yet" not in html
    assert "Secret Guest" not in html
    assert "Renamed in the draft" not in html


def test_without_a_release_the_frame_is_shown(client):
    event = make_event(sessions=1)
    html = page_of(client, event)
    assert "The programme is being made." in html
    assert "Theme of 2026-09-14" in html
    assert event.sessions.first().title_en not in html
    assert "See the programme" not in html
    assert "front__row--split" not in html


def test_an_event_without_anything_is_shown(client):
    event = EventFactory(languages=[])
    event.days.all().delete()
    assert event.name_en in page_of(client, event)


def test_hidden_event_is_for_its_team_only(client):
    event, _release = make_released_event(is_public=False)
    assert client.get(f"/en/events/{event.slug}/").status_code == 404
    client.force_login(PersonFactory())
    assert client.get(f"/en/events/{event.slug}/").status_code == 404
    client.force_login(make_team_member(event, TeamRoleName.PROGRAMME_EDITOR))
    assert "Not public yet." in page_of(client, event)
    assert event.name_en in client.get("/en/events/").content.decode()


def test_public_event_has_no_banner(client):
    event, _release = make_released_event()
    client.force_login(make_team_member(event, TeamRoleName.ORGANISER))
    assert "Not public yet." not in page_of(client, event)


def test_titles_in_another_language_are_marked(client):
    event = make_event(sessions=1, name_ru="")
    release_programme(event=event, actor=None, note="x")
    assert f'<h1><span lang="en">{event.name_en}</span></h1>' in page_of(client, event, "ru")


def test_structured_data_describes_the_event_and_cannot_leave_its_script(client):
    event, _release = make_released_event(name_en="A</script><script>alert(1)</script>")
    html = page_of(client, event)
    found = re.search(r'<script type="application/ld\+json" nonce="[^"]+">(.*?)</script>', html)
    data = json.loads(found[1])
    assert data["@type"] == "Event"
    assert data["name"] == event.name_en
    assert (data["startDate"], data["endDate"]) == ("2026-09-14", "2026-09-16")
    assert "<script>alert" not in html


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading_is_allowed(client, method):
    event, _release = make_released_event()
    assert getattr(client, method)(f"/en/events/{event.slug}/").status_code == 405


def test_queries_do_not_grow(client):
    counts = []
    for sessions in (1, 3):
        event, _release = make_released_event(sessions=sessions)
        for _n in range(sessions):
            EventOrganiser.objects.create(event=event, organisation=OrganisationFactory())
        page_of(client, event)
        with CaptureQueriesContext(connection) as captured:
            page_of(client, event)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


# --- the arithmetic behind it ---------------------------------------------------------------


def at(hour: int, minute: int = 0, day: dt.date = FIRST_DAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), MOSCOW)


@pytest.fixture
def schedule():
    event = EventFactory()
    days = [FIRST_DAY, FIRST_DAY, FIRST_DAY, FIRST_DAY + dt.timedelta(days=1)]
    for number, (day, hour, kind) in enumerate(
        zip(days, (10, 11, 13, 10), ("plenary", "break", "panel", "lecture"), strict=True), start=1
    ):
        session = SessionFactory(
            event=event,
            number=number,
            title_en=f"S{number}",
            kind=kind,
            start=at(hour, day=day),
            end=at(hour + 1, day=day),
        )
        SessionRoleFactory(
            session=session,
            person=PersonFactory(name=f"P{number}"),
            role="moderator" if number == 3 else "speaker",
        )
    release_programme(event=event, actor=None, note="x")
    return released_schedule(event)


def test_card_before_during_and_after(schedule):
    before = front.now_card(schedule, at(8))
    assert [entry.title["en"] for entry in before.entries if entry.shown] == ["S1", "S3"]
    assert (before.running, before.is_first_day) == (0, True)

    during = front.now_card(schedule, at(10, 30))
    assert [(entry.title["en"], entry.running) for entry in during.entries if entry.shown] == [
        ("S1", True),
        ("S3", False),
    ]

    evening = front.now_card(schedule, at(20))
    assert [entry.title["en"] for entry in evening.entries if entry.shown] == ["S4"]
    assert evening.day == FIRST_DAY + dt.timedelta(days=1)
    assert not evening.is_first_day

    assert front.now_card(schedule, at(12, day=FIRST_DAY + dt.timedelta(days=1))) is None


def test_breaks_are_not_sessions(schedule):
    cards = front.day_cards(schedule, {}, FIRST_DAY)
    assert [(card.date.day, card.sessions, card.is_today) for card in cards] == [
        (14, 2, True),
        (15, 1, False),
        (16, 0, False),
    ]
    assert front.figures_of(schedule).sessions == 3


def test_people_of_plenaries_come_first(schedule):
    assert [card.name for card in front.person_cards(schedule, "en")] == ["P1", "P3", "P4"]


def test_one_person_with_two_parts_is_listed_once():
    event = EventFactory()
    person = PersonFactory(name="Twice")
    for number, (kind, role) in enumerate([("lecture", "speaker"), ("plenary", "moderator")], start=1):
        session = SessionFactory(event=event, number=number, kind=kind)
        SessionRoleFactory(session=session, person=person, role=role, post_en=f"Post of {kind}")
    release_programme(event=event, actor=None, note="x", override_reason="one person twice, on purpose")
    (card,) = front.person_cards(released_schedule(event), "en")
    assert [role.value for role in card.roles] == ["moderator", "speaker"]
    assert card.post["en"] == "Post of plenary"


@pytest.mark.parametrize(
    ("hour", "phase"),
    [(0, front.Phase.COMING), (12, front.Phase.RUNNING), (23, front.Phase.PAST)],
)
def test_phase(hour, phase):
    bounds = [(at(8), at(22))]
    assert front.phase_of(bounds, at(hour)) is phase
    assert front.phase_of([], at(hour)) is front.Phase.COMING


def test_parts_are_arranged_in_rows():
    rows = rows_of(usual_body())
    assert [([p.block_type for p in row.main], [p.block_type for p in row.aside]) for row in rows] == [
        (["programme_days"], []),
        (["speakers"], ["venue", "release", "recordings"]),
        (["organisers"], []),
        (["news"], []),
    ]
