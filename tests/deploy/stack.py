"""Starts the production stack on free ports of loopback, each process as its systemd unit does."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.deploy.conftest import DEPLOY, ROOT, program
from tests.deploy.mailbox import Mailbox
from tests.deploy.rendering import render_nginx

HOST = "plenum.example"
POSTGRES = os.environ.get("PLENUM_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], *, seconds: float, name: str) -> None:
    """Return as soon as ``what`` is true; AssertionError with ``name`` after ``seconds``."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"{name}: not within {seconds:g} s"
        time.sleep(0.1)


def command_of(unit: str) -> list[str]:
    """The words with which systemd starts a unit, with this environment's programs."""
    text = (DEPLOY / "systemd" / unit).read_text("utf-8")
    found = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert found, unit
    return shlex.split(found[1].replace("/srv/plenum/app/.venv/bin", str(Path(sys.executable).parent)))


@dataclass(frozen=True)
class Answer:
    """What came back; ``headers`` are found in any case."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Stack:
    """PostgreSQL (a database of our own on a server that runs), and Redis, nginx, web, worker and beat of our own."""

    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    mailbox: Mailbox = field(default_factory=Mailbox)
    database: str = field(default_factory=lambda: f"plenum_stack_{secrets.token_hex(4)}")

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in ("nginx", "redis", "web-1", "web-2")}
        self.var = self.folder / "var"
        self.var.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """What ``env.example`` asks for, filled in."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        return inherited | {
            "DATABASE_URL": urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{self.database}")),
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "SECRET_KEY": "s" * 64,
            "PLENUM_BASE_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": HOST,
            "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            "PLENUM_VAR": str(self.var),
            "X_ACCEL_PREFIX": "/protected/",
        }

    def start(self, name: str, command: list[str]) -> None:
        """Start a process; its output goes to a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def start_web(self, name: str) -> None:
        """Start ``web-1`` or ``web-2``."""
        words = command_of("plenum-web@.service")
        self.start(name, [word.replace("%i", str(self.ports[name])) for word in words])

    def start_redis(self) -> None:
        """Start Redis with its append-only file in our folder, and wait for it."""
        words = (
            f"--bind 127.0.0.1 --port {self.ports['redis']} --appendonly yes --save '' --dir {self.folder}"
        )
        self.start("redis", [program("redis-server"), *shlex.split(words)])
        wait_for(self._redis_answers, seconds=10, name="Redis")

    def _redis_answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self.ports["redis"]), 1) as link,
        ):
            link.sendall(b"PING\r\n")
            return link.recv(16) == b"+PONG\r\n"
        return False

    def start_worker(self) -> None:
        """Start the worker."""
        self.start("worker", command_of("plenum-worker.service"))

    def start_beat(self) -> None:
        """Start the clock."""
        words = command_of("plenum-beat.service")
        self.start("beat", [word.replace("/srv/plenum/var", str(self.var)) for word in words])

    def start_servers(self) -> None:
        """Start Redis and nginx and make the database."""
        self.start_redis()
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.database}"')
        main = render_nginx(
            self.folder / "nginx",
            site="plenum.conf",
            var=self.var,
            port=self.ports["nginx"],
            processes=(self.ports["web-1"], self.ports["web-2"]),
        )
        self.start("nginx", [program("nginx"), "-c", str(main), "-p", str(main.parent)])

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` to its end and return what it printed."""
        return self.run("manage.py", *arguments)

    def run(self, *arguments: str) -> str:
        """Run a Python program of the project to its end and return what it printed."""
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def ask(self, path: str, **headers: str) -> Answer:
        """GET ``path`` from nginx, asking as what ends TLS in front of it does; OSError when nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["nginx"], timeout=20)
        try:
            own = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"} | own)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End a process and wait until it is gone; killed after 20 seconds."""
        process = self.processes.pop(name)
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)

    def close(self) -> None:
        """End everything and drop the database."""
        for name in reversed(list(self.processes)):
            self.stop(name)
        self.mailbox.close()
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def log(self, name: str, lines: int = 15) -> str:
        """The end of what a process has written."""
        return "\n".join((self.folder / f"{name}.log").read_text("utf-8", "replace").splitlines()[-lines:])
