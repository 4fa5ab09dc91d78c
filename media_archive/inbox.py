"""Where files lie that may be taken into the archive by name: a folder of the server, or object storage by S3."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from media_archive.errors import InboxAway, NoSuchFile, Replaced

BLOCK = 4 * 1024 * 1024
MOST = 200  # names that are shown
SCHEME = "s3"


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lies there now: its length in bytes, and what is another one once its content is another."""

    size: int
    version: str


class Inbox(Protocol):
    """What both kinds can do. All raise InboxAway when the place cannot be reached, NoSuchFile for a wrong name."""

    def names(self) -> list[str]:
        """Return what lies there, in order of name, ``MOST`` at most."""

    def find(self, name: str) -> Found:
        """Return what lies there by that name."""

    def blocks(self, name: str, start: int, found: Found) -> Iterator[bytes]:
        """Return the found file's content from that byte on, a block at a time. Raises Replaced when it is another by now."""


def inbox() -> Inbox | None:
    """Return the place that the operator has set, by ``RECORDINGS_INBOX``; None when there is none."""
    where = settings.RECORDINGS_INBOX
    if not where:
        return None
    found = urlsplit(where)
    return Bucket(found.netloc, found.path.strip("/")) if found.scheme == SCHEME else Folder(Path(where))


class Folder:
    """A folder on the server, without what lies in folders below it and without hidden files."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of its plain files."""
        with _reaching(str(self.path), OSError):
            files = (path.name for path in self.path.iterdir() if path.is_file() and not path.is_symlink())
            return sorted(name for name in files if not name.startswith("."))[:MOST]

    def find(self, name: str) -> Found:
        """Return the file by its length, its place on the disk and when it was written last."""
        with _reaching(str(self.path), OSError):
            return _as_it_is(self._file(name).stat())

    def blocks(self, name: str, start: int, found: Found) -> Iterator[bytes]:
        """Return a file's content from that byte on; whether it is still the same one shows at the end, too."""
        with _reaching(str(self.path), OSError), self._file(name).open("rb") as source:
            if _as_it_is(os.fstat(source.fileno())) != found:
                raise Replaced(name)
            source.seek(start)
            left = found.size - start  # no further: what is written on and on has no end
            while left > 0 and (block := source.read(min(BLOCK, left))):
                left -= len(block)
                yield block
            if _as_it_is(os.fstat(source.fileno())) != found:
                raise Replaced(name)

    def _file(self, name: str) -> Path:
        path = self.path / name
        if Path(name).name != name or name.startswith(".") or path.is_symlink() or not path.is_file():
            raise NoSuchFile(name)
        return path


class Bucket:
    """A bucket of object storage, and in it what lies directly below a prefix.

    Address, region and keys of the storage are those that boto3 finds, as ``AWS_ENDPOINT_URL_S3``,
    ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY`` of the environment.
    """

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.prefix = f"{prefix}/" if prefix else ""

    def names(self) -> list[str]:
        """Return the names of the objects below the prefix."""
        with self._client() as client:
            found: list[str] = []
            pages = client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=self.prefix, Delimiter="/"):
                found += [one["Key"].removeprefix(self.prefix) for one in page.get("Contents", ())]
                if len(found) > MOST:
                    break
            return sorted(name for name in found if name)[:MOST]

    def find(self, name: str) -> Found:
        """Return the object by its length and its ETag, which is another for another content."""
        with self._client(name) as client:
            answer = client.head_object(Bucket=self.name, Key=self.prefix + name)
            return Found(int(answer["ContentLength"]), _tag_of(answer))

    def blocks(self, name: str, start: int, found: Found) -> Iterator[bytes]:
        """Return an object's content from that byte on, of this very object or not at all."""
        asked: dict[str, str] = {"Range": f"bytes={start}-"}
        if found.version.startswith('"'):
            asked["IfMatch"] = found.version
        with self._client(name) as client:
            answer = client.get_object(Bucket=self.name, Key=self.prefix + name, **asked)
            # Also where the storage does not know If-Match.
            if _tag_of(answer) != found.version or answer["ContentLength"] != found.size - start:
                raise Replaced(name)
            while block := answer["Body"].read(BLOCK):
                yield block

    @contextlib.contextmanager
    def _client(self, name: str = "") -> Iterator[Any]:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError as error:  # deploy/requirements/s3.txt is not installed
            raise InboxAway(self.name) from error
        if "/" in name:
            raise NoSuchFile(name)
        patience = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3})
        with _reaching(self.name, BotoCoreError, OSError):
            try:
                yield boto3.client("s3", config=patience)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if name and code in {"404", "NoSuchKey", "NotFound"}:
                    raise NoSuchFile(name) from error
                if name and code in {"412", "PreconditionFailed", "416", "InvalidRange"}:
                    raise Replaced(name) from error
                raise InboxAway(self.name) from error


def _as_it_is(told: os.stat_result) -> Found:
    return Found(told.st_size, f"{told.st_ino}-{told.st_mtime_ns}")


def _tag_of(answer: dict[str, Any]) -> str:
    return str(answer.get("ETag") or answer.get("LastModified") or "")


@contextlib.contextmanager
def _reaching(place: str, *errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise InboxAway(place) from error
