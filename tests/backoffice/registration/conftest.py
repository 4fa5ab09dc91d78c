"""Who sets registration up in these tests."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sessions_app.registration.models import Category
from tests.factories import make_open_event, make_team_member


@pytest.fixture
def opened(db) -> tuple:
    """An event that takes registrations, and its category of two places."""
    return make_open_event(places=2, slug="forum-opened")


@pytest.fixture
def event(opened):
    return opened[0]


@pytest.fixture
def category(opened) -> Category:
    return opened[1]


@pytest.fixture
def registrar(event):
    return make_team_member(event, "registrar", name="Regina Registrar")


@pytest.fixture
def desk(registrar, log_in):
    """The registrar's browser."""
    return log_in(registrar)


@pytest.fixture
def url_of(event):
    """Return a function from the name of a page of the event to its address."""
    return lambda name, *args: reverse(name, args=(event.slug, *args))
