"""Removing an event: what goes with it is named, a published one is hidden instead."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cms.models import EventFrontPage, HomePage
from network.models import AuditEntry, Person
from sessions_app.events.models import Event
from sessions_app.programme.services.releasing import release_programme
from tests.backoffice.forms import text_of
from tests.cms.builders import add_page


@pytest.fixture
def url(event):
    return reverse("backoffice_event_delete", args=(event.slug,))


def test_an_event_without_a_release_goes_with_all_that_was_named(event, url, operator_desk):
    people = Person.objects.count()
    pk = event.pk
    page = text_of(operator_desk.get(url))
    assert "Sessions: 2" in page
    assert "Rooms: " in page
    assert Event.objects.filter(pk=pk).exists()
    assert "is deleted" in text_of(operator_desk.post(url, {"act": "delete"}, follow=True))
    assert not Event.objects.filter(pk=pk).exists()
    assert Person.objects.count() == people
    assert AuditEntry.objects.filter(action="event.deleted", event_id_ref=pk).count() == 1
    assert operator_desk.post(url, {"act": "delete"}).status_code == 404


def test_a_released_event_is_hidden_and_never_deleted(event, url, operator_desk, client):
    release_programme(event=event, actor=None, note="")
    page = text_of(operator_desk.get(url))
    assert "The event has 1 release" in page
    assert "Delete for good" not in page
    operator_desk.post(url, {"act": "delete"})
    assert Event.objects.filter(pk=event.pk, is_public=True).exists()
    operator_desk.post(url, {"act": "hide"})
    assert Event.objects.filter(pk=event.pk, is_public=False).exists()
    assert client.get(f"/events/{event.slug}/schedule.ics").status_code == 404


def test_what_names_the_event_stands_in_the_way_with_its_name(event, url, operator_desk):
    home = HomePage.objects.get(locale__language_code="en")
    add_page(home, EventFrontPage, title="Front of the forum", event=event)
    page = text_of(operator_desk.get(url))
    assert "Front of the forum" in page
    operator_desk.post(url, {"act": "delete"})
    assert Event.objects.filter(pk=event.pk).exists()


def test_organisers_are_not_offered_it(event, url, desk, operator_desk):
    form = reverse("events:edit", args=(event.pk,))
    assert url in operator_desk.get(form).content.decode()
    assert url not in desk.get(form).content.decode()
    desk.post(url, {"act": "delete"})
    assert Event.objects.filter(pk=event.pk).exists()
