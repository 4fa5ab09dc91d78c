"""Answers for bytes of recordings, before Django: its middleware would cost each fragment more than the fragment.

Only single ranges within what a cut shows are answered, so that one session's address cannot be used to
read the rest of the day. Behind nginx the body is nginx's work (X-Accel-Redirect).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings

from media_archive.downloads import CutFile
from media_archive.queries.opening import Bytes, Opening, find_opening, remembered_opening
from media_archive.threads import in_database

type Scope = dict[str, Any]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

BLOCK = 256 * 1024
PATH = re.compile(
    r"/media/(?P<slug>[a-z0-9-]+)/(?:(?P<key>[0-9a-f]+-[dv]-[\w-]+)/)?session/(?P<code>[0-9A-Z]{6})"
    r"/(?P<camera>[1-9])/(?P<whole>file-)?(?P<name>[a-z0-9]{1,8})-(?P<part>\d{1,4})(?:-(?P<version>\d{1,18}))?\.(?:mp4|m4a)"
)
RANGE = re.compile(rb"bytes=(\d{1,15})-(\d{1,15})")
OPEN_RANGE = re.compile(rb"bytes=(\d{1,15})-(\d{0,15})")


class RecordingsASGI:
    """Answers what asks for fragments; all else goes to the application behind it."""

    def __init__(self, application: App) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        found = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] not in {"GET", "HEAD"}:
            await self.application(scope, receive, send)
            return
        address = (found["slug"], found["key"] or "", found["code"])
        opening = remembered_opening(*address) or await in_database(find_opening, *address)
        if opening is None:
            # Whoever had a key learns that it has ended; whoever had none learns nothing.
            await _refuse(send, 403 if found["key"] else 404)
            return
        piece = opening.pieces.get((int(found["camera"]), found["name"], int(found["part"])))
        if piece is None:
            await _refuse(send, 404)
            return
        if found["version"] and int(found["version"]) != piece.version:
            await _refuse(send, 410)  # a playlist of before: players ask for a new one
            return
        headers = dict(scope["headers"])
        if found["whole"]:
            kind = "audio/mp4" if found["name"].startswith("sound") else "video/mp4"
            name = (
                f"{found['code']}-{found['camera']}-{found['name']}.{'m4a' if kind == 'audio/mp4' else 'mp4'}"
            )
            is_kept = b"download" in scope.get("query_string", b"")
            await _answer_whole(
                send, opening, piece, _still_valid_range(headers, piece), is_head=scope["method"] == "HEAD",
                kind=kind, name=name if is_kept else "",
            )  # fmt: skip
            return
        asked = RANGE.fullmatch(headers.get(b"range", b""))
        if asked is None or b"if-range" in headers or not piece.holds(int(asked[1]), int(asked[2])):
            await _refuse(send, 416)
            return
        await _answer(send, opening, piece, int(asked[1]), int(asked[2]), is_head=scope["method"] == "HEAD")


WORDS = {
    403: b"This address has ended. Load the page again.",
    410: b"This file was made anew. Load the playlist again.",
    404: b"There is no such recording.",
    416: b"Ask for a single range within this recording.",
}


def _tag(piece: Bytes) -> bytes:
    return f'"{piece.version}-{piece.begin}-{piece.end}"'.encode()


def _still_valid_range(headers: dict[bytes, bytes], piece: Bytes) -> bytes:
    """Return the range that is asked for, unless it is to go on with a file that was made anew since (RFC 9110, If-Range)."""
    if headers.get(b"if-range", _tag(piece)) != _tag(piece):
        return b""
    return headers.get(b"range", b"")


async def _refuse(send: Send, status: int) -> None:
    body = WORDS[status]
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(
    send: Send, opening: Opening, piece: Bytes, first: int, last: int, *, is_head: bool
) -> None:
    headers = [
        (b"content-type", b"video/mp4"),
        (b"cache-control", b"public, max-age=3600" if opening.is_public else b"private, max-age=3600"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
    ]
    if settings.X_ACCEL_PREFIX:
        inside = str(PurePosixPath(settings.X_ACCEL_PREFIX) / piece.path)
        headers.append((b"x-accel-redirect", inside.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    try:
        file = await asyncio.to_thread((Path(settings.MEDIA_ROOT) / piece.path).open, "rb")
    except OSError:
        await _refuse(send, 404)
        return
    with file:
        size = await asyncio.to_thread(lambda: file.seek(0, 2))
        headers += [
            (b"accept-ranges", b"bytes"),
            (b"content-range", f"bytes {first}-{last}/{size}".encode()),
            (b"content-length", str(last - first + 1).encode()),
        ]
        await send({"type": "http.response.start", "status": 206, "headers": headers})
        if not is_head:
            await _send_bytes(send, file, first, last - first + 1)
    await send({"type": "http.response.body", "body": b""})


async def _answer_whole(
    send: Send, opening: Opening, piece: Bytes, asked: bytes, *, is_head: bool, kind: str, name: str
) -> None:
    """Answer with a cut as a file of its own, or a range of it."""
    cut = CutFile(
        Path(settings.MEDIA_ROOT) / piece.path, piece.header, piece.begin, piece.sizes, piece.seconds
    )
    found = OPEN_RANGE.fullmatch(asked)
    first, last = 0, cut.size - 1
    if found is not None:
        first, last = int(found[1]), min(last, int(found[2]) if found[2] else last)
        if first > last:
            await _refuse(send, 416)
            return
    try:
        file = await asyncio.to_thread(cut.path.open, "rb")
    except OSError:
        await _refuse(send, 404)
        return
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"public, max-age=3600" if opening.is_public else b"private, max-age=3600"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"accept-ranges", b"bytes"),
        (b"etag", _tag(piece)),
        (b"content-length", str(last - first + 1).encode()),
    ]
    if found is not None:
        headers.append((b"content-range", f"bytes {first}-{last}/{cut.size}".encode()))
    if name:
        headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
    with file:
        status = 200 if found is None else 206
        await send({"type": "http.response.start", "status": status, "headers": headers})
        blocks = cut.read(file, first, last)
        while not is_head and (block := await asyncio.to_thread(next, blocks, None)) is not None:
            for at in range(0, len(block), BLOCK):
                await send({"type": "http.response.body", "body": block[at : at + BLOCK], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _send_bytes(send: Send, file: BinaryIO, at: int, left: int) -> None:
    await asyncio.to_thread(file.seek, at)
    while left > 0:
        block = await asyncio.to_thread(file.read, min(BLOCK, left))
        if not block:
            return
        left -= len(block)
        await send({"type": "http.response.body", "body": block, "more_body": True})
