"""The production stack, started on loopback and used: PostgreSQL, Redis, nginx, two web processes, worker, beat."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection

import psycopg
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.deploy.conftest import program
from tests.deploy.stack import HOST, POSTGRES, Stack, wait_for
from tests.media_archive.conftest import hall, make_film

pytestmark = pytest.mark.services

SCHEDULE = """<?xml version="1.0" encoding="UTF-8"?>
<schedule>
  <version>1</version>
  <conference>
    <acronym>stack</acronym><title>Forum</title><start>2026-10-31</start><end>2026-10-31</end><days>1</days>
    <time_zone_name>Europe/Moscow</time_zone_name>
  </conference>
  <day index="1" date="2026-10-31" start="2026-10-31T09:00:00+03:00" end="2026-10-31T18:00:00+03:00">
    <room name="Hall 1">
      <event guid="7a1c9f0e-0000-4000-8000-000000000001" id="1">
        <date>2026-10-31T10:00:00+03:00</date><start>10:00</start><duration>01:00</duration><room>Hall 1</room>
        <slug>stack-1</slug><title>%s</title><language>en</language><persons/><links/>
      </event>
    </room>
  </day>
</schedule>
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    program("nginx")
    program("redis-server")
    try:
        psycopg.connect(POSTGRES, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        message = f"needs PostgreSQL at {POSTGRES} (PLENUM_TEST_POSTGRES): {error}"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.start_servers()
        stack.manage("migrate", "--no-input", "--verbosity", "0")
        stack.run("bin/vendor.py", "copy")
        stack.manage("collectstatic", "--no-input", "--verbosity", "0")
        for name in ("web-1", "web-2"):
            stack.start_web(name)
        stack.start_worker()
        stack.start_beat()
        release(stack, title="Opening")
        wait_for(lambda: stack.ask("/readyz").status == 200, seconds=60, name=f"ready\n{stack.log('web-1')}")
        yield stack
    finally:
        stack.close()


def release(stack: Stack, *, title: str) -> None:
    """Import the schedule with a session of this title and publish it, as an organiser's script would."""
    path = stack.folder / "schedule.xml"
    path.write_text(SCHEDULE % title, "utf-8")
    stack.manage("import_schedule", str(path), "--event", "stack", "--create")
    stack.manage("release_schedule", "--event", "stack", "--note", title)


def send_mail(stack: Stack, subject: str) -> None:
    """Write a mail into the outbox, from a process that ends at once."""
    stack.manage(
        "shell",
        "--verbosity",
        "0",
        "--command",
        f"from django.core.mail import send_mail; send_mail({subject!r}, 'Text', None, ['person@example.org'])",
    )


@contextmanager
def socket_of(stack: Stack, event: str, origin: str = f"https://{HOST}") -> Iterator[ClientConnection]:
    address = f"ws://{HOST}/ws/events/{event}/"
    link = create_connection(("127.0.0.1", stack.ports["nginx"]), 20)
    headers = {"X-Forwarded-Proto": "https"}
    with connect(address, sock=link, origin=origin, additional_headers=headers, open_timeout=20) as socket:
        yield socket


def test_home_answers_in_the_language_asked_for(stack: Stack) -> None:
    moved = stack.ask("/", Accept_Language="ru")
    assert moved.status == 302
    assert moved.headers["Location"].endswith("/ru/")
    page = stack.ask("/ru/")
    assert page.status == 200, page.body[-500:]
    assert b'lang="ru"' in page.body


def test_page_carries_the_policies_of_a_site_under_tls(stack: Stack) -> None:
    headers = stack.ask("/en/").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "max-age=" in headers["Strict-Transport-Security"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "uvicorn" not in headers.get("Server", "")
    assert headers["Server"] == "nginx"


def test_plain_request_is_sent_to_tls(stack: Stack) -> None:
    moved = stack.ask("/en/", X_Forwarded_Proto="http")
    assert moved.status == 301
    assert moved.headers["Location"] == f"https://{HOST}/en/"


def test_foreign_host_is_refused(stack: Stack) -> None:
    assert stack.ask("/en/", Host="evil.example").status == 400


def test_static_file_is_kept_for_ever_and_sent_compressed(stack: Stack) -> None:
    page = stack.ask("/en/").body.decode()
    sheet = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert sheet, "the page names its style sheet by hash"
    plain = stack.ask(sheet[1])
    packed = stack.ask(sheet[1], Accept_Encoding="gzip")
    assert plain.status == packed.status == 200
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Content-Type"].startswith("text/css")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["X-Content-Type-Options"] == "nosniff"


def test_every_style_sheet_and_font_of_the_home_page_is_there(stack: Stack) -> None:
    page = stack.ask("/en/").body.decode()
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))
    assert files
    assert [path for path in files if stack.ask(path).status != 200] == []


