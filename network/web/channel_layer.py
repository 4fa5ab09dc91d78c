"""The channel layer of several processes: Redis' publish and subscribe, and word of what may have been missed.

Groups live in the processes and not in Redis, so that an emptied or restarted Redis loses none of them. What is
published while a process is cut off from Redis never reaches it: once it is connected again each of its sockets
gets ``{"type": "missed"}`` and reads the state anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from channels_redis.pubsub import (
    RedisPubSubChannelLayer,
    RedisPubSubLoopLayer,
    RedisSingleShardConnection,
)
from channels_redis.utils import _wrap_close, decode_hosts
from redis.asyncio import Connection
from redis.asyncio.client import PubSub

MISSED = {"type": "missed"}


class LiveChannelLayer(RedisPubSubChannelLayer):
    """Tells every socket of the process when it was cut off from Redis for a while."""

    def _get_layer(self) -> RedisPubSubLoopLayer:
        loop = asyncio.get_running_loop()
        if loop not in self._layers:
            self._layers[loop] = _LoopLayer(*self._args, **self._kwargs, channel_layer=self)
            _wrap_close(self, loop)
        return self._layers[loop]


class _LoopLayer(RedisPubSubLoopLayer):
    """The layer of one event loop."""

    def __init__(self, hosts: Any = None, **kwargs: Any) -> None:
        super().__init__(hosts, **kwargs)
        self._shards = [_Shard(host, self) for host in decode_hosts(hosts)]


class _Shard(RedisSingleShardConnection):
    """The connection to one Redis."""

    def _ensure_redis(self) -> None:
        is_new = self._redis is None
        super()._ensure_redis()
        if is_new:
            self._pubsub = _Listener(self._redis.connection_pool, self._tell_all)

    def _tell_all(self) -> None:
        missed = self.channel_layer.channel_layer.serialize(MISSED)
        for queue in self.channel_layer.channels.values():
            queue.put_nowait(missed)


class _Listener(PubSub):
    """Subscriptions over a connection that comes back."""

    def __init__(self, pool: Any, tell: Callable[[], None]) -> None:
        super().__init__(pool)
        self.tell = tell

    async def on_connect(self, connection: Connection) -> None:
        """Subscribe again, which redis-py asks for on each connection but the first."""
        await super().on_connect(connection)
        self.tell()
