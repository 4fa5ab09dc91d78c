"""Turns: threads of one process that go for the same rows come one after the other, in the order of their coming.

They would wait for each other in any case, each in a transaction of its own, and take the processor from the one
that has it: many at once are served a third faster by turns, and nobody is passed by. Where one can do the work
of several in few statements, whoever has the turn does that of those behind her, too.
"""

from __future__ import annotations

import functools
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


def by_turns[**P, R](
    of: Callable[..., Hashable | None], *, abreast: int = 1
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let ``abreast`` threads of this process at a time into the service for what ``of`` finds in its arguments.

    Nobody waits where ``of`` finds None or a transaction is open already: she may hold the very row for which
    whoever has the turn waits.
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with in_turn(None if connection.in_atomic_block else of(*args, **kwargs), abreast=abreast):
                return service(*args, **kwargs)

        return run

    return decorate


@contextmanager
def in_turn(key: Hashable | None, *, abreast: int = 1) -> Iterator[None]:
    """Hold one of the ``abreast`` turns of ``key``; without a key hold nothing.

    Waiting here counts among the three seconds that a transaction waits for locks. Raises Busy when they are over.
    """
    if key is None:
        yield
        return
    gate = _gates.setdefault(key, _Gate(abreast))
    began = time.monotonic()
    if not gate.enter(_Waiter(), LOCK_SECONDS):
        raise Busy(str(key))
    with _holding(gate, time.monotonic() - began):
        yield


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
    gate = _gates.setdefault(key, _Gate(1))
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


_NOTHING: Any = object()


class _Waiter:
    """A thread in a line, and what others can do for it: its job, if it has one that is done in company."""

    __slots__ = ("job", "outcome", "woken")

    def __init__(self, job: Any = _NOTHING) -> None:
        self.job = job
        self.outcome: Any = None
        self.woken = threading.Lock()
        self.woken.acquire()


class _Gate:
    """Turns handed from who leaves to who has waited longest; forgotten when nobody holds one or waits."""

    def __init__(self, abreast: int) -> None:
        self._guard = threading.Lock()
        self._free = abreast
        self._waiting: deque[_Waiter] = deque()
        self.kept: dict[str, tuple[float, Any]] = {}

    def enter(self, mine: _Waiter, seconds: float) -> bool:
        """Wait for a turn, or for an outcome; False when neither has come in time."""
        with self._guard:
            if self._free:
                self._free -= 1
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
        """Return, out of the line, those who wait next with a job of their own."""
        found: list[_Waiter] = []
        with self._guard:
            while self._waiting and len(found) < most and self._waiting[0].job is not _NOTHING:
                found.append(self._waiting.popleft())
        return found

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().woken.release()
            else:
                self._free += 1


_gates: WeakValueDictionary[Hashable, _Gate] = WeakValueDictionary()
_turn = threading.local()
