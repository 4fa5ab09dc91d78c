"""Who runs an exchange in these tests."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_exchange, make_team_member


@pytest.fixture
def exchange(db):
    """An exchange with six slots and three tables, in which people wish and the matchmaker plans."""
    return make_exchange(preset="curated", phase="plan")


@pytest.fixture
def event(exchange):
    return exchange.event


@pytest.fixture
def matchmaker(event):
    return make_team_member(event, "matchmaker", name="Mira Matchmaker")


@pytest.fixture
def desk(matchmaker, log_in):
    """The matchmaker's browser."""
    return log_in(matchmaker)


@pytest.fixture
def url_of(event):
    """Return a function from the name of a page of the event's exchange to its address."""
    return lambda name, *args: reverse(f"backoffice_{name}", args=(event.slug, *args))
