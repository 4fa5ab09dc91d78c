"""Sockets and a Redis that is emptied, killed and started again: groups stay, and who may have missed something hears so."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from network.web.channel_layer import MISSED, LiveChannelLayer

REDIS = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(REDIS is None, reason="needs the program redis-server")
PATIENCE = 20  # seconds; the layer tries again each second


class Redis:
    """A server of its own, without a memory."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder

    def start(self) -> None:
        self.process = subprocess.Popen(
            [str(REDIS), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with socket.socket() as link:
                if link.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


def layer_of(server: Redis) -> LiveChannelLayer:
    return LiveChannelLayer(hosts=[{"address": f"redis://127.0.0.1:{server.port}", "socket_timeout": None}])


async def hear(layer: LiveChannelLayer, channel: str) -> dict[str, object]:
    return await asyncio.wait_for(layer.receive(channel), PATIENCE)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_killed_redis_costs_no_group_and_all_hear_that_they_may_have_missed_something(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        layer = layer_of(redis)
        mine, hers = await layer.new_channel(), await layer.new_channel()
        await layer.group_add("both", mine)
        await layer.group_add("both", hers)
        await layer.group_send("both", {"type": "one"})
        assert [await hear(layer, mine), await hear(layer, hers)] == [{"type": "one"}] * 2
        redis.kill()
        await asyncio.sleep(0.3)
        redis.start()
        assert [await hear(layer, mine), await hear(layer, hers)] == [MISSED] * 2
        await layer.group_send("both", {"type": "two"})
        assert [await hear(layer, mine), await hear(layer, hers)] == [{"type": "two"}] * 2
        await layer.flush()

    async_to_sync(run)()


def test_an_emptied_redis_costs_no_group(redis: Redis) -> None:
    async def run() -> None:
        layer = layer_of(redis)
        mine = await layer.new_channel()
        await layer.group_add("all", mine)
        subprocess.run(["redis-cli", "-p", str(redis.port), "flushall"], check=True, capture_output=True)
        await layer.group_send("all", {"type": "one"})
        assert await hear(layer, mine) == {"type": "one"}
        await layer.flush()

    async_to_sync(run)()
