"""Recordings come in by tus: what has arrived stays, and only who began an upload may go on with it."""

from __future__ import annotations

import base64
import errno
import hashlib

import pytest
from django.test import Client

from media_archive import uploads
from media_archive.models import CameraFile, Job, Step, Upload
from media_archive.services.uploading import TooLarge, begin_upload, tend_uploads
from tests.factories import PersonFactory, make_team_member
from tests.media_archive.asgi import Answer, ask

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def editor(event):
    return make_team_member(event, "media_editor")


@pytest.fixture
def client(editor) -> Client:
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def upload(recording, editor) -> Upload:
    return begin_upload(
        recording=recording,
        person=editor,
        name="../../День 1\r\n.mp4",
        size=len(CONTENT),
        camera_label="closer",
    )


def _send(
    upload: Upload, client: Client | None, offset: int, *blocks: bytes, breaks: bool = False, **more: str
) -> Answer:
    headers = {
        "tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream", "upload-offset": str(offset),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    return ask(f"/media-uploads/{upload.pk}/", "PATCH", headers, blocks or (b"",), client, breaks=breaks)


def _offset(upload: Upload, client: Client) -> int:
    answer = ask(f"/media-uploads/{upload.pk}/", "HEAD", {"tus-resumable": "1.0.0"}, client=client)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["upload-length"] == str(len(CONTENT))
    return int(answer.headers["upload-offset"])


def test_a_file_arrives_in_chunks_and_is_taken_into_the_archive(upload, client) -> None:
    assert _offset(upload, client) == 0
    first = _send(upload, client, 0, CONTENT[:3000], CONTENT[3000:5000])
    assert (first.status, first.headers["upload-offset"]) == (204, "5000")
    assert _send(upload, client, 5000, CONTENT[5000:]).status == 204
    file = CameraFile.objects.get()
    assert file.source.read_bytes() == CONTENT
    assert file.name == "День 1.mp4"
    assert (file.camera.label, file.camera.is_sound_master) == ("closer", True)
    assert Job.objects.get(file=file).step == Step.CHECK
    assert not upload.path.exists()
    assert _offset(upload, client) == len(CONTENT)
    assert _send(upload, client, len(CONTENT)).status == 409
    assert CameraFile.objects.count() == 1


def test_what_arrived_before_the_line_broke_stays(upload, client) -> None:
    ask_again = _send(upload, client, 0, CONTENT[:4096], breaks=True)
    assert ask_again.status == 204
    assert _offset(upload, client) == 4096
    assert _send(upload, client, 4096, CONTENT[4096:]).status == 204
    assert CameraFile.objects.get().source.read_bytes() == CONTENT


def test_a_file_whose_last_byte_came_before_the_server_died_is_taken_later(upload, client) -> None:
    upload.path.write_bytes(CONTENT)
    assert tend_uploads() == 1
    assert tend_uploads() == 0
    assert CameraFile.objects.get().source.read_bytes() == CONTENT


def test_another_s_upload_is_not_there(upload, event) -> None:
    stranger, colleague = Client(), Client()
    stranger.force_login(PersonFactory())
    colleague.force_login(make_team_member(event, "media_editor"))
    for other in (None, stranger, colleague):
        for method in ("HEAD", "PATCH", "DELETE"):
            headers = {
                "tus-resumable": "1.0.0",
                "upload-offset": "0",
                "content-type": "application/offset+octet-stream",
            }
            assert ask(f"/media-uploads/{upload.pk}/", method, headers, (b"x",), other).status == 404
    assert upload.path.stat().st_size == 0


@pytest.mark.parametrize(
    ("status", "offset", "body", "more"),
    [
        (409, 5, b"x", {}),
        (413, 0, CONTENT + b"x", {}),
        (413, 0, b"x", {"content_length": "99999999"}),
        (415, 0, b"x", {"content_type": "text/plain"}),
        (412, 0, b"x", {"tus_resumable": "0.2.2"}),
        (400, 0, b"x", {"upload_offset": "-1"}),
        (400, 0, b"x", {"upload_checksum": "md5 AAAA"}),
        (400, 0, b"x", {"upload_checksum": "sha256 !!!"}),
        (460, 0, b"x", {"upload_checksum": "sha256 " + base64.b64encode(bytes(32)).decode()}),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(upload, client, status, offset, body, more) -> None:
    assert _send(upload, client, offset, body, **more).status == status
    assert upload.path.stat().st_size == 0


def test_a_right_checksum_is_taken(upload, client) -> None:
    checksum = "sha256 " + base64.b64encode(hashlib.sha256(CONTENT[:100]).digest()).decode()
    assert _send(upload, client, 0, CONTENT[:100], upload_checksum=checksum).status == 204
    assert _offset(upload, client) == 100


def test_a_full_disk_keeps_what_has_arrived(upload, client, monkeypatch) -> None:
    assert _send(upload, client, 0, CONTENT[:1000]).status == 204

    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "_put", full)
    assert _send(upload, client, 1000, CONTENT[1000:2000]).status == 507
    assert _offset(upload, client) == 1000


def test_only_one_request_writes_at_a_time(upload, client) -> None:
    held = uploads._open(upload)
    try:
        assert _send(upload, client, 0, b"x").status == 423
    finally:
        held.close()
    assert _send(upload, client, 0, b"x").status == 204


def test_an_upload_can_be_given_up(upload, client) -> None:
    _send(upload, client, 0, b"x")
    assert (
        ask(f"/media-uploads/{upload.pk}/", "DELETE", {"tus-resumable": "1.0.0"}, client=client).status == 204
    )
    assert not upload.path.exists()
    assert not Upload.objects.exists()


def test_the_server_says_what_it_can(client) -> None:
    answer = ask("/media-uploads/", "OPTIONS")
    assert answer.status == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert "checksum" in answer.headers["tus-extension"]
    assert ask("/media-uploads/x/", "POST", {"tus-resumable": "1.0.0"}).status == 405
    assert ask("/media-uploads/nonsense/", "HEAD", {"tus-resumable": "1.0.0"}, client=client).status == 404


@pytest.mark.parametrize("size", [0, -1, 10**15])
def test_sizes_that_are_not_taken(recording, editor, size) -> None:
    with pytest.raises(TooLarge):
        begin_upload(recording=recording, person=editor, name="a.mp4", size=size)
