"""What is not public is nowhere: drafts, hidden events, and what belongs to another event."""

import pytest
from django.test import Client

from sessions_app.programme.models import SessionState
from tests.factories import (
    FIRST_DAY,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    SessionRoleFactory,
    TrackFactory,
    make_event,
    make_released_event,
    make_team_member,
)
from tests.programme.addresses import files_of, paths_of

pytestmark = pytest.mark.django_db


def test_before_the_first_release_the_programme_says_so_and_shows_nothing(client):
    event = make_event()
    session = event.sessions.get()
    page = client.get(f"/en/events/{event.slug}/programme/{FIRST_DAY}/").content.decode()
    assert "not published yet" in page
    assert session.title_en not in page
    for path in (
        f"/events/{event.slug}/schedule.ics",
        f"/events/{event.slug}/schedule.xml",
        f"/events/{event.slug}/sessions/{session.code}/qr.svg",
        f"/api/v1/events/{event.slug}/sessions",
    ):
        assert client.get(path).status_code == 404, path


def test_what_is_not_released_is_nowhere(client):
    event, _release = make_released_event(sessions=2)
    role = event.sessions.first().roles.first()
    secret = SessionFactory(
        event=event,
        number=900,
        title_en="Secret plan",
        title_ru="Тайный замысел",
        room=RoomFactory(event=event, name_en="Hidden hall"),
        track=TrackFactory(event=event, name_en="Hidden track"),
        state=SessionState.DRAFT,
    )
    hidden = SessionRoleFactory(session=secret, person=PersonFactory(name="Hidden Person"))
    SessionRoleFactory(session=secret, person=role.person)
    event.sessions.exclude(pk=secret.pk).update(abstract_en="Not yet said")
    base = f"/en/events/{event.slug}"
    for path in [*paths_of(event), *files_of(event), f"{base}/programme/search/?q=secret"]:
        text = client.get(path).content.decode()
        for word in ("Secret plan", "Тайный", "Hidden", "Not yet said", secret.code):
            assert word not in text, f"{word} in {path}"
    for path in (
        f"{base}/sessions/{secret.code}/",
        f"{base}/people/{hidden.person.code}/",
        f"/events/{event.slug}/sessions/{secret.code}.ics",
        f"/events/{event.slug}/sessions/{secret.code}/qr.svg",
        f"/api/v1/events/{event.slug}/sessions/{secret.code}",
        f"/api/v1/events/{event.slug}/people/{hidden.person.code}",
    ):
        assert client.get(path).status_code == 404, path


def test_an_event_that_is_not_public_is_there_for_its_team_alone(client):
    event, _release = make_released_event(is_public=False)
    for path in [*paths_of(event), *files_of(event), f"/en/events/{event.slug}/programme/"]:
        assert client.get(path).status_code == 404, path
    stranger = PersonFactory()
    client.force_login(stranger)
    assert client.get(paths_of(event)[0]).status_code == 404
    client.force_login(make_team_member(event, "programme_editor"))
    assert client.get(paths_of(event)[0]).status_code == 200
    assert Client().get(paths_of(event)[0]).status_code == 404  # the page that the team saw is kept


def test_what_belongs_to_another_event_is_404(client):
    event, _release = make_released_event()
    other, _release = make_released_event()
    session = event.sessions.get()
    role = session.roles.get()
    person = PersonFactory()
    for path in (
        f"/en/events/{other.slug}/sessions/{session.code}/",
        f"/en/events/{other.slug}/people/{role.person.code}/",
        f"/en/events/{other.slug}/organisations/{role.organisation.code}/",
        f"/events/{other.slug}/sessions/{session.code}.ics",
        f"/events/{other.slug}/sessions/{session.code}/qr.svg",
        f"/api/v1/events/{other.slug}/sessions/{session.code}",
        f"/api/v1/events/{other.slug}/people/{role.person.code}",
    ):
        assert client.get(path).status_code == 404, path
    client.force_login(person)
    assert client.post(f"/en/events/{other.slug}/sessions/{session.code}/star/").status_code == 404
    assert not person.stars.exists()
