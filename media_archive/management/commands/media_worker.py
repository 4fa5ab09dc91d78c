"""Work on recordings until a signal ends it; several may run, each takes one job at a time."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections

PAUSE = 2.0  # seconds between two looks at an empty queue


class Command(BaseCommand):
    """The queue's truth is in the database; a worker that is killed loses nothing but the step it was at."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--once", action="store_true", help="end when there is nothing left to do")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        """Work."""
        wanted_to_stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: wanted_to_stop.set())
        keep_working(wanted_to_stop, once=once)


def keep_working(wanted_to_stop: threading.Event, *, once: bool = False) -> None:
    """Do what waits, one job after another; a job under way is finished, or taken up by another worker."""
    from media_archive.services.working import work_until_idle

    while not wanted_to_stop.is_set():
        close_old_connections()
        done = work_until_idle(most=1)
        if not done:
            if once:
                break
            connections.close_all()
            wanted_to_stop.wait(PAUSE)
