"""Import registrations from a CSV or XLSX file: all of them, or none."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.events.models import Event
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.import_words import sentence
from sessions_app.registration.models import Category
from sessions_app.registration.services.importing import ImportPlan, ImportRefused, apply_import, plan_import
from sessions_app.registration.tables.reading import Table, read_table

SHOWN = 1_000


class Command(BaseCommand):
    """Exit code 0 when all is imported, 1 when anything was refused (then nothing is written)."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--category", metavar="SLUG", help="for rows that name no category")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, plan or apply, and print counts and every problem with its line."""
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        category = None
        if options["category"]:
            category = Category.objects.filter(event=event, slug=options["category"]).first()
            if category is None:
                raise CommandError(f"The event has no category “{options['category']}”.")
        table = read_table(data)
        plan = self._import(event, table, category, dry_run=options["dry_run"])
        self._print(table, plan, as_json=options["json"], dry_run=options["dry_run"])
        if plan.problems:
            sys.exit(1)

    def _import(self, event: Event, table: Table, category: Category | None, *, dry_run: bool) -> ImportPlan:
        if dry_run:
            return plan_import(event=event, table=table, category=category)
        try:
            return apply_import(event=event, table=table, actor=None, category=category)
        except ImportRefused as refused:
            return ImportPlan(problems=list(refused.problems))
        except RegistrationError as error:
            raise CommandError(
                "Others registered at the same moment. Nothing was written; try again."
            ) from error

    def _print(self, table: Table, plan: ImportPlan, *, as_json: bool, dry_run: bool) -> None:
        counts = {"created": len(plan.created), "updated": len(plan.updated), "unchanged": plan.unchanged}
        if as_json:
            problems = [
                {"line": problem.line, "code": problem.code, "message": sentence(problem)}
                for problem in plan.problems[:SHOWN]
            ]
            answer = {
                "imported": not plan.problems and not dry_run,
                "dry_run": dry_run,
                "rows": len(table.lines),
                **counts,
                "errors": len(plan.problems),
                "problems": problems,
                "passed_over": list(table.passed_over),
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for problem in plan.problems[:SHOWN]:
            self.stdout.write(f"line {problem.line or '-'}: {sentence(problem)}")
        for heading in table.passed_over:
            self.stdout.write(f"column passed over: {heading}")
        if plan.problems:
            self.stdout.write(f"Refused: {len(plan.problems)} errors. Nothing was written.")
            return
        verb = "Would be" if dry_run else "Registrations"
        self.stdout.write(f"{verb} " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
