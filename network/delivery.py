"""Delivers the outbox: takes what is due under a lease, hands it to the deliverer of its kind, books the result.

A message is delivered at least once. A worker that dies leaves its lease behind; when that runs
out, the next one takes the message over. Each taking counts as an attempt, so that a message which
kills workers ends as failed instead of being tried for ever.

Messages to strangers' servers go in a lane of their own, in which one worker at a time works for a few
seconds: whoever answers slowly there holds up neither the mail nor the steps of our own.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

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
# The demo has one worker for all: mail waits for a run of the other lane and for its last, slow message.
SLOW_RUN_SECONDS = 5
DEFAULT_ATTEMPTS = 3

Handler = Callable[[OutboxMessage], None]


class Undeliverable(Exception):
    """The message can never be delivered, so that trying again is of no use.

    ``reason`` is kept with the message and must hold no personal data.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNow(Exception):
    """The message is not to be tried before ``until``; the attempt does not count."""

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


class Lane(StrEnum):
    """Which messages wait for each other."""

    OWN = "own"  # mail, and work of the platform itself
    STRANGERS = "strangers"  # to servers of which anybody may have given the address


@dataclass(frozen=True)
class Deliverer:
    """How one kind of message is delivered, how often that is tried, and in which lane."""

    handler: Handler
    attempts: int
    lane: Lane = Lane.OWN


class UnknownKind(Exception):
    """No deliverer is registered for this kind, for example because this worker is of an older version."""


def _refuse(message: OutboxMessage) -> None:
    raise UnknownKind(message.kind)


_UNKNOWN = Deliverer(_refuse, DEFAULT_ATTEMPTS)
_deliverers: dict[str, Deliverer] = {}


def deliverer(
    kind: str, *, attempts: int = DEFAULT_ATTEMPTS, lane: Lane = Lane.OWN
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the one that delivers messages of ``kind``.

    It runs outside any transaction, may be called twice for one message and must then do no harm:
    ``message.key`` tells it what it has done already. It raises to be tried again later, ``NotNow`` to
    be asked at another time, and ``Undeliverable`` to give up at once.
    """

    def register(handler: Handler) -> Handler:
        _deliverers[kind] = Deliverer(handler, attempts, lane)
        return handler

    return register


def lane_of(kind: str) -> Lane:
    """Return the lane in which messages of the kind are delivered."""
    return _deliverers.get(kind, _UNKNOWN).lane


def deliver_due(now: dt.datetime | None = None, *, lane: Lane = Lane.OWN) -> int:
    """Deliver what is due in the lane; return how many messages were delivered.

    ``now`` stands in for the database's clock. Stops after the lane's seconds; what is left is found
    by the next run. In the strangers' lane nothing is done while another worker is at work there.
    """
    if lane is Lane.STRANGERS and _is_occupied(lane, now or database_now()):
        return 0
    delivered = 0
    started = time.monotonic()
    seconds = SLOW_RUN_SECONDS if lane is Lane.STRANGERS else RUN_SECONDS
    while time.monotonic() - started < seconds:
        message = take_one(now=now, lane=lane)
        if message is None:
            break
        delivered += _deliver(message, now)
    return delivered


def has_due(lane: Lane, *, now: dt.datetime | None = None) -> bool:
    """Tell whether something waits in the lane that nobody has taken."""
    return _free(now or database_now(), lane).exists()


def postpone(*, kind: str, key_start: str, until: dt.datetime) -> int:
    """Let the waiting messages of a kind whose keys begin so wait at least until then; return how many.

    One that a worker has taken just now is not touched.
    """
    waiting = OutboxMessage.objects.filter(
        kind=kind, key__startswith=key_start, state=OutboxState.WAITING, due_at__lt=until
    )
    return waiting.filter(leased_until__isnull=True).update(due_at=until)


def taken_at(message: OutboxMessage) -> dt.datetime:
    """Return when the message was taken for this attempt, by the clock that all workers share."""
    if message.leased_until is None:
        raise ValueError("The message was not taken.")
    return message.leased_until - LEASE


def take_one(*, now: dt.datetime | None = None, lane: Lane = Lane.OWN) -> OutboxMessage | None:
    """Lease the longest due message of the lane and count the attempt; return None when nothing is due."""
    while True:
        moment = now or database_now()
        with transaction.atomic():
            waiting = _free(moment, lane).order_by("due_at", "created_at")
            if connection.features.has_select_for_update_skip_locked:
                waiting = waiting.select_for_update(skip_locked=True)
            message = waiting.first()
            if message is None:
                return None
            # The condition is repeated, because SQLite has no row locks to rely on.
            taken = (
                _free(moment, lane)
                .filter(pk=message.pk)
                .update(leased_until=moment + LEASE, attempts=message.attempts + 1)
            )
        if taken:
            message.leased_until = moment + LEASE
            message.attempts += 1
            return message


def _free(moment: dt.datetime, lane: Lane) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        _in_lane(lane),
        Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
        state=OutboxState.WAITING,
        due_at__lte=moment,
    )


def _in_lane(lane: Lane) -> Q:
    """Return the condition for messages of the lane; a kind that is not known here counts as our own."""
    others = [kind for kind, known in _deliverers.items() if known.lane is not Lane.OWN]
    if lane is Lane.OWN:
        return ~Q(kind__in=others) if others else Q()
    return Q(kind__in=[kind for kind in others if _deliverers[kind].lane is lane])


def _is_occupied(lane: Lane, moment: dt.datetime) -> bool:
    taken = OutboxMessage.objects.filter(_in_lane(lane), state=OutboxState.WAITING, leased_until__gt=moment)
    return taken.exists()


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
    except NotNow as error:
        _book(message, state=OutboxState.WAITING, due_at=error.until, attempts=message.attempts - 1)
        return False
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
