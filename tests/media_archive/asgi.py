"""Asks what stands before Django as a server would, and Django by its client; within a test's own transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.test import Client

from config.asgi import application


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    path: str, method: str = "GET", headers: dict[str, str] | None = None, body: Sequence[bytes] = (b"",),
    client: Client | None = None, *, breaks: bool = False,
) -> Answer:  # fmt: skip
    """Return the answer; ``breaks`` ends the line after the last block instead of ending the request."""
    if not path.partition("?")[0].endswith((".mp4", ".m4a")) and not path.startswith("/media-uploads/"):
        # Django's own handler would look for the test's connection in another thread.
        response = (client or Client()).generic(method, path, b"".join(body), headers=headers)
        return Answer(response.status_code, {k.lower(): v for k, v in response.items()}, response.getvalue())
    told = {"host": "testserver", **(headers or {})}
    if client is not None:
        told["cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    path, _mark, query = path.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()], "asgi": {"version": "3.0"},
    }  # fmt: skip
    waiting = [
        {"type": "http.request", "body": block, "more_body": breaks or number < len(body) - 1}
        for number, block in enumerate(body)
    ]
    sent: list[dict] = []

    async def receive() -> dict:
        if waiting:
            return waiting.pop(0)
        if not breaks:
            await asyncio.Event().wait()  # a client that waits for its answer
        return {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    async_to_sync(application)(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    return Answer(
        start["status"],
        {name.decode().lower(): value.decode() for name, value in start["headers"]},
        b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body"),
    )
