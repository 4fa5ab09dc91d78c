"""What tests of many at once share."""

import contextlib

import pytest

from sessions_app.registration.services import submitting, turns


@pytest.fixture
def each_thread_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let threads stand for processes: those of one process would come by turns, lock or no lock."""
    monkeypatch.setattr(turns, "in_turn", lambda _key, **_rest: contextlib.nullcontext())
    monkeypatch.setattr(
        submitting, "together", lambda _key, job, serve, **rest: turns.together(None, job, serve, **rest)
    )
