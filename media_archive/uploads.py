"""Takes recordings in by tus 1.0 (tus.io), before Django: it would hold a whole chunk back before a view saw a byte.

An upload is begun in the back office; here its bytes arrive. What has been written stays, also when the
line or the server breaks in the middle of a chunk: the file's length is the offset. Only who began an
upload may go on with it; to everybody else it is not there.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import errno
import fcntl
import hashlib
import os
import re
import uuid
from collections.abc import Awaitable, Callable
from importlib import import_module
from io import RawIOBase
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie

from media_archive.errors import TooManyCameras
from media_archive.models import Upload
from media_archive.services.uploading import finish_upload, give_up_upload
from media_archive.threads import in_database

type Scope = dict[str, Any]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/media-uploads/"
VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination"
ALGORITHMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
BLOCK = 1024 * 1024
DRAINED = 64 * BLOCK  # what a browser of ours sends at once
CHECKSUM_MISMATCH = 460
_PATH = re.compile(rf"{PREFIX}([0-9a-f-]{{36}})/?")


class Refused(Exception):
    """The request is answered with this status and these words."""

    def __init__(self, status: int, words: str, **headers: str) -> None:
        super().__init__(words)
        self.status = status
        self.headers = headers


class UploadsASGI:
    """Answers below ``/media-uploads/``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a tus client."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            await self._answer(scope, headers, receive, send)
        except Refused as refused:
            await _respond(send, refused.status, str(refused), **refused.headers)

    async def _answer(self, scope: Scope, headers: dict[str, str], receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "POST" and headers.get("x-http-method-override") in {"PATCH", "DELETE"}:
            method = headers["x-http-method-override"]
        if method == "OPTIONS":
            await _respond(
                send, 204, "", tus_version=VERSION, tus_extension=EXTENSIONS,
                tus_checksum_algorithm=",".join(ALGORITHMS),
            )  # fmt: skip
            return
        if method not in {"HEAD", "PATCH", "DELETE"}:
            raise Refused(
                405,
                "HEAD, PATCH and DELETE are what an upload understands.",
                allow="HEAD, PATCH, DELETE, OPTIONS",
            )
        if headers.get("tus-resumable") != VERSION:
            # Also what keeps other sites' forms out: a header of its own cannot be sent from there.
            raise Refused(412, "Speak tus 1.0.0.", tus_version=VERSION)
        upload = await _upload_of(scope, headers.get("cookie", ""))
        if method == "HEAD":
            await self._tell(upload, send)
        elif method == "DELETE":
            await in_database(give_up_upload, upload=upload)
            await _respond(send, 204, "")
        else:
            await self._take(upload, headers, receive, send)

    async def _tell(self, upload: Upload, send: Send) -> None:
        size = await asyncio.to_thread(_arrived, upload)
        if size == upload.size and upload.finished_at is None:
            await _finish(upload)
        await _respond(send, 200, "", upload_offset=str(size), upload_length=str(upload.size))

    async def _take(self, upload: Upload, headers: dict[str, str], receive: Receive, send: Send) -> None:
        if headers.get("content-type", "").split(";")[0].strip() != "application/offset+octet-stream":
            raise Refused(415, "Send application/offset+octet-stream.")
        if not re.fullmatch(r"\d{1,15}", headers.get("upload-offset", "")):
            raise Refused(400, "Say in Upload-Offset where the bytes begin.")
        if upload.finished_at is not None:
            raise Refused(409, "The file is here already.", upload_offset=str(upload.size))
        offset = int(headers["upload-offset"])
        checksum = _checksum(headers.get("upload-checksum"))
        length = headers.get("content-length", "")
        if length.isdigit() and offset + int(length) > upload.size:
            raise Refused(413, "These are more bytes than the file has.")
        file = await asyncio.to_thread(_open, upload)
        try:
            size = await asyncio.to_thread(file.seek, 0, 2)
            if size != offset:
                raise Refused(409, "The bytes begin elsewhere.", upload_offset=str(size))
            size = await _write(file, upload, offset, receive, checksum)
        finally:
            await asyncio.to_thread(file.close)
        if size == upload.size:
            await _finish(upload)
        await _respond(send, 204, "", upload_offset=str(size))


def _checksum(header: str | None) -> tuple[Any, bytes] | None:
    if header is None:
        return None
    name, _space, value = header.partition(" ")
    if name not in ALGORITHMS:
        raise Refused(
            400, "This checksum's algorithm is not known.", tus_checksum_algorithm=",".join(ALGORITHMS)
        )
    try:
        return ALGORITHMS[name](), base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise Refused(400, "The checksum is not base64.") from error


def _arrived(upload: Upload) -> int:
    return upload.path.stat().st_size if upload.path.exists() else (upload.size if upload.finished_at else 0)


def _open(upload: Upload) -> RawIOBase:
    """Open the file for this request alone; a lock of a killed server is gone with it."""
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    file = upload.path.open("ab", buffering=0)  # what a full disk did not take must not be written later
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Refused(423, "Another request is writing to this upload.") from error
    return file


async def _write(
    file: RawIOBase, upload: Upload, offset: int, receive: Receive, checksum: tuple[Any, bytes] | None
) -> int:
    """Write what arrives and return the file's length; what came before a broken line stays."""
    at, waiting, is_over = offset, bytearray(), False
    try:
        while not is_over:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            waiting += message.get("body", b"")
            is_over = not message.get("more_body", False)
            if at + len(waiting) > upload.size:
                raise Refused(413, "These are more bytes than the file has.", upload_offset=str(at))
            if len(waiting) >= BLOCK or is_over:
                at += await asyncio.to_thread(_put, file, bytes(waiting), checksum)
                waiting.clear()
        if waiting:
            at += await asyncio.to_thread(_put, file, bytes(waiting), checksum)
    except OSError as error:
        await asyncio.to_thread(file.truncate, at)
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            if not is_over:
                await _drain(receive)
            raise Refused(507, "There is no room left on the server. What has arrived is kept.") from error
        raise
    if checksum is not None and is_over and checksum[0].digest() != checksum[1]:
        await asyncio.to_thread(file.truncate, offset)
        raise Refused(
            CHECKSUM_MISMATCH, "The checksum does not fit: send these bytes again.", upload_offset=str(offset)
        )
    if at == upload.size:
        await asyncio.to_thread(os.fsync, file.fileno())
    return at


async def _drain(receive: Receive) -> None:
    """Read a chunk of ours to its end, unkept: a browser that still sends when the line is cut hears no answer."""
    left = DRAINED
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b"")) or 1
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


