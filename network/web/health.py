"""Whether the servers we stand on answer, told within three seconds even when they hang."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db import OperationalError as DatabaseOperationalError
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 2
PATIENCE_SECONDS = 2.5


def check_all() -> dict[str, str]:
    """Return "ok" or "away" for database, cache and broker."""
    checks = {"database": _database(), "cache": _cache, "broker": _broker}
    pool = ThreadPoolExecutor(max_workers=len(checks))
    asked = {name: pool.submit(check) for name, check in checks.items()}
    wait(asked.values(), timeout=PATIENCE_SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    return {
        name: "ok"
        if future.done() and not future.cancelled() and _went_well(name, future.exception())
        else "away"
        for name, future in asked.items()
    }


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an error means that the database or Redis is away, rather than that we did wrong."""
    from redis import exceptions  # 4 MB that the demo has no use for

    return isinstance(
        error,
        (InterfaceError, DatabaseOperationalError, exceptions.ConnectionError, exceptions.TimeoutError),
    )


def _went_well(name: str, error: BaseException | None) -> bool:
    if error is not None:
        log.warning("not_ready", part=name, error=type(error).__name__)
    return error is None


def _database() -> Callable[[], None]:
    """Return the check of the database; what it needs of this thread's connection is read here."""
    if connection.vendor != "postgresql":
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as error:
            found = error

            def fail() -> None:
                raise found

            return fail
        return lambda: None
    # A connection of its own: the pool would wait much longer for one, and a full pool is no lost server.
    parameters = connection.get_connection_params() | {"connect_timeout": CONNECT_SECONDS}

    def ask() -> None:
        import psycopg

        with psycopg.connect(**parameters) as asked:
            asked.execute("SELECT 1")

    return ask


def _ask_redis(address: str) -> None:
    import redis

    client = redis.Redis.from_url(
        address, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=CONNECT_SECONDS
    )
    try:
        client.ping()
    finally:
        client.close()


def _cache() -> None:
    backend = settings.CACHES["default"]
    if "redis" in backend["BACKEND"].lower() or "PatientCache" in backend["BACKEND"]:
        location = backend["LOCATION"]
        _ask_redis(location if isinstance(location, str) else location[0])


def _broker() -> None:
    address = settings.CELERY_BROKER_URL
    if address.startswith(("filesystem:", "memory:")):
        return
    if address.startswith("redis"):
        _ask_redis(address)
        return
    with current_app.connection_for_write(connect_timeout=CONNECT_SECONDS) as broker:
        try:
            broker.ensure_connection(max_retries=0, timeout=CONNECT_SECONDS)
        except OperationalError as error:
            raise ConnectionError from error
