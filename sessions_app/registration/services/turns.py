"""Turns: threads of one process that go for the same rows come one after the other, in the order of their coming.

They would wait for each other in any case, each in a transaction of its own, and take the processor from the one
that has it: many at once are served a third faster by turns, and nobody is passed by.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
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
    if not gate.enter(LOCK_SECONDS):
        raise Busy(str(key))
    _turn.waited, _turn.gate = time.monotonic() - began, gate
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


class _Gate:
    """Turns handed from who leaves to who has waited longest; forgotten when nobody holds one or waits."""

    def __init__(self, abreast: int) -> None:
        self._guard = threading.Lock()
        self._free = abreast
        self._waiting: deque[threading.Lock] = deque()
        self.kept: dict[str, tuple[float, Any]] = {}

    def enter(self, seconds: float) -> bool:
        with self._guard:
            if self._free:
                self._free -= 1
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine not in self._waiting:  # handed over in the last instant
                return True
            self._waiting.remove(mine)
            return False

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


_gates: WeakValueDictionary[Hashable, _Gate] = WeakValueDictionary()
_turn = threading.local()
