"""Plan the meetings of an instance in a file; needs no database. Ctrl-C ends it with the best plan so far."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matchmaking.scheduler.formats import NotAnInstance, read_instance, summary, write_plan
from matchmaking.scheduler.model import MalformedInstance, Status
from matchmaking.scheduler.words import in_words
from matchmaking.scheduler.workers import solve_side_by_side

LONGEST = 86_400.0


class Command(BaseCommand):
    """Prints one line of JSON; ends with 0 when the plan is feasible or none can exist, 1 when none was found in time."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("instance", type=Path, help="JSON file; its form: docs/scheduling.md")
        parser.add_argument(
            "--time-limit", type=float, default=60.0, help="seconds of the clock (default: 60)"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same plan (default: 1)"
        )
        parser.add_argument("--workers", type=int, default=1, help="searches side by side (default: 1)")
        parser.add_argument("--out", type=Path, required=True, help="where the plan is written, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, solve, write, tell."""
        instance = load(options["instance"], read_instance)
        seconds, workers = options["time_limit"], options["workers"]
        if not 0 < seconds <= LONGEST:
            raise CommandError(f"--time-limit: between 0 and {LONGEST:.0f} seconds", returncode=2)
        if not 1 <= workers <= 64:
            raise CommandError("--workers: between 1 and 64", returncode=2)
        asked = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: asked.set())
        try:
            result = solve_side_by_side(
                instance, seconds=seconds, seed=options["seed"], workers=workers, should_stop=asked.is_set
            )
        except MalformedInstance as error:
            said = "\n".join(f"- {in_words(problem)}" for problem in error.problems)
            raise CommandError(f"{options['instance']} makes no sense:\n{said}", returncode=2) from error
        for problem in result.problems:
            self.stderr.write(in_words(problem))
        write(options["out"], write_plan(instance, result))
        self.stdout.write(json.dumps(summary(result)))
        if result.status is Status.UNKNOWN:
            sys.exit(1)


def load[T](path: Path, read: Any) -> T:
    """Return what ``read`` makes of a JSON file; raise CommandError with 2 that says what is wrong with it."""
    try:
        found: T = read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
    except (ValueError, RecursionError, NotAnInstance) as error:
        raise CommandError(f"{path} has another form: {error}", returncode=2) from error
    return found


def write(path: Path, data: dict[str, Any]) -> None:
    """Write JSON whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)
            file.write("\n")
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error}", returncode=2) from error
