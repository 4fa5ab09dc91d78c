"""Runs the demo's web server and worker as children, and stops both together.

Django is loaded once, before the children are forked, so that they share its memory and start
at once. Ends with 0 after Ctrl-C or SIGTERM, with 1 when a child has ended by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.core.management.base import CommandError
from django.db import connections

from cms.demo.content import EVENTS, FORUM, read
from cms.demo.files import learn_static_names

PATIENCE = 60.0  # seconds until the web server must answer
WORKER_LIVES = 5  # a worker that ends more often has a cause that starting it again does not mend
GRACE = 5.0  # seconds that children get to end by themselves
PR_SET_PDEATHSIG = 1
M_ARENA_MAX = -8  # of glibc's malloc.h


class Supervisor:
    """Starts children by name, waits for the first that ends or for a signal, stops all."""

    def __init__(self) -> None:
        self.children: dict[str, ForkProcess] = {}
        self.works: dict[str, Callable[[], None]] = {}
        self.wanted_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.wanted_to_stop.set()

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Start a child that does this work."""
        child = multiprocessing.get_context("fork").Process(target=_begin, args=(work,), name=name)
        child.start()
        self.children[name] = child
        self.works[name] = work

    def start_again(self, name: str) -> None:
        """Start a child anew that has ended, with whatever it has left behind gone."""
        _signal_group(self.children[name], signal.SIGKILL)
        self.start(name, self.works[name])

    def ended(self) -> str | None:
        """Return the name of a child that has ended by itself, or None."""
        return next((name for name, child in self.children.items() if child.exitcode is not None), None)

    def wait(self, seconds: float) -> bool:
        """Wait; tell whether to go on: nobody asked to stop and all children live."""
        return not self.wanted_to_stop.wait(seconds) and self.ended() is None

    def stop(self) -> None:
        """End all children, kindly first, and everything that they have started."""
        for child in self.children.values():
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self.children.values():
            child.join(max(0.1, deadline - time.monotonic()))
        for child in self.children.values():
            _signal_group(child, signal.SIGKILL)
            child.join()


def _begin(work: Callable[[], None]) -> None:
    """Begin a child: in a session of its own, so that Ctrl-C reaches it only through the parent."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        # The kernel ends the child when the parent is killed outright.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    work()


def _signal_group(child: ForkProcess, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid or 0, number)


def run_web_server(port: int, *, is_lively: bool = False) -> None:
    """Serve pages and sockets on loopback until a signal ends it; people of a lively demo ask and answer meanwhile."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            "config.asgi:application",
            host="127.0.0.1",
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
    )

    async def serve_people() -> None:
        from cms.demo.lively import keep_lively

        life = asyncio.create_task(keep_lively())
        try:
            await server.serve()
        finally:
            life.cancel()

    if is_lively:
        asyncio.run(serve_people())
    else:
        server.run()
    if not server.started:
        sys.exit(1)


