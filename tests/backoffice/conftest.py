"""Who works in the back office in these tests."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import PersonFactory, make_event, make_team_member


@pytest.fixture
def event(db):
    return make_event(sessions=2, slug="forum-own")


@pytest.fixture
def foreign(db):
    return make_event(sessions=1, slug="forum-foreign")


@pytest.fixture
def log_in():
    """Return a function that gives a browser in which the person is logged in."""

    def browser(person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


@pytest.fixture
def organiser(event):
    return make_team_member(event, "organiser", name="Olga Organiser")


@pytest.fixture
def desk(organiser, log_in):
    """The organiser's browser."""
    return log_in(organiser)


@pytest.fixture
def operator_desk(db, log_in):
    """A superuser's browser."""
    return log_in(PersonFactory(is_staff=True, is_superuser=True))
