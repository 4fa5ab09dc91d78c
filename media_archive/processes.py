"""Starts a media worker when there is work and ends it when there is none, where a machine has no memory to spare for one."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from media_archive.models import Job, JobState

_started: list[subprocess.Popen[bytes]] = []


def start_if_needed(command: str) -> bool:
    """Start ``manage.py COMMAND`` when a job waits and none that was started here runs; tell whether it was started."""
    lost = Q(state=JobState.RUNNING, leased_until__lt=timezone.now())
    return Job.objects.filter(Q(state=JobState.QUEUED) | lost).exists() and start(command)


def start(command: str) -> bool:
    """Start ``manage.py COMMAND`` unless one that was started here still runs; it ends with this process's group."""
    _started[:] = [process for process in _started if process.poll() is None]
    if _started:
        return False
    manage = Path(settings.BASE_DIR) / "manage.py"
    _started.append(subprocess.Popen([sys.executable, str(manage), command], stdin=subprocess.DEVNULL))  # noqa: S603 - our own
    return True


@contextmanager
def only_one() -> Iterator[bool]:
    """Give True to one process of the machine at a time, False to others; a lock of a killed one is gone with it."""
    path = Path(settings.VAR_DIR) / "media-worker.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
