"""Three people: two who offer what the other seeks, each in another language, and one who does not fit."""

from __future__ import annotations

import pytest

from tests.factories import make_exchange, make_participant
from tests.matchmaking.suggestions.kept import POWDER_NEED, POWDER_OFFER, SENSOR_NEED, SENSOR_OFFER


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(
        exchange,
        name="Anna Example",
        needs=POWDER_NEED,
        offers=SENSOR_OFFER,
        languages=["en"],
        region="RU-KLU",
    )


@pytest.fixture
def boris(exchange):
    return make_participant(
        exchange,
        name="Борис",
        needs=SENSOR_NEED,
        offers=POWDER_OFFER,
        languages=["ru", "en"],
        region="RU-KLU",
    )


@pytest.fixture
def carla(exchange):
    return make_participant(exchange, name="Carla", needs="Legal advice", offers="Catering for conferences")
