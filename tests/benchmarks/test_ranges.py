"""Fragments of a recording through nginx and two web processes; needs nginx, Redis and PostgreSQL on loopback."""

from __future__ import annotations

import asyncio
import os
import re
import time
from pathlib import Path

from tests.benchmarks.conftest import Table
from tests.deploy import test_stack
from tests.deploy.stack import HOST, Stack

stack, film = test_stack.stack, test_stack.film
CLIENTS, REQUESTS = 16, 12_000
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(stack: Stack, *names: str) -> float:
    """Return what these processes and their children have used of the processor."""
    keys = {stack.processes[name].pid for name in names}
    spent = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(stat.parent.name) in keys or int(fields[1]) in keys:
            spent += int(fields[11]) + int(fields[12])
    return spent / TICK


async def ask(port: int, lines: list[bytes]) -> int:
    """Ask for one range after the other on a connection that stays open; return how many bytes came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    came = 0
    for line in lines:
        writer.write(line)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 206"), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        came += length
    writer.close()
    return came


def test_ranges_through_nginx(table: Table, stack: Stack, film: str) -> None:
    playlist = stack.ask(f"{film}180.m3u8").body.decode()
    found = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", playlist)
    lines = [
        f"GET {film}{uri} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
        f"Range: bytes={at}-{int(at) + int(size) - 1}\r\n\r\n".encode()
        for size, at, uri in found
    ]

    async def all_at_once(each: int) -> int:
        wanted = [[lines[(n + turn) % len(lines)] for turn in range(each)] for n in range(CLIENTS)]
        return sum(await asyncio.gather(*(ask(stack.ports["nginx"], some) for some in wanted)))

    asyncio.run(all_at_once(20))
    before, began = cpu_seconds(stack, "nginx", "web-1", "web-2"), time.perf_counter()
    own = time.process_time()
    came = asyncio.run(all_at_once(REQUESTS // CLIENTS))
    wall = time.perf_counter() - began
    spent = cpu_seconds(stack, "nginx", "web-1", "web-2") - before
    table.add(
        f"ranges through nginx, {CLIENTS} connections, two web processes",
        f"{REQUESTS / wall:.0f}/s",
        "",
        "1000/s",
    )
    table.add(
        "… CPU each, of nginx and web (and of who asks)",
        f"{spent * 1000 / REQUESTS:.2f} ({(time.process_time() - own) * 1000 / REQUESTS:.2f}) ms", "", "",
    )  # fmt: skip
    table.add("… bytes a second", f"{came / wall / 1e6:.0f} MB", "", "")
