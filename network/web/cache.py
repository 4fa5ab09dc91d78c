"""A cache that may be lost: while Redis is away, pages are rendered anew instead of failing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

import redis
import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = structlog.get_logger(__name__)

# So long nobody asks again, or each page would wait for the connection anew.
PAUSE_SECONDS = 5.0
LOST = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)


class _KeptClient(RedisCacheClient):
    """Django's client that makes one object of redis-py for each server and keeps it.

    Making one costs more than what is asked of it, and one serves many threads.
    """

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers, **options)
        self._made: dict[int, redis.Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        """Return the client of the server that is written to or, to read, of any."""
        pool = self._get_connection_pool(write)
        made = self._made.get(id(pool))
        if made is None:
            made = self._made.setdefault(id(pool), self._client(connection_pool=pool))
        return made


class PatientCache(RedisCache):
    """Django's Redis cache that answers like an empty one while its server is away.

    Django makes a cache object for each request under ASGI; they share the process's connections, or
    each request would open, greet and drop one of its own.
    """

    _silent_until = 0.0
    _clients: ClassVar[dict[str, RedisCacheClient]] = {}

    @cached_property
    def _cache(self) -> RedisCacheClient:
        name = repr((self._servers, self._options))
        made = PatientCache._clients.get(name)
        if made is None:
            made = PatientCache._clients.setdefault(name, _KeptClient(self._servers, **self._options))
        return made

    def _or_else[Value](self, otherwise: Value, ask: Callable[[], Value]) -> Value:
        if time.monotonic() < PatientCache._silent_until:
            return otherwise
        try:
            return ask()
        except LOST as error:
            PatientCache._silent_until = time.monotonic() + PAUSE_SECONDS
            log.warning("cache_away", error=type(error).__name__)
            return otherwise

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or the default also when the server is away."""
        return self._or_else(default, lambda: super(PatientCache, self).get(key, default, version))

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Return what is there; nothing when the server is away."""
        return self._or_else({}, lambda: super(PatientCache, self).get_many(keys, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Add the value; True also when the server is away, as nobody else has the key then."""
        return self._or_else(True, lambda: super(PatientCache, self).add(key, value, timeout, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep the value if there is somewhere to keep it."""
        self._or_else(None, lambda: super(PatientCache, self).set(key, value, timeout, version))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        """Keep the values; return the keys that were not kept."""
        return self._or_else(list(data), lambda: super(PatientCache, self).set_many(data, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Lengthen the time of a key; False when it is not there."""
        return self._or_else(False, lambda: super(PatientCache, self).touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove the key; False when it is not there."""
        return self._or_else(False, lambda: super(PatientCache, self).delete(key, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        """Remove the keys."""
        self._or_else(None, lambda: super(PatientCache, self).delete_many(keys, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Tell whether the key is there."""
        return self._or_else(False, lambda: super(PatientCache, self).has_key(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count up; without a server the count is the step itself."""
        return self._or_else(delta, lambda: super(PatientCache, self).incr(key, delta, version))