def run_worker(*, films: bool = True) -> None:
    """Work on tasks until a signal ends it, with the clock of periodic tasks in a thread.

    ``celery worker -B`` would start another process for the clock.
    """
    from celery.beat import EmbeddedService
    from celery.platforms import SecurityWarning
    from celery.signals import task_postrun, worker_shutting_down

    from config.celery import app
    from media_archive.processes import start

    # The demo may well run as root in a container; nothing but our own tasks can reach it.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker_shutting_down.connect(_leave_an_idle_wait)
    task_postrun.connect(_give_memory_back)
    clock = EmbeddedService(app, thread=True)
    clock.daemon = True
    clock.start()
    if films:
        start("demo_films")  # a process of its own, which ends when the archive is filled
    # Celery's own class, as its command line starts it: that one loads a toolkit for terminals, 9 MB.
    worker = app.Worker(
        pool_cls="solo",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    sys.exit(worker.exitcode)


def _give_memory_back(**details: Any) -> None:
    """Return to the system what a task has freed; the database's pages of a long one are megabytes."""
    connections.close_all()
    _trim()


def _trim() -> None:
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _leave_an_idle_wait(**details: Any) -> None:
    """End a worker that waits for tasks at once; Celery would look up only after four seconds."""
    from celery.worker.state import active_requests

    if not active_requests:
        raise SystemExit(0)


def in_child(work: Callable[[], None]) -> int:
    """Do this in a child and return its exit code; a command's error is printed as commands print it."""
    sys.stdout.flush()
    child = multiprocessing.get_context("fork").Process(target=_or_say_why, args=(work,))
    child.start()
    child.join()
    return child.exitcode or 0


def _or_say_why(work: Callable[[], None]) -> None:
    try:
        work()
    except CommandError as error:
        print(f"CommandError: {error}", file=sys.stderr)
        sys.exit(error.returncode)


def prepare() -> None:
    """Leave nothing open that children must not share, and see that they stay small."""
    # Celery would check the whole project at the worker's start and keep every view in memory.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    with contextlib.suppress(AttributeError, OSError):
        # Each thread's own memory pool costs tens of MB and gains nothing for a few readers.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
    learn_static_names()
    connections.close_all()
    gc.collect()
    _trim()
    gc.freeze()  # collecting would touch, and so copy, the pages that the children share


def address(port: int) -> str:
    """Return where the platform is found."""
    return f"http://127.0.0.1:{port}"


def answers(port: int) -> bool:
    """Tell whether the web server says that it is well."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return link.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


def welcome(port: int) -> str:
    """Return addresses and log-ins as a text for the terminal."""
    base = address(port)
    forum, session, kazan = FORUM, EVENTS[0], EVENTS[1]
    places = [
        ("Home", "/"),
        ("Recordings", f"/events/{session}/recordings/"),
        ("On now", f"/events/{forum}/"),
        ("Strategic session", f"/events/{session}/"),
        ("Two days apart", f"/events/{kazan}/"),
        ("Register", f"/events/{forum}/register/"),
        ("Door", f"/door/{forum}/"),
        ("Back office", "/admin/"),
        ("Mail", "/demo/mail/"),
    ]
    passkeys = f"http://localhost:{port}/account/login/"  # browsers give passkeys to names only
    logins = read("logins.toml")
    width = max(len(item["email"]) for item in logins["login"])
    label = max(len(item["label"][0]) for item in logins["login"])
    lines = ["", f"Plenum runs on {base}/", ""]
    lines += [f"  {name:<18} {base}{path}" for name, path in places]
    lines += [f"  {'With passkeys':<18} {passkeys}"]
    lines += ["", f"Log in at {base}/account/login/ – the password is always  {logins['password']}", ""]
    lines += [
        f"  {item['label'][0]:<{label}}  {item['email']:<{width}}  {item['opens'][0]}"
        for item in logins["login"]
    ]
    lines += ["", "All mail, with the codes in it, lands at /demo/mail/. Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def _keep_running(supervisor: Supervisor) -> None:
    """Wait for the end; a worker that ends by itself is started again a few times."""
    for _life in range(WORKER_LIVES):
        while supervisor.wait(0.5):
            pass
        if supervisor.wanted_to_stop.is_set() or supervisor.ended() != "worker":
            return
        supervisor.start_again("worker")
        say("The worker has ended by itself; it is started again.")


def serve(port: int, *, is_lively: bool = False, films: bool = True) -> int:
    """Start both children, say where they are, wait for the end; return the exit code."""
    started = time.monotonic()
    prepare()
    supervisor = Supervisor()
    supervisor.start("web server", partial(run_web_server, port, is_lively=is_lively))
    supervisor.start("worker", partial(run_worker, films=films))
    try:
        while supervisor.wait(0.1):
            if answers(port):
                say(f"  web server and worker ({time.monotonic() - started:.1f} s)")
                say(welcome(port))
                break
            if time.monotonic() - started > PATIENCE:
                say(f"The web server does not answer within {PATIENCE:.0f} seconds.")
                return 1
        _keep_running(supervisor)
        if not supervisor.wanted_to_stop.is_set() and (name := supervisor.ended()):
            code = supervisor.children[name].exitcode
            say(f"\nThe {name} has ended by itself (exit code {code}); stopping the rest.")
            return 1
        say("\nStopping …")
        return 0
    finally:
        supervisor.stop()
