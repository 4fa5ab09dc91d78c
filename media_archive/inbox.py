"""Where files lie that may be taken into the archive by name: a folder of the server, or object storage by S3."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from media_archive.errors import InboxAway, NoSuchFile

BLOCK = 4 * 1024 * 1024
MOST = 200  # names that are shown
SCHEME = "s3"


class Inbox(Protocol):
    """What both kinds can do. All raise InboxAway when the place cannot be reached, NoSuchFile for a wrong name."""

    def names(self) -> list[str]:
        """Return what lies there, in order of name, ``MOST`` at most."""

    def size(self, name: str) -> int:
        """Return a file's length in bytes."""

    def blocks(self, name: str, start: int) -> Iterator[bytes]:
        """Return a file's content from that byte on, a block at a time."""


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

    def size(self, name: str) -> int:
        """Return a file's length in bytes."""
        with _reaching(str(self.path), OSError):
            return self._file(name).stat().st_size

    def blocks(self, name: str, start: int) -> Iterator[bytes]:
        """Return a file's content from that byte on."""
        with _reaching(str(self.path), OSError), self._file(name).open("rb") as source:
            source.seek(start)
            while block := source.read(BLOCK):
                yield block

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

    def size(self, name: str) -> int:
        """Return an object's length in bytes."""
        with self._client(name) as client:
            return int(client.head_object(Bucket=self.name, Key=self.prefix + name)["ContentLength"])

    def blocks(self, name: str, start: int) -> Iterator[bytes]:
        """Return an object's content from that byte on."""
        with self._client(name) as client:
            answer = client.get_object(Bucket=self.name, Key=self.prefix + name, Range=f"bytes={start}-")
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
                if name and error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                    raise NoSuchFile(name) from error
                raise InboxAway(self.name) from error


@contextlib.contextmanager
def _reaching(place: str, *errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise InboxAway(place) from error
