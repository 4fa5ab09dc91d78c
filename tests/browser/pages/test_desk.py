"""Pages of the back office in every state, light and dark, narrow and wide.

A new page enters by a line in the tables beside this file; the last test fails when a template was part of none.
"""

from __future__ import annotations

import pytest

from tests.browser.pages.conftest import MARKS, Site, cases, look_at, look_for_unseen
from tests.browser.pages.desk import DESK
from tests.browser.pages.exchange_desk import EXCHANGE_DESK
from tests.browser.pages.guests import GUESTS_DESK
from tests.browser.pages.recordings import RECORDINGS_DESK
from tests.browser.pages.visit import State
from tests.browser.pages.webhooks import WEBHOOKS

pytestmark = MARKS
CASES = cases(
    (
        *DESK,
        *GUESTS_DESK,
        *EXCHANGE_DESK,
        *RECORDINGS_DESK,
        *WEBHOOKS,
    )
)


@pytest.mark.parametrize(("state", "language"), CASES)
def test_every_state_in_every_mode(site: Site, state: State, language: str) -> None:
    look_at(site, state, language)


def test_every_template_was_looked_at(site: Site, request: pytest.FixtureRequest) -> None:
    look_for_unseen(site, "desk", len(CASES), request)
