"""What tests of many at once share."""

import pytest

from matchmaking.services import accepting
from sessions_app.registration.services import submitting, turns


@pytest.fixture
def each_thread_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads stand for processes: those of one process would be served together, lock or no lock."""
    for service in (accepting, submitting):
        monkeypatch.setattr(
            service, "together", lambda _key, job, serve, **rest: turns.together(None, job, serve, **rest)
        )
