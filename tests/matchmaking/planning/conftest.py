"""An exchange in which everybody agreed to meet everybody, and the matchmaker plans."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.factories import make_exchange, make_participant
from tests.matchmaking.planning.plans import agree


@pytest.fixture
def exchange():
    """Six slots of one day and two tables; people wish, the matchmaker plans."""
    return make_exchange(preset="curated", phase="plan", tables=2)


@pytest.fixture
def people(exchange):
    return [make_participant(exchange, name=name) for name in ("Anna", "Boris", "Clara", "Dmitri")]


@pytest.fixture
def agreed(people):
    """Everybody agreed to meet everybody: six meetings."""
    return [agree(one, other) for one, other in combinations(people, 2)]
