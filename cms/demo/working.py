"""The demo's worker: one Celery process with the clock of periodic tasks in a thread of its own.

``celery worker -B`` would start a second process for the clock, which costs 70 MB.
"""

from __future__ import annotations

import warnings

from celery.beat import EmbeddedService
from celery.platforms import SecurityWarning

from config.celery import app


def main() -> None:
    """Work until a signal ends it."""
    # The demo may well run as root in a container; nothing but our own tasks can reach it.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    clock = EmbeddedService(app, thread=True)
    clock.daemon = True
    clock.start()
    options = [
        "--pool=solo",
        "--loglevel=WARNING",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    app.worker_main(["--quiet", "worker", *options])


if __name__ == "__main__":
    main()
