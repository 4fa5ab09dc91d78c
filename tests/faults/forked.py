"""Processes of their own that are as warm as the test's: forked, on the test's data base, without its connections."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from django.db import connections

_fork = multiprocessing.get_context("fork")


def begin(step: Callable[..., object], *arguments: object) -> BaseProcess:
    """Take a step in a process of its own; it opens its own connections, and the test opens new ones."""
    connections.close_all()  # a connection is never shared with a child
    process = _fork.Process(target=step, args=arguments)
    process.start()
    return process


def exit_code(step: Callable[..., object], *arguments: object) -> int | None:
    """Take a step in a process of its own and return how that ended: 0, or minus the signal that killed it."""
    process = begin(step, *arguments)
    process.join()
    return process.exitcode


def die() -> None:
    """End as the power fails: nothing more is run."""
    os.kill(os.getpid(), signal.SIGKILL)
