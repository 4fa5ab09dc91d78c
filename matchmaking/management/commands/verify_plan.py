"""Check a plan against its instance with a verifier that shares no code with the scheduler; needs no database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matchmaking.management.commands.schedule_meetings import load
from matchmaking.scheduler.check import check
from matchmaking.scheduler.formats import read_instance, read_plan
from matchmaking.scheduler.model import Instance, Plan
from matchmaking.scheduler.verify import Fault, verify
from matchmaking.scheduler.words import in_words


class Command(BaseCommand):
    """Prints one line of JSON with the plan's measures and faults; ends with 0 only for a valid plan."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("instance", type=Path, help="JSON file; its form: docs/scheduling.md")
        parser.add_argument("plan", type=Path, help="JSON file as schedule_meetings writes it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge."""
        instance: Instance = load(options["instance"], read_instance)
        plan: Plan = load(options["plan"], read_plan)
        nonsense = [problem for problem in check(instance) if problem.is_malformed]
        if nonsense:
            said = "\n".join(f"- {in_words(problem)}" for problem in nonsense)
            raise CommandError(f"{options['instance']} makes no sense:\n{said}", returncode=2)
        verdict = verify(instance, plan)
        found = {
            "valid": verdict.is_valid,
            "scheduled": verdict.placed,
            "lost": verdict.lost,
            "breaks": verdict.breaks,
            "max_difference": verdict.max_difference,
            "table_changes": verdict.table_changes,
            "faults": [_fault(fault) for fault in verdict.faults],
        }
        self.stdout.write(json.dumps(found))
        if not verdict.is_valid:
            sys.exit(1)


def _fault(fault: Fault) -> dict[str, Any]:
    told = {"code": fault.code.value, "meetings": list(fault.meetings)}
    where = {"person": fault.person, "slot": fault.slot, "table": fault.table}
    return told | {name: value for name, value in where.items() if value is not None}
