"""A person's agenda: stars, merging, and the feed's address."""

import pytest

from sessions_app.programme.models import Star
from sessions_app.programme.queries import person_by_agenda_token, starred_codes
from sessions_app.programme.services.starring import (
    agenda_token,
    merge_stars,
    renew_agenda_token,
    star_session,
    unstar_session,
)
from tests.factories import PersonFactory, make_event

pytestmark = pytest.mark.django_db


def test_a_star_is_kept_once_and_can_be_taken_back():
    event, person = make_event(), PersonFactory()
    code = event.sessions.get().code
    assert star_session(person=person, event=event, code=code)
    assert star_session(person=person, event=event, code=code)
    assert starred_codes(person, event) == [code]
    unstar_session(person=person, event=event, code=code)
    assert starred_codes(person, event) == []


def test_another_events_session_cannot_be_starred_under_this_event():
    event, other = make_event(), make_event()
    assert not star_session(person=PersonFactory(), event=event, code=other.sessions.get().code)
    assert not Star.objects.exists()


def test_stars_of_the_browser_join_those_of_the_account():
    event, person = make_event(sessions=3), PersonFactory()
    codes = [session.code for session in event.sessions.all()]
    star_session(person=person, event=event, code=codes[0])
    added = merge_stars(person=person, codes_by_event={event.slug: [*codes, "NOSUCH"], "gone": ["ABCDEF"]})
    assert added == 2
    assert set(starred_codes(person, event)) == set(codes)


def test_the_feed_has_one_address_until_it_is_renewed():
    person = PersonFactory()
    token = agenda_token(person=person)
    assert agenda_token(person=person) == token
    assert len(token) >= 43
    assert person_by_agenda_token(token) == person
    assert renew_agenda_token(person=person) != token
    assert person_by_agenda_token(token) is None
    assert person_by_agenda_token("") is None
