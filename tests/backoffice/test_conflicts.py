"""Two editors save one thing: the second is told what changed, keeps her input and then decides."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from sessions_app.events.models import Event
from tests.backoffice.forms import event_post, rows, session_post, text_of
from tests.factories import make_team_member


def opened(client, url) -> str:
    """Return what the form carries along of the state that its editor sees."""
    return token_in(client.get(url))


def token_in(response) -> str:
    page = response.content.decode()
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])


@pytest.fixture
def other(event, log_in):
    """Another editor's browser."""
    return log_in(make_team_member(event, "programme_editor", name="Petra Editor"))


@pytest.fixture
def session_url(event):
    return reverse("sessions:edit", args=(event.sessions.first().pk,))


def test_the_second_editor_of_a_session_is_told_and_overwrites_only_knowingly(
    event, desk, other, session_url
):
    session = event.sessions.first()
    mine, theirs = opened(desk, session_url), opened(other, session_url)
    later = {"start": "2026-09-14T12:00", "end": "2026-09-14T13:00"}
    other.post(session_url, session_post(title_en="Theirs", seen=theirs, **later))

    answer = desk.post(session_url, session_post(title_en="Mine", seen=mine))
    page = text_of(answer)
    assert "Petra Editor changed this while you were editing, so nothing was saved." in page
    assert "Title (English): “Theirs”" in page
    assert "Start: 2026-09-14 12:00" in page
    assert 'value="Mine"' in answer.content.decode()
    session.refresh_from_db()
    assert session.title_en == "Theirs"

    desk.post(session_url, session_post(title_en="Mine", seen=token_in(answer)))
    session.refresh_from_db()
    assert session.title_en == "Mine"
    assert session.start == dt.datetime(2026, 9, 14, 7, tzinfo=dt.UTC)


def test_a_row_of_people_added_meanwhile_is_told(event, desk, other, session_url):
    mine, theirs = opened(desk, session_url), opened(other, session_url)
    person = make_team_member(event, "registrar", name="Rosa Added")
    roles = rows("roles", {"person": person.pk, "role": "speaker"})
    other.post(session_url, {**session_post(seen=theirs), **roles})
    page = text_of(desk.post(session_url, session_post(title_en="Mine", seen=mine)))
    assert re.search("People: “[^”]*Rosa Added", page)


def test_pressing_save_twice_is_no_conflict(event, desk, session_url):
    mine = opened(desk, session_url)
    for _press in range(2):
        assert desk.post(session_url, session_post(title_en="Mine", seen=mine)).status_code == 302


@pytest.mark.parametrize("token", ["", "x", "[]", "{}", '{"title_en": 1}', "\x00"])
def test_a_form_without_a_usable_token_answers(desk, session_url, token):
    assert desk.post(session_url, session_post(title_en="Mine", seen=token)).status_code in (200, 302)


def test_the_second_editor_of_an_event_is_told(operator_desk, log_in):
    operator_desk.post(reverse("events:add"), event_post())
    event = Event.objects.get()
    days = rows(
        "days",
        *(
            {"id": day.pk, "date": day.date.isoformat(), "opens": "09:00", "closes": "18:00"}
            for day in event.days.all()
        ),
        initial=2,
    )
    url = reverse("events:edit", args=(event.pk,))
    second = log_in(make_team_member(event, "organiser", name="Olga Second"))
    team = rows(
        "team",
        {"id": event.team.get().pk, "person": event.team.get().person_id, "role": "organiser"},
        initial=1,
    )
    mine, theirs = opened(operator_desk, url), opened(second, url)
    common = {**event_post(slug=event.slug), **days, **team}
    assert second.post(url, {**common, "seen": theirs, "contact_email": "a@example.org"}).status_code == 302
    page = text_of(operator_desk.post(url, {**common, "seen": mine, "name_en": "Mine"}))
    assert "Olga Second changed this" in page
    assert "Contact e-mail: “a@example.org”" in page
    event.refresh_from_db()
    assert event.name_en == "Strategic Session"
