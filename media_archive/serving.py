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

from media_archive.downloads import Film, NotFragmented
from media_archive.queries.opening import Bytes, Opening, find_opening, remembered_opening
from media_archive.threads import in_database

type Scope = dict[str, Any]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

BLOCK = 256 * 1024
PATH = re.compile(
    r"/media/(?P<slug>[a-z0-9-]+)/(?:(?P<key>[0-9a-f]+-[dv]-[\w-]+)/)?session/(?P<code>[0-9A-Z]{6})"
    r"/(?P<camera>[1-9])/(?P<whole>file-)?(?P<name>[a-z0-9]{1,8})(?:-(?P<part>\d{1,4})(?:-(?P<version>\d{1,18}))?)?\.(?:mp4|m4a)"
)
RANGE = re.compile(rb"bytes=(\d{1,15})-(\d{1,15})")
WHOLE_RANGE = re.compile(rb"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))", re.IGNORECASE)


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
        headers = dict(scope["headers"])
        is_head = scope["method"] == "HEAD"
        part = int(found["part"] or 0)
        if found["whole"]:
            film = opening.files.get((int(found["camera"]), found["name"], part))
            if film is None:
                await _refuse(send, 404)
                return
            kind = "audio/mp4" if found["name"].startswith("sound") else "video/mp4"
            name = (
                f"{found['code']}-{found['camera']}-{found['name']}.{'m4a' if kind == 'audio/mp4' else 'mp4'}"
            )
            is_kept = b"download" in scope.get("query_string", b"")
            await _answer_whole(
                send, opening, film, headers, is_head=is_head, kind=kind, name=name if is_kept else ""
            )
            return
        piece = opening.pieces.get((int(found["camera"]), found["name"], part))
        if piece is None:
            await _refuse(send, 404)
            return
        if found["version"] and int(found["version"]) != piece.version:
            await _refuse(send, 410)  # a playlist of before: players ask for a new one
            return
        asked = RANGE.fullmatch(headers.get(b"range", b""))
        if asked is None or b"if-range" in headers or not piece.holds(int(asked[1]), int(asked[2])):
            await _refuse(send, 416)
            return
        await _answer(send, opening, piece, int(asked[1]), int(asked[2]), is_head=is_head)


WORDS = {
    403: b"This address has ended. Load the page again.",
    410: b"This file was made anew. Load the playlist again.",
    404: b"There is no such recording.",
    416: b"Ask for a single range within this recording.",
}


def _tag(film: Film) -> bytes:
    return f'"{film.tag}"'.encode()


def _is_known(headers: dict[bytes, bytes], tag: bytes) -> bool:
    """Tell whether whoever asks has the file already (RFC 9110, If-None-Match)."""
    known = [one.strip().removeprefix(b"W/") for one in headers.get(b"if-none-match", b"").split(b",")]
    return tag in known or known == [b"*"]


def _asked_range(headers: dict[bytes, bytes], size: int, tag: bytes) -> range | None:
    """Return the bytes that are asked for, none of them where the file has none of those; None for all of it.

    By RFC 9110: what is no single range in bytes is ignored, as is one that is to go on with a file made anew since.
    """
    found = WHOLE_RANGE.fullmatch(headers.get(b"range", b""))
    if found is None or headers.get(b"if-range", tag) != tag:
        return None
    if found[3]:
        return range(max(0, size - int(found[3])), size)
    first, last = int(found[1]), int(found[2] or size)
    return range(first, min(last + 1, size)) if first <= last or not found[2] else None


async def _refuse(send: Send, status: int, *more: tuple[bytes, bytes]) -> None:
    body = WORDS[status]
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
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
    send: Send, opening: Opening, film: Film, asked: dict[bytes, bytes], *, is_head: bool, kind: str, name: str
) -> None:  # fmt: skip
    """Answer with a cut as a file of its own, or a range of it."""
    tag = _tag(film)
    headers = [
        (b"cache-control", b"public, max-age=3600" if opening.is_public else b"private, max-age=3600"),
        (b"etag", tag),
    ]
    if _is_known(asked, tag):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    part = None if is_head else _asked_range(asked, film.size, tag)
    if part is not None and not part:
        await _refuse(send, 416, (b"content-range", f"bytes */{film.size}".encode()))
        return
    wanted = range(film.size) if part is None else part
    blocks = film.read(wanted[0], wanted[-1])
    try:
        first = await asyncio.to_thread(next, blocks)
    except (OSError, NotFragmented):
        await _refuse(send, 404)
        return
    headers += [
        (b"content-type", kind.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; sandbox"),
        (b"accept-ranges", b"bytes"),
        (b"content-length", str(len(wanted)).encode()),
    ]
    if part is not None:
        headers.append((b"content-range", f"bytes {part[0]}-{part[-1]}/{film.size}".encode()))
    if name:
        headers.append((b"content-disposition", f'attachment; filename="{name}"'.encode()))
    await send({"type": "http.response.start", "status": 200 if part is None else 206, "headers": headers})
    block: bytes | None = first
    while not is_head and block is not None:
        for at in range(0, len(block), BLOCK):
            await send({"type": "http.response.body", "body": block[at : at + BLOCK], "more_body": True})
        block = await asyncio.to_thread(next, blocks, None)
    await send({"type": "http.response.body", "body": b""})


async def _send_bytes(send: Send, file: BinaryIO, at: int, left: int) -> None:
    await asyncio.to_thread(file.seek, at)
    while left > 0:
        block = await asyncio.to_thread(file.read, min(BLOCK, left))
        if not block:
            return
        left -= len(block)
        await send({"type": "http.response.body", "body": block, "more_body": True})
