"""An upload outlives the death of the server that takes it in."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import socket
import time
from pathlib import Path

import pytest
import uvicorn
from django.test import Client

from media_archive.models import CameraFile, Upload
from media_archive.services.filming import open_recording
from media_archive.services.uploading import begin_upload
from media_archive.uploads import BLOCK
from tests.factories import make_event, make_team_member
from tests.faults.forked import begin
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 48 * BLOCK
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", "Host": "localhost"}


def serve(port: int) -> None:
    """Serve the platform."""
    uvicorn.run("config.asgi:application", host="127.0.0.1", port=port, log_level="warning", lifespan="off")


def connect(port: int) -> socket.socket:
    """Connect as soon as the server answers."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)


def test_a_killed_server_keeps_what_it_wrote(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    event = make_event(sessions=0, slug="forum")
    editor = make_team_member(event, "media_editor")
    recording = open_recording(
        event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START
    )
    upload = begin_upload(recording=recording, person=editor, name="a.mp4", size=SIZE)
    client = Client()
    client.force_login(editor)
    name = settings.SESSION_COOKIE_NAME
    headers = {**TUS, "Cookie": f"{name}={client.cookies[name].value}"}
    content, path, place = os.urandom(SIZE), f"/media-uploads/{upload.pk}", Path(upload.path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    server = begin(serve, port)
    line = connect(port)
    told = "".join(
        f"{k}: {v}\r\n" for k, v in {**headers, "Upload-Offset": "0", "Content-Length": str(SIZE)}.items()
    )
    line.sendall(f"PATCH {path} HTTP/1.1\r\n{told}\r\n".encode())
    sent = SIZE // 2
    line.sendall(content[:sent])
    deadline = time.monotonic() + 20
    while place.stat().st_size < sent - 4 * BLOCK and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(server.pid, signal.SIGKILL)
    server.join()
    line.close()
    assert sent - 4 * BLOCK <= place.stat().st_size <= sent

    server = begin(serve, port)
    try:
        connect(port).close()
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        asked.request("HEAD", path, headers=headers)
        answer = asked.getresponse()
        answer.read()
        offset = int(answer.headers["Upload-Offset"])
        assert content[:offset] == place.read_bytes()
        asked.request("PATCH", path, body=content[offset:], headers={**headers, "Upload-Offset": str(offset)})
        answer = asked.getresponse()
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(SIZE))
        asked.close()
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.join()
    assert Upload.objects.get(pk=upload.pk).finished_at is not None
    file = CameraFile.objects.get()
    assert hashlib.sha256(file.source.read_bytes()).digest() == hashlib.sha256(content).digest()