def test_programme_is_public_as_page_and_files(stack: Stack) -> None:
    page = stack.ask("/en/events/stack/programme/2026-10-31/")
    assert page.status == 200
    assert b"Opening" in page.body
    schedule = stack.ask("/events/stack/schedule.json")
    assert schedule.status == 200
    assert "Opening" in json.dumps(json.loads(schedule.body))
    again = stack.ask("/events/stack/schedule.json", If_None_Match=schedule.headers["ETag"])
    assert again.status == 304


def test_health_tells_process_database_cache_and_broker(stack: Stack) -> None:
    assert stack.ask("/healthz").status == 200
    ready = stack.ask("/readyz")
    assert ready.status == 200
    assert set(json.loads(ready.body).values()) == {"ok"}


def test_protected_and_foreign_files_are_not_for_the_public(stack: Stack) -> None:
    (stack.var / "media" / "images").mkdir(parents=True, exist_ok=True)
    (stack.var / "media" / "secret.txt").write_text("secret")
    (stack.var / "media" / "images" / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for path in (
        "/protected/secret.txt",
        "/files/images/../secret.txt",
        "/static/../media/secret.txt",
        "/.env",
    ):
        answer = stack.ask(path)
        assert answer.status in {400, 404}, path
        assert b"secret" not in answer.body.replace(path.encode(), b"")
    picture = stack.ask("/files/images/a.svg")
    assert picture.status == 200
    assert "sandbox" in picture.headers["Content-Security-Policy"]


def test_open_page_hears_of_a_release_made_by_another_process(stack: Stack) -> None:
    with socket_of(stack, "stack") as socket:
        before = json.loads(socket.recv(timeout=20))["release"]
        release(stack, title=f"Opening {time.time_ns()}")
        assert json.loads(socket.recv(timeout=20)) == {"release": before + 1}


def test_socket_from_a_foreign_page_is_refused(stack: Stack) -> None:
    with pytest.raises(InvalidStatus) as refused, socket_of(stack, "stack", origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_mail_leaves_by_the_worker(stack: Stack) -> None:
    send_mail(stack, "Welcome")
    wait_for(lambda: "Welcome" in stack.mailbox.subjects(), seconds=30, name=f"mail\n{stack.log('worker')}")


def test_mail_survives_the_worker_and_the_queue(stack: Stack) -> None:
    stack.stop("worker", signal.SIGKILL)
    send_mail(stack, "After the fall")
    stack.stop("redis", signal.SIGKILL)
    for path in stack.folder.glob("appendonlydir/*"):
        path.unlink()
    (stack.folder / "dump.rdb").unlink(missing_ok=True)
    stack.start_redis()
    stack.start_worker()
    wait_for(
        lambda: "After the fall" in stack.mailbox.subjects(), seconds=60, name=f"mail\n{stack.log('worker')}"
    )
    time.sleep(2)
    assert stack.mailbox.subjects().count("After the fall") == 1
    wait_for(lambda: stack.ask("/readyz").status == 200, seconds=30, name="ready after the fall of Redis")


def test_site_answers_while_one_web_process_is_dead(stack: Stack) -> None:
    stack.stop("web-1", signal.SIGKILL)
    try:
        answers = [stack.ask("/en/").status for _ in range(20)]
        assert answers == [200] * 20
        stack.stop("web-2", signal.SIGKILL)
        away = stack.ask("/en/")
        assert away.status == 503
        assert away.headers["Retry-After"] == "5"
        assert "Plenum" in away.body.decode()
    finally:
        for name in ("web-1", "web-2"):
            if name not in stack.processes:
                stack.start_web(name)
    wait_for(lambda: stack.ask("/en/").status == 200, seconds=60, name="web is back")


def test_web_process_ends_in_order_when_asked(stack: Stack) -> None:
    process = stack.processes["web-2"]
    began = time.monotonic()
    stack.stop("web-2", signal.SIGTERM)
    assert process.returncode in {0, -signal.SIGTERM}
    assert time.monotonic() - began < 20
    stack.start_web("web-2")


def test_data_stays_below_its_folder(stack: Stack) -> None:
    assert (stack.var / "static" / "staticfiles.json").is_file()
    assert Path(stack.var / "celerybeat-schedule").exists() or list(stack.var.glob("celerybeat-schedule*"))


@pytest.fixture(scope="module")
def film(stack: Stack) -> str:
    """The base of the addresses of the session's recording, worked through and published."""
    path = make_film(stack.folder / "closer.mp4", *hall(14))
    stack.manage(
        "ingest_recording", str(path), "--event", "stack", "--day", "2026-10-31", "--room", "Hall 1", "--wait",
        "--camera", "closer", "--start", "2026-10-31T10:00",
    )  # fmt: skip
    told = json.loads(
        stack.manage("cut_sessions", "--event", "stack", "--day", "2026-10-31", "--publish", "--json")
    )
    return f"/media/stack/session/{told['cut'][0]['code']}/1/"


def test_fragments_come_from_nginx_and_none_beside_the_cut(stack: Stack, film: str) -> None:
    playlist = stack.ask(f"{film}180.m3u8").body.decode()
    size, at, uri = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", playlist)[0]
    first, last = int(at), int(at) + int(size) - 1
    piece = stack.ask(film + uri, Range=f"bytes={first}-{last}")
    assert piece.status == 206
    assert len(piece.body) == int(size)
    assert piece.headers["Content-Range"].startswith(f"bytes {first}-{last}/")
    assert piece.headers["Content-Type"] == "video/mp4"
    source = next((stack.var / "media" / "recordings").rglob("180.mp4"))
    assert piece.body == source.read_bytes()[first : last + 1]
    for wrong in (
        {},
        {"Range": "bytes=0-"},
        {"Range": f"bytes={first}-{last},0-1"},
        {"Range": "bytes=0-99999999"},
    ):
        assert stack.ask(film + uri, **wrong).status == 416, wrong
    assert stack.ask(film + uri, Range=f"bytes={first}-{last}", If_Range='"x"').status == 416
    inside = source.relative_to(stack.var / "media")
    assert stack.ask(f"/protected/{inside}").status == 404
    assert stack.ask(f"/media/{inside}").status == 404


def test_a_cut_is_a_file_through_nginx_too(stack: Stack, film: str) -> None:
    whole = stack.ask(f"{film}file-180-1.mp4")
    assert whole.status == 200
    assert int(whole.headers["Content-Length"]) == len(whole.body)
    part = stack.ask(f"{film}file-180-1.mp4", Range="bytes=1000-1999")
    assert (part.status, part.body) == (206, whole.body[1000:2000])
    assert stack.ask(film.replace("/1/", "/poster.jpg")).body[:2] == b"\xff\xd8"


def test_what_is_private_is_private_behind_nginx(stack: Stack, film: str) -> None:
    code = film.split("/")[4]
    stack.manage(
        "shell", "--verbosity", "0", "--command",
        "from media_archive.models import Cut; Cut.objects.update(access='registered')",
    )  # fmt: skip
    try:
        key = stack.manage(
            "shell", "--verbosity", "0", "--command",
            f"from media_archive.links import key_for; from media_archive.models import Cut; "
            f"print(key_for(Cut.objects.get(code='{code}'), slug='stack'))",
        ).strip()  # fmt: skip
        assert stack.ask(f"{film}180.m3u8").status == 404
        opened = film.replace("/stack/", f"/stack/{key}/")
        playlist = stack.ask(f"{opened}180.m3u8")
        assert playlist.status == 200
        assert "public" not in playlist.headers["Cache-Control"]
        assert stack.ask(film.replace("/stack/", f"/stack/{key[:-1]}x/") + "180.m3u8").status == 403
    finally:
        stack.manage(
            "shell", "--verbosity", "0", "--command",
            "from media_archive.models import Cut; Cut.objects.update(access='public')",
        )  # fmt: skip
