"""Files that lie on the server or in object storage are fetched by the worker, and go on where they stopped."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from media_archive import inbox
from media_archive.errors import InboxAway, NoSuchFile
from media_archive.models import CameraFile, Job, Step
from media_archive.services.filming import take_from_inbox
from media_archive.services.working import work_until_idle

pytestmark = pytest.mark.django_db


class Storage(BaseHTTPRequestHandler):
    """As much of S3 as a client needs that lists and reads; signatures are not looked at."""

    objects: dict[str, bytes]
    breaks_after: int | None
    knows_if_match: bool
    ranges: list[str]

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""

    def do_HEAD(self) -> None:
        """Say how long an object is."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """List, or send an object from a byte on."""
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        if "list-type" in query:
            prefix = query.get("prefix", [""])[0]
            keys = (key for key in self.objects if key.startswith(prefix) and "/" not in key[len(prefix) :])
            rows = "".join(f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in keys)
            text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            return
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        found = self.objects.get(unquote(urlsplit(self.path).path).removeprefix("/films/"))
        if found is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        tag = f'"{hashlib.md5(found, usedforsecurity=False).hexdigest()}"'
        if self.knows_if_match and self.headers.get("If-Match", tag) != tag:
            self.send_response(412)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(found) - start))
        self.end_headers()
        if not body:
            return
        self.ranges.append(self.headers.get("Range", ""))
        end = None if self.breaks_after is None else start + self.breaks_after
        self.wfile.write(found[start:end])
        if end is not None and end < len(found):
            self.close_connection = True


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[type[Storage]]:
    """Object storage on a port of this machine, set as the inbox."""

    class Own(Storage):
        objects: dict[str, bytes] = {}
        breaks_after = None
        knows_if_match = True
        ranges: list[str] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    settings.RECORDINGS_INBOX = "s3://films/day one"
    yield Own
    server.shutdown()
    server.server_close()


@pytest.fixture
def film(films) -> Path:
    """One of the two films."""
    return next(iter(films.values()))


def faults_of(file: CameraFile) -> dict[str, str]:
    return {job.step: job.fault or job.state for job in Job.objects.filter(file=file)}


def take(recording, name: str) -> CameraFile:
    return take_from_inbox(recording=recording, label="closer", name=name, actor=None)


def test_a_folder_names_its_plain_files_and_gives_no_others(tmp_path, settings):
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    outside = tmp_path / "secret.mp4"
    outside.write_bytes(b"secret")
    box = inbox.inbox()
    with pytest.raises(InboxAway):
        box.names()
    (tmp_path / "inbox" / "below").mkdir(parents=True)
    (tmp_path / "inbox" / "б.mp4").write_bytes(b"film")
    (tmp_path / "inbox" / ".hidden").write_bytes(b"film")
    (tmp_path / "inbox" / "link.mp4").symlink_to(outside)
    assert box.names() == ["б.mp4"]
    for name in ("../secret.mp4", str(outside), "link.mp4", ".hidden", "below", "", "none.mp4"):
        with pytest.raises(NoSuchFile):
            box.find(name)
        with pytest.raises(NoSuchFile):
            next(box.blocks(name, 0, inbox.Found(4, "")))
    found = box.find("б.mp4")
    assert (found.size, b"".join(box.blocks("б.mp4", 2, found))) == (4, b"lm")


def test_a_file_of_the_server_is_fetched_by_the_worker_and_stays_where_it_lay(
    recording, settings, tmp_path, film
):
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    (tmp_path / "inbox").mkdir()
    lying = tmp_path / "inbox" / "day 1.mp4"
    lying.write_bytes(film.read_bytes())
    file = take(recording, "day 1.mp4")
    assert not file.source.exists()
    work_until_idle(most=2)
    assert file.source.read_bytes() == lying.read_bytes()
    assert list(file.folder.glob("*.part")) == []
    assert [faults_of(file)[step] for step in (Step.FETCH, Step.CHECK)] == ["done", "done"]


def test_object_storage_is_listed_and_fetched_and_goes_on_at_the_byte_where_it_stopped(
    recording, storage, film, monkeypatch
):
    content = film.read_bytes()
    storage.objects |= {"day one/a.mp4": content, "day one/below/b.mp4": b"", "other/c.mp4": b""}
    assert inbox.inbox().names() == ["a.mp4"]
    monkeypatch.setattr(inbox, "BLOCK", 1000)
    storage.breaks_after = 2500
    file = take(recording, "a.mp4")
    assert file.size == len(content)
    work_until_idle(most=1)
    assert faults_of(file) == {Step.FETCH: "not_fetched"}
    arrived = (file.folder / "original.part").stat().st_size
    assert 0 < arrived <= 2500
    storage.breaks_after = None
    storage.ranges.clear()
    Job.objects.update(state="queued", attempts=0, fault="")
    work_until_idle(most=2)
    assert storage.ranges == [f"bytes={arrived}-"]
    assert file.source.read_bytes() == content
    assert faults_of(file) == {Step.FETCH: "done", Step.CHECK: "done"} | dict.fromkeys(
        (Step.QUICK, Step.SOUND, Step.PICTURES, Step.LADDER), "queued"
    )


def again() -> None:
    """Run the failed fetch again."""
    Job.objects.update(state="queued", attempts=0, fault="")
    work_until_idle(most=1)


@pytest.mark.parametrize("knows_if_match", [True, False])
def test_an_object_that_is_replaced_meanwhile_is_fetched_from_its_start(
    recording, storage, film, monkeypatch, knows_if_match
):
    storage.knows_if_match = knows_if_match
    content = film.read_bytes()
    storage.objects["day one/a.mp4"] = bytes(len(content) // 2)
    monkeypatch.setattr(inbox, "BLOCK", 1000)
    storage.breaks_after = 2500
    file = take(recording, "a.mp4")
    work_until_idle(most=1)
    storage.breaks_after = None
    storage.objects["day one/a.mp4"] = content  # longer, and other
    again()
    assert faults_of(file)[Step.FETCH] == "done"
    assert file.source.read_bytes() == content


@pytest.mark.parametrize("knows_if_match", [True, False])
def test_an_object_is_not_joined_to_one_that_takes_its_place_before_it_is_asked_for(
    recording, storage, film, monkeypatch, knows_if_match
):
    storage.knows_if_match = knows_if_match
    content = film.read_bytes()
    storage.objects["day one/a.mp4"] = bytes(len(content))
    file = take(recording, "a.mp4")
    find, turns = inbox.Bucket.find, []

    def find_then_replace(self: inbox.Bucket, name: str) -> inbox.Found:
        found = find(self, name)
        turns.append(found)
        if len(turns) == 1:
            storage.objects["day one/a.mp4"] = content  # of the same length
        return found

    monkeypatch.setattr(inbox.Bucket, "find", find_then_replace)
    work_until_idle(most=1)
    assert faults_of(file)[Step.FETCH] == "done"
    assert file.source.read_bytes() == content
    assert len(turns) == 2


def test_a_file_of_the_server_that_is_replaced_meanwhile_is_fetched_from_its_start(
    recording, settings, tmp_path, film, monkeypatch
):
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    (tmp_path / "inbox").mkdir()
    lying, content = tmp_path / "inbox" / "a.mp4", film.read_bytes()
    lying.write_bytes(bytes(len(content)))
    told = lying.stat()
    file = take(recording, "a.mp4")
    part = file.folder / "original.part"
    part.parent.mkdir(parents=True)
    bring_half = inbox.Folder.blocks

    def half(self: inbox.Folder, name: str, start: int, found: inbox.Found) -> Iterator[bytes]:
        yield next(bring_half(self, name, start, found))[: len(content) // 2]
        raise InboxAway(name)

    monkeypatch.setattr(inbox.Folder, "blocks", half)
    work_until_idle(most=1)
    assert part.stat().st_size == len(content) // 2
    monkeypatch.setattr(inbox.Folder, "blocks", bring_half)
    other = tmp_path / "other"
    other.write_bytes(content)
    os.utime(other, ns=(told.st_atime_ns, told.st_mtime_ns))  # as copying programs keep it
    other.replace(lying)
    again()
    assert faults_of(file)[Step.FETCH] == "done"
    assert file.source.read_bytes() == content
    assert [one.name for one in file.folder.iterdir()] == ["original"]


def test_a_file_that_is_still_being_written_says_so(recording, settings, tmp_path, monkeypatch):
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    (tmp_path / "inbox").mkdir()
    lying = tmp_path / "inbox" / "a.mp4"
    lying.write_bytes(b"0123456789")
    monkeypatch.setattr(inbox, "BLOCK", 4)
    file = take(recording, "a.mp4")
    blocks = inbox.Folder.blocks

    def grows(self: inbox.Folder, name: str, start: int, found: inbox.Found) -> Iterator[bytes]:
        for block in blocks(self, name, start, found):
            with lying.open("ab") as writer:
                writer.write(b"more")
            yield block

    monkeypatch.setattr(inbox.Folder, "blocks", grows)
    monkeypatch.setattr(inbox, "BLOCK", 1000)
    work_until_idle(most=1)
    assert faults_of(file) == {Step.FETCH: "replaced"}
    assert not file.source.exists()
    monkeypatch.setattr(inbox.Folder, "blocks", blocks)
    again()
    assert faults_of(file)[Step.FETCH] == "done"
    assert file.source.read_bytes() == lying.read_bytes()


def test_what_is_gone_or_away_is_said_and_can_be_fetched_later(recording, storage):
    storage.objects["day one/a.mp4"] = b"film"
    file = take(recording, "a.mp4")
    storage.objects.clear()
    work_until_idle()
    assert faults_of(file) == {Step.FETCH: "not_there"}
    with pytest.raises(NoSuchFile):
        take(recording, "a.mp4")
    with pytest.raises(NoSuchFile):
        take(recording, "../other/c.mp4")


def test_a_place_that_cannot_be_reached_is_no_error_of_the_page(recording, settings, monkeypatch):
    settings.RECORDINGS_INBOX = "s3://films"
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with pytest.raises(InboxAway):
        inbox.inbox().names()
    with pytest.raises(InboxAway):
        take(recording, "a.mp4")
    assert not CameraFile.objects.exists()


def test_without_its_package_object_storage_is_away(settings, monkeypatch):
    settings.RECORDINGS_INBOX = "s3://films"
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    with pytest.raises(InboxAway):
        inbox.inbox().names()
