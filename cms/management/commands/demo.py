"""``manage.py demo``: everything between a fresh copy and a running platform with an event in it."""

from __future__ import annotations

import errno
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from cms.demo.files import (
    AlreadyRunningError,
    NotTheDemosError,
    collect_static_files,
    lock_demo,
    remove_demo,
)
from cms.demo.serving import in_child, serve

USUAL_PORT = 8000  # of the address that settings take for granted


class Command(BaseCommand):
    """Sets the demo up, loads its content once, and serves it until Ctrl-C."""

    help = "Set up the demo and serve it on this machine; a second run keeps what was changed."
    requires_system_checks = ()  # seconds at each start; the tests run them

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--reset", action="store_true", help="start afresh: remove the demo's database and files"
        )
        parser.add_argument("--no-serve", action="store_true", help="set up only")
        parser.add_argument(
            "--port", type=int, default=USUAL_PORT, help="port of the web server (default: 8000)"
        )

        parser.add_argument("--no-films", action="store_true", help="do not fill the archive of recordings")
        parser.add_argument(
            "--lively",
            action="store_true",
            help="let participants of the exchange ask and answer by themselves",
        )

    def handle(
        self,
        *args: Any,
        reset: bool,
        no_serve: bool,
        port: int,
        lively: bool = False,
        no_films: bool = False,
        **options: Any,
    ) -> None:
        """Run all steps, then become the supervisor of web server and worker."""
        if not settings.DEMO:
            message = "The demo has settings of its own. Start it with: python manage.py demo"
            raise CommandError(message)
        if not no_serve:
            self._check_port(port)
        if reset or not no_serve:
            self._lock()
        if no_serve:
            self._step_through(reset=reset)
            return
        # A process of its own for the steps: what they load and open is not left in the memory of the servers.
        if code := in_child(lambda: self._step_through(reset=reset)):
            sys.exit(code)
        sys.exit(serve(port, is_lively=lively, films=not no_films))

    def _step_through(self, *, reset: bool) -> None:
        if reset:
            with self._step("remove the old demo"):
                try:
                    connection.close()
                    remove_demo(settings.DATABASES["default"], settings.VAR_DIR)
                except NotTheDemosError as error:
                    message = (
                        f"--reset removes only an SQLite file in {settings.VAR_DIR}, and the database is "
                        f"{error}. Nothing was removed; unset DATABASE_URL or empty that database yourself."
                    )
                    raise CommandError(message) from error
        with self._step("database") as note:
            note.append(_migrate())
        with self._step("demo content") as note:
            note.append(_load_content())
        with self._step("static files") as note:
            note.append("collected" if collect_static_files() else "up to date")

    @contextmanager
    def _step(self, name: str) -> Iterator[list[str]]:
        """Print the step's name, then how it went and how long it took."""
        self.stdout.write(f"  {name} … ", ending="")
        self.stdout.flush()
        started = time.monotonic()
        note: list[str] = []
        try:
            yield note
        except BaseException:
            self.stdout.write("")
            raise
        said = f"{note[0]}, " if note else ""
        self.stdout.write(f"{said}{time.monotonic() - started:.1f} s")
        self.stdout.flush()

    def _lock(self) -> None:
        try:
            lock_demo()
        except AlreadyRunningError as error:
            raise CommandError(
                f"The demo is running already (process {error}). Stop it with Ctrl-C in its terminal first."
            ) from error

    def _check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                    raise CommandError(
                        f"Port {port} is taken by another program. Choose another one, for example "
                        f"--port {port + 1} (or PORT={port + 1} make demo)."
                    ) from error
                raise CommandError(
                    f"Port {port} cannot be used: {str(error).rstrip('.')}. Choose another one with --port."
                ) from error


def _migrate() -> str:
    """Bring the database to the newest form; return what was done."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        return "up to date"
    call_command("migrate", verbosity=0, interactive=False)
    return f"{waiting} migrations"


def _load_content() -> str:
    """Load the demo when it is not there, or move its forum to today; return what was done."""
    from cms.demo import loading

    now = timezone.now()
    if not loading.is_loaded():
        loading.load_demo(now=now)
        return "loaded"
    if not loading.forum_is_over(now=now):
        return "kept as it was"
    if loading.forum_was_changed():
        return "kept as it was (the forum's days have passed; --reset loads it around today)"
    loading.bring_forum_to_today(now=now)
    return "kept, the forum moved to today"
