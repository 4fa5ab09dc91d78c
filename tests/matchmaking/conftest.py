"""Two who take part in an exchange, for tests of its pages."""

import pytest

from tests.factories import make_exchange, make_participant


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna Example")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris Example")
