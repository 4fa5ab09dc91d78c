"""Organisers edit the front page of their own event, and of no other."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.models import EventFrontPage, HomePage
from cms.team_pages import group_name
from sessions_app.events.models import TeamRole
from tests.cms.builders import add_page
from tests.factories import make_event, make_team_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event(sessions=1, slug="forum-own")


@pytest.fixture
def home():
    return HomePage.objects.get(locale__language_code="en")


def edit_url(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=(page.pk,))


def test_an_organiser_edits_her_events_page_and_no_other(client, event, home):
    organiser = make_team_member(event, "organiser")
    own = add_page(home, EventFrontPage, title="Own front", event=event)
    other = add_page(home, EventFrontPage, title="Other front", event=make_event(sessions=1))
    client.force_login(organiser)
    assert client.get(edit_url(own)).status_code == 200
    for page in (other, home):
        assert client.get(edit_url(page)).status_code == 302, page
        assert client.post(edit_url(page), {"title": "Taken"}).status_code == 302, page


def test_she_publishes_but_does_not_give_the_page_to_another_event(client, event, home):
    other = make_event(sessions=1)
    own = add_page(home, EventFrontPage, title="Own front", event=event)
    client.force_login(make_team_member(event, "organiser"))
    data = nested_form_data(
        {"title": "New front", "slug": own.slug, "event": other.pk, "body": streamfield([])}
    )
    client.post(edit_url(own), data | {"action-publish": "action-publish"})
    own.refresh_from_db()
    assert (own.title, own.event, own.live) == ("New front", event, True)


def test_the_right_comes_and_goes_with_the_role(client, event, home):
    own = add_page(home, EventFrontPage, title="Own front", event=event)
    person = make_team_member(event, "programme_editor")
    client.force_login(person)
    assert client.get(edit_url(own)).status_code == 302
    role = TeamRole.objects.create(event=event, person=person, role="organiser")
    assert client.get(edit_url(own)).status_code == 200
    role.delete()
    assert client.get(edit_url(own)).status_code == 302


def test_no_group_stays_without_a_page(event, home):
    make_team_member(event, "organiser")
    own = add_page(home, EventFrontPage, title="Own front", event=event)
    assert Group.objects.filter(name=group_name(event.pk)).exists()
    own.delete()
    assert not Group.objects.filter(name=group_name(event.pk)).exists()
