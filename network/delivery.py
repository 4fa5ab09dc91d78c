"""Delivers the outbox: takes what is due under a lease, hands it to the deliverer of its kind, books the result.

A message is delivered at least once. A worker that dies leaves its lease behind; when that runs
out, the next one takes the message over. Each taking counts as an attempt, so that a message which
kills workers ends as failed instead of being tried for ever.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from network.models import OutboxMessage, OutboxState

log = structlog.get_logger(__name__)

# With the sweep of 10 s a message of a killed worker is taken over within a minute.
LEASE = dt.timedelta(seconds=45)
FIRST_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = dt.timedelta(hours=6)
# Celery ends a task after 600 s; a run stops well before and asks for another one.
RUN_SECONDS = 300
DEFAULT_ATTEMPTS = 3

Handler = Callable[[OutboxMessage], None]


class Undeliverable(Exception):
    """The message can never be delivered, so that trying again is of no use.

    ``reason`` is kept with the message and must hold no personal data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Deliverer:
    """How one kind of message is delivered, and how often that is tried."""

    handler: Handler
    attempts: int


class UnknownKind(Exception):
    """No deliverer is registered for this kind, for example because this worker is of an older version."""


def _refuse(message: OutboxMessage) -> None:
    raise UnknownKind(message.kind)


_UNKNOWN = Deliverer(_refuse, DEFAULT_ATTEMPTS)
_deliverers: dict[str, Deliverer] = {}


def deliverer(kind: str, *, attempts: int = DEFAULT_ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register the decorated function as the one that delivers messages of ``kind``.

    It runs outside any transaction, may be called twice for one message and must then do no harm:
    ``message.key`` tells it what it has done already. It raises to be tried again later, and
    ``Undeliverable`` to give up at once.
    """

    def register(handler: Handler) -> Handler:
        _deliverers[kind] = Deliverer(handler, attempts)
        return handler

    return register


def deliver_due(now: dt.datetime | None = None) -> int:
    """Deliver what is due; return how many messages were delivered.

    ``now`` stands in for the database's clock. Stops after ``RUN_SECONDS``; what is left is
    found by the next sweep.
    """
    delivered = 0
    started = time.monotonic()
    while time.monotonic() - started < RUN_SECONDS:
        message = take_one(now=now)
        if message is None:
            break
        delivered += _deliver(message, now)
    return delivered


def take_one(*, now: dt.datetime | None = None) -> OutboxMessage | None:
    """Lease the longest due message and count the attempt; return None when nothing is due."""
    while True:
        moment = now or database_now()
        with transaction.atomic():
            waiting = _free(moment).order_by("due_at", "created_at")
            if connection.features.has_select_for_update_skip_locked:
                waiting = waiting.select_for_update(skip_locked=True)
            message = waiting.first()
            if message is None:
                return None
            # The condition is repeated, because SQLite has no row locks to rely on.
            taken = (
                _free(moment)
                .filter(pk=message.pk)
                .update(leased_until=moment + LEASE, attempts=message.attempts + 1)
            )
        if taken:
            message.leased_until = moment + LEASE
            message.attempts += 1
            return message


def _free(moment: dt.datetime) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
        state=OutboxState.WAITING,
        due_at__lte=moment,
    )


def database_now() -> dt.datetime:
    """Return the time by the clock that all workers share, in UTC."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment


def pause_after(attempts: int) -> dt.timedelta:
    """Return how long to wait after that many attempts: 10 s, 30 s, 90 s … at most 6 h."""
    longer: int = 3 ** min(max(attempts - 1, 0), 12)
    return min(FIRST_PAUSE * longer, LONGEST_PAUSE)


def _deliver(message: OutboxMessage, now: dt.datetime | None) -> bool:
    known = _deliverers.get(message.kind, _UNKNOWN)
    allowed = known.attempts
    if message.attempts > allowed:
        _book(message, state=OutboxState.FAILED, last_error=message.last_error or "worker lost")
        return False
    try:
        known.handler(message)
    except Undeliverable as error:
        _book(message, state=OutboxState.FAILED, last_error=error.reason[:300])
        log.warning("outbox_undeliverable", kind=message.kind, id=str(message.pk), error=error.reason[:300])
        return False
    except Exception as error:  # a deliverer may fail in any way, and the queue goes on
        _book_failure(message, _named(error), allowed, now)
        return False
    return _book(message, state=OutboxState.DELIVERED, delivered_at=now or database_now(), last_error="")


def _book_failure(message: OutboxMessage, reason: str, allowed: int, now: dt.datetime | None) -> None:
    log.warning(
        "outbox_failure", kind=message.kind, id=str(message.pk), attempt=message.attempts, error=reason
    )
    if message.attempts >= allowed:
        _book(message, state=OutboxState.FAILED, last_error=reason)
        return
    due = (now or database_now()) + pause_after(message.attempts)
    _book(message, state=OutboxState.WAITING, due_at=due, last_error=reason)


def _book(message: OutboxMessage, **result: object) -> bool:
    """Write the result unless the lease was lost to another worker meanwhile."""
    mine = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxState.WAITING, leased_until=message.leased_until
    )
    return bool(mine.update(leased_until=None, **result))


def _named(error: Exception) -> str:
    """Name an error without its text, which may quote an address."""
    name = type(error).__name__
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None)
    return f"{name} {code}" if isinstance(code, int) else name
