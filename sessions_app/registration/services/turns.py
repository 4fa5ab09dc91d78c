"""Turns: threads of one process that go for the same rows come one after the other, in the order of their coming.

They would wait for each other in any case, each in a transaction of its own, and take the processor from the one
that has it. Whoever has the turn does the work of those behind her, too, in few statements and one transaction:
many at once are served twice as fast, and nobody is passed by.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakValueDictionary

from django.db import connection

from sessions_app.registration.errors import Busy

LOCK_SECONDS = 3


def together[Job, Result](
    key: Hashable | None,
    job: Job,
    serve: Callable[[Sequence[Job]], Sequence[Result | Exception]],
    *,
    most: int,
) -> Result:
    """Return what ``serve`` makes of the job, or raise it: in the turn of ``key``, with what waits behind it.

    ``serve`` gets at most so many jobs, in the order of their coming, and answers each with its result or with the
    error that is its own. It runs in the thread of the first of them. Without a key, and where a transaction
    is open already, it gets this one alone. Raises Busy when the turn has not come in three seconds, and when
    ``serve`` itself has failed in another's thread.
    """
    if key is None or connection.in_atomic_block:
        return _result(*serve([job]))
    gate = _gates.setdefault(key, _Gate())
    mine, began = _Waiter(job), time.monotonic()
    if not gate.enter(mine, LOCK_SECONDS):
        raise Busy(str(key))
    if mine.outcome is None:
        with _holding(gate, time.monotonic() - began):
            company = [mine, *gate.take_along(most - 1)]
            try:
                outcomes = serve([waiter.job for waiter in company])
                for waiter, outcome in zip(company, outcomes, strict=True):
                    waiter.outcome = outcome
            finally:
                for waiter in company[1:]:
                    waiter.outcome = Busy(str(key)) if waiter.outcome is None else waiter.outcome
                    waiter.woken.release()
    return _result(cast("Result | Exception", mine.outcome))


def _result[Result](outcome: Result | Exception) -> Result:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


@contextmanager
def _holding(gate: _Gate, waited: float) -> Iterator[None]:
    """Hold the turn that has been had after so many seconds."""
    _turn.waited, _turn.gate = waited, gate
    try:
        yield
    finally:
        _turn.waited, _turn.gate = 0.0, None
        gate.leave()


def handed_on[T](name: str, read: Callable[[], T], *, seconds: float) -> T:
    """Return what ``read`` gave somebody who stood in this thread's line at most so many seconds ago, else read anew.

    It goes when nobody stands in the line any more; without a turn it is read each time.
    """
    gate: _Gate | None = getattr(_turn, "gate", None)
    if gate is None:
        return read()
    since, found = gate.kept.get(name, (-seconds, None))
    if time.monotonic() - since >= seconds:
        since, found = time.monotonic(), read()
        gate.kept[name] = (since, found)
    return cast(T, found)


def waited() -> float:
    """Return how many seconds this thread has waited for the turn that it has."""
    return float(getattr(_turn, "waited", 0.0))


class _Waiter:
    """A thread in a line with its job, which others may do for it, and what has come of that."""

    __slots__ = ("job", "outcome", "woken")

    def __init__(self, job: Any) -> None:
        self.job = job
        self.outcome: Any = None
        self.woken = threading.Lock()
        self.woken.acquire()


class _Gate:
    """Turns handed from who leaves to who has waited longest; forgotten when nobody holds one or waits."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_held = False
        self._waiting: deque[_Waiter] = deque()
        self.kept: dict[str, tuple[float, Any]] = {}

    def enter(self, mine: _Waiter, seconds: float) -> bool:
        """Wait for a turn, or for an outcome; False when neither has come in time."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            self._waiting.append(mine)
        if mine.woken.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        mine.woken.acquire()  # handed over in the last instant, or her job is being done
        return True

    def take_along(self, most: int) -> list[_Waiter]:
        """Return, out of the line, so many of those who wait, in their order."""
        found: list[_Waiter] = []
        with self._guard:
            while self._waiting and len(found) < most:
                found.append(self._waiting.popleft())
        return found

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().woken.release()
            else:
                self._is_held = False


_gates: WeakValueDictionary[Hashable, _Gate] = WeakValueDictionary()
_turn = threading.local()
