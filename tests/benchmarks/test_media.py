"""How fast recordings come in and are made ready; prints value and aim."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import socket
import time
from pathlib import Path

import pytest
from django.test import Client

from media_archive import packaging, sound
from media_archive.services.filming import open_recording
from media_archive.services.uploading import begin_upload
from tests.factories import make_event, make_team_member
from tests.faults.forked import begin
from tests.faults.test_media_upload import TUS, connect, serve
from tests.media_archive.conftest import START, make_film

MIB = 1024 * 1024
CHUNK = 64 * MIB
SIZE = 16 * CHUNK
SECONDS = 40


def _memory(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


@pytest.mark.django_db(transaction=True)
def test_upload(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    event = make_event(sessions=0, slug="forum")
    editor = make_team_member(event, "media_editor")
    recording = open_recording(
        event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START
    )
    upload = begin_upload(recording=recording, person=editor, name="a.mp4", size=SIZE)
    client = Client()
    client.force_login(editor)
    name, path = settings.SESSION_COOKIE_NAME, f"/media-uploads/{upload.pk}"
    headers = {**TUS, "Cookie": f"{name}={client.cookies[name].value}"}
    chunk = os.urandom(CHUNK)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = begin(serve, port)
    try:
        connect(port).close()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        line.request("HEAD", path, headers=headers)
        line.getresponse().read()
        idle, began = _memory(server.pid, "VmRSS"), time.monotonic()
        Path(f"/proc/{server.pid}/clear_refs").write_text("5")  # the peak is counted from here
        for offset in range(0, SIZE, CHUNK):
            line.request("PATCH", path, body=chunk, headers={**headers, "Upload-Offset": str(offset)})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 204
        line.close()
        seconds, peak = time.monotonic() - began, _memory(server.pid, "VmHWM")
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.join()
    print(f"\nupload: {SIZE / MIB / seconds:.0f} MiB/s (aim 100); {peak - idle:.0f} MB above idle (aim 100)")


def test_work(tmp_path) -> None:
    film = make_film(
        tmp_path / "a.mp4",
        "-f", "lavfi", "-i", f"mandelbrot=s=1280x720:r=25,noise=alls=6:allf=t,trim=duration={SECONDS}",
        "-f", "lavfi", "-i", f"anoisesrc=d={SECONDS}:c=pink:r=48000", "-t", str(SECONDS),
        "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-c:a", "aac",
    )  # fmt: skip
    common = {"track": 0, "seconds": 600.0, "on_progress": lambda _done: True}
    for name, aim, step in (
        ("quick publish", "100", lambda: packaging.copy_source(film, tmp_path, with_sound=True, **common)),
        ("ladder of three", "0.8", lambda: packaging.encode_ladder(film, tmp_path, height=720, rate=25, **common)),
        ("waveform and loudness", "-", lambda: sound.measure(
            film, track=0, window_ms=100, on_progress=lambda _done: True)),
    ):  # fmt: skip
        began = time.monotonic()
        step()
        print(f"\n{name}: {SECONDS / (time.monotonic() - began):.2f} times real time (aim {aim})")
    began = time.monotonic()
    with film.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    print(f"checksum: {film.stat().st_size / MIB / (time.monotonic() - began):.0f} MiB/s")
