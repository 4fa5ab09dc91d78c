"""A disk that fills up under an upload and under each step: told in words, nothing half-written, gone on with later."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from media_archive.faults import sentence_of
from media_archive.models import CameraFile, Job, JobState, Recording, SlideDeck, Step, Upload
from media_archive.services import working
from media_archive.services.filming import take_from_inbox
from media_archive.services.queueing import queue, run_again
from media_archive.services.uploading import begin_upload
from tests.factories import make_team_member
from tests.faults.disks import MIB, Disk, small_disk
from tests.faults.forked import begin
from tests.faults.test_media import checksums, film, recording, take, undisturbed
from tests.faults.test_media_upload import TUS, connect, serve

__all__ = ["film", "recording", "undisturbed"]  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


@pytest.fixture
def disk(tmp_path: Path, settings: Any) -> Iterator[Disk]:
    """The archive on a disk of forty megabytes."""
    with small_disk(tmp_path / "small") as disk:
        settings.MEDIA_ROOT = disk.place
        yield disk


def results(file: CameraFile) -> dict[str, int]:
    """What pages may show of a file, name to size: all but the source and folders of work."""
    return {one.name: one.stat().st_size for one in file.folder.iterdir() if one.suffix in {".mp4", ".jpg"}}


def do(step: str, disk: Disk, room: int) -> Job:
    """Do the queued step on a disk with so much room, and none after it."""
    job = Job.objects.get(step=step)
    disk.leave(room)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    job.refresh_from_db()
    working.work(job)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
@pytest.mark.parametrize("step", [Step.QUICK, Step.SOUND, Step.PICTURES, Step.LADDER])
def test_a_disk_that_fills_up_in_a_step(recording, film, undisturbed, disk, tmp_path, step, share) -> None:
    file = take(recording, film)
    working.work_until_idle(most=1)
    before = disk.room
    Job.objects.filter(step=step).update(state=JobState.RUNNING)
    working.STEPS[step](Job.objects.get(step=step))
    made = results(file)
    needed = before - disk.room
    for name in made:
        (file.folder / name).unlink()
    file.renditions.all().delete()
    CameraFile.objects.filter(pk=file.pk).update(previews=0)

    job = do(step, disk, int(needed * share) // 4096 * 4096)
    assert (job.state, job.fault) == (JobState.FAILED, "no_room"), job.log
    with translation.override("en"):
        assert "There is no room left on the server's disk" in sentence_of(job)
    assert not results(file), "nothing half-written lies where pages look"
    assert not list(file.folder.glob("*.work"))
    assert not file.renditions.exists()
    assert not CameraFile.objects.get(pk=file.pk).previews

    disk.make_room()
    run_again(job=job, actor=None)
    working.work_until_idle()
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert results(file).keys() >= made.keys()
    wanted = {name: value for name, value in undisturbed.items() if name in made}
    assert {name: value for name, value in checksums(file.folder).items() if name in made} == wanted


def test_a_disk_that_fills_up_while_a_file_is_fetched(recording, film, disk, settings, tmp_path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.mp4").write_bytes(os.urandom(9 * MIB))
    settings.RECORDINGS_INBOX = str(tmp_path / "inbox")
    file = take_from_inbox(recording=recording, label="a", name="a.mp4", actor=None)
    job = do(Step.FETCH, disk, 5 * MIB + 12345)
    assert (job.state, job.fault) == (JobState.FAILED, "no_room")
    assert not file.source.exists()
    disk.make_room()
    run_again(job=job, actor=None)
    working.work_until_idle(most=1)
    assert file.source.read_bytes() == (tmp_path / "inbox" / "a.mp4").read_bytes()
    assert not list(file.folder.glob("*.part"))


def test_a_disk_that_fills_up_while_slides_are_drawn(recording, disk) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    for _page in range(6):
        document.new_page(960, 540)
    deck = SlideDeck.objects.create(recording=recording, title="", path="slides.pdf")
    document.save(disk.place / deck.path)
    queue(recording=recording, deck=deck, step=Step.SLIDES)
    job = do(Step.SLIDES, disk, 3 * 8192)
    assert (job.state, job.fault) == (JobState.FAILED, "no_room")
    assert not list(deck.folder.glob("*"))
    disk.make_room()
    run_again(job=job, actor=None)
    working.work_until_idle(most=1)
    assert len(list(deck.folder.glob("*.jpg"))) == 6


@pytest.mark.parametrize("size", [200_000, 4 * MIB])  # in memory, and in a file of its own
def test_a_form_without_script_is_told_that_the_disk_is_full(recording: Recording, disk, size) -> None:
    client = Client()
    client.force_login(make_team_member(recording.event, "media_editor"))
    disk.leave(60_000)
    page = reverse("backoffice_recording_act", args=("forum", recording.code))
    answer = client.post(
        page, {"do": "send", "file": SimpleUploadedFile("a.mp4", os.urandom(size))}, follow=True
    )
    assert "There is no room left on the server" in answer.content.decode()
    assert not CameraFile.objects.exists()
    assert [one for one in disk.place.rglob("*") if one.is_file()] == [disk.place / "filler"]


def test_an_upload_is_told_that_the_disk_is_full_and_goes_on(recording: Recording, disk, settings) -> None:
    editor = make_team_member(recording.event, "media_editor")
    content = os.urandom(9 * MIB + 4321)
    upload = begin_upload(recording=recording, person=editor, name="a.mp4", size=len(content))
    client = Client()
    client.force_login(editor)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    path, place = f"/media-uploads/{upload.pk}", Path(upload.path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = begin(serve, port)

    def ask(method: str, at: int = 0, body: bytes = b"") -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {**TUS, "Cookie": cookie, "Upload-Offset": str(at)}
        line.request(method, path, body=body or None, headers=headers)
        answer = line.getresponse()
        answer.words = answer.read().decode()
        line.close()
        return answer

    def arrived() -> int:
        at = int(ask("HEAD").headers["Upload-Offset"])
        assert place.read_bytes() == content[:at], "what is told to have arrived has arrived, and no more"
        return at

    try:
        connect(port).close()
        for room in (3 * MIB + 5000, 4096):
            disk.leave(room)
            answer = ask("PATCH", at := arrived(), content[at:])
            assert (answer.status, answer.words) == (
                507,
                "There is no room left on the server. What has arrived is kept.",
            )
        disk.leave(0)
        small = ask("PATCH", at := arrived(), content[at : at + 5000])
        assert (small.status, arrived()) == (507, at), "also of what is written at the very end"
        disk.make_room()
        answer = ask("PATCH", at := arrived(), content[at:])
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(len(content)))
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.join()
    assert Upload.objects.get(pk=upload.pk).finished_at is not None
    source = CameraFile.objects.get().source
    assert hashlib.sha256(source.read_bytes()).digest() == hashlib.sha256(content).digest()
