"""Places of quotas: taken and given back under one lock, so that none is promised twice.

All quotas that a transaction needs are locked in one statement, in the order of their keys, before
any registration is; two transactions therefore never wait for each other. A check constraint of the
database stands behind the lock.
"""

from __future__ import annotations

import datetime as dt
import functools
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from sessions_app.registration.errors import Busy, Full
from sessions_app.registration.models import Place, Quota, Registration
from sessions_app.registration.services.turns import LOCK_SECONDS, waited

RETRIES = 3
DEADLOCK_STATES = frozenset({"40P01", "40001"})
LOCK_STATE = "55P03"


def one_transaction[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Run the service in one transaction that waits at most three seconds for a lock.

    Deadlocks and serialisation failures are tried again, at most three times, unless a
    transaction is open already. Raises Busy when a lock is not to be had; nothing is written then.
    """

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return service(*args, **kwargs)
        for attempt in range(RETRIES + 1):
            try:
                with _sqlite_patience(), transaction.atomic():
                    if connection.vendor == "postgresql":
                        with connection.cursor() as cursor:
                            cursor.execute(f"SET LOCAL lock_timeout = {_patience_ms()}")
                    return service(*args, **kwargs)
            except OperationalError as error:
                if _is_lock(error):
                    raise Busy(str(error)) from error
                if not _is_deadlock(error) or attempt == RETRIES:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311 - spreads retries
        raise AssertionError("unreachable")

    return run


def _patience_ms() -> int:
    """Return how long this thread may still wait for a row, in milliseconds; PostgreSQL takes 0 for ever."""
    return max(1, round((LOCK_SECONDS - waited()) * 1000))


@contextmanager
def _sqlite_patience() -> Iterator[None]:
    """Let SQLite, where BEGIN is the lock, wait as long as PostgreSQL does."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_patience_ms()}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")


def _sqlstate(error: BaseException) -> Any:
    return getattr(error.__cause__, "sqlstate", None)


def _is_lock(error: OperationalError) -> bool:
    return _sqlstate(error) == LOCK_STATE or "database is locked" in str(error)


def _is_deadlock(error: OperationalError) -> bool:
    return _sqlstate(error) in DEADLOCK_STATES


def lock_quotas(ids: Iterable[int | None]) -> dict[int, Quota]:
    """Lock the quotas until the transaction ends; return them as they are now, by key."""
    wanted = sorted({pk for pk in ids if pk is not None})
    if not wanted:
        return {}
    return {quota.pk: quota for quota in _lock(wanted)}


def _lock(ids: list[int]) -> Iterable[Quota]:
    return Quota.objects.select_for_update().filter(pk__in=ids).order_by("pk")


def take(quota: Quota, *registrations: Registration, now: dt.datetime | None = None) -> None:
    """Give each of the registrations a place of the locked quota; raise Full when there are not as many."""
    if not registrations:
        return
    if quota.free < len(registrations):
        raise Full(quota)
    moment = now or timezone.now()
    Place.objects.bulk_create(Place(quota=quota, registration=one, taken_at=moment) for one in registrations)
    Quota.objects.filter(pk=quota.pk).update(taken=F("taken") + len(registrations))
    quota.taken += len(registrations)


def give_back(quota: Quota, registration: Registration) -> bool:
    """Take the registration's place of the locked quota away; False when it held none."""
    deleted, _rows = Place.objects.filter(quota=quota, registration=registration).delete()
    if not deleted:
        return False
    Quota.objects.filter(pk=quota.pk).update(taken=F("taken") - 1)
    quota.taken -= 1
    return True