def _put(file: RawIOBase, block: bytes, checksum: tuple[Any, bytes] | None) -> int:
    left = memoryview(block)
    while left:
        left = left[file.write(left) or 0 :]
    if checksum is not None:
        checksum[0].update(block)
    return len(block)


async def _upload_of(scope: Scope, cookies: str) -> Upload:
    found = _PATH.fullmatch(scope["path"])
    try:
        key = uuid.UUID(found[1]) if found else None
    except ValueError:
        key = None
    upload = await in_database(_find, key, cookies) if key else None
    if upload is None:
        raise Refused(404, "There is no such upload.")
    return upload


def _find(key: uuid.UUID, cookies: str) -> Upload | None:
    """Return the upload when it was begun by whose session the cookies name."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(
        parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    )
    person = get_user(request)
    if not person.is_authenticated:
        return None
    return Upload.objects.select_related("recording").filter(pk=key, person_id=person.pk).first()


async def _finish(upload: Upload) -> None:
    try:
        await in_database(finish_upload, upload=upload)
    except TooManyCameras as error:
        raise Refused(409, "The recording has nine cameras already.") from error


async def _respond(send: Send, status: int, words: str, **headers: str) -> None:
    body = words.encode()
    told = {
        "tus-resumable": VERSION,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if body:
        told["content-type"] = "text/plain; charset=utf-8"
    if status != 204:
        told["content-length"] = str(len(body))
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
