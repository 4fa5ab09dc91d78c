"""Pages of the public, attendees and participants in every state, light and dark, narrow and wide.

A new page enters by a line in the tables beside this file; the last test fails when a template was part of none.
"""

from __future__ import annotations

import pytest

from tests.browser.pages.admission import ADMISSION
from tests.browser.pages.conftest import MARKS, Site, cases, look_at, look_for_unseen
from tests.browser.pages.delegations import DELEGATIONS
from tests.browser.pages.exchange import EXCHANGE
from tests.browser.pages.guests import CALLS, GUESTS
from tests.browser.pages.public import ACCOUNT, CONTENT, PROGRAMME
from tests.browser.pages.recordings import RECORDINGS
from tests.browser.pages.rendered import EXEMPT, TEMPLATES
from tests.browser.pages.visit import State

pytestmark = MARKS
CASES = cases(
    (
        *CONTENT,
        *PROGRAMME,
        *ACCOUNT,
        *CALLS,
        *GUESTS,
        *DELEGATIONS,
        *ADMISSION,
        *EXCHANGE,
        *RECORDINGS,
    )
)


@pytest.mark.parametrize(("state", "language"), CASES)
def test_every_state_in_every_mode(site: Site, state: State, language: str) -> None:
    look_at(site, state, language)


def test_every_template_was_looked_at(site: Site, request: pytest.FixtureRequest) -> None:
    look_for_unseen(site, "public", len(CASES), request)


def test_what_is_exempt_exists() -> None:
    assert [name for name in EXEMPT if not (TEMPLATES / name).exists()] == []
