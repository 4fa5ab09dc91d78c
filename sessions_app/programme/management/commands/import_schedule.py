"""Import a schedule file into an event's working programme."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.events.models import Event
from sessions_app.programme.schedule.formats.deviations import Reading
from sessions_app.programme.schedule.formats.reading import read
from sessions_app.programme.services.creating import EventNotMadeError, create_event_from_schedule
from sessions_app.programme.services.importing import ImportPlan, apply_import, plan_import


class Command(BaseCommand):
    """Exit code 0 when all is imported, 1 when anything was refused (then nothing is written)."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--format", default="auto", choices=["auto", "xml", "json", "ics", "csv", "xlsx"])
        parser.add_argument("--create", action="store_true", help="make the event when it does not exist")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, plan or apply, and print counts and every deviation with its line."""
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        slug = options["event"]
        event = Event.objects.filter(slug=slug).first()
        if event is None and not options["create"]:
            raise CommandError(f"There is no event “{slug}”. Add --create to make it from the file.")
        told = {"zone": event.timezone, "language": event.main_language} if event else {}
        reading = read(data, format=options["format"], slug=slug, **told)
        plan = None
        if not reading.errors and reading.schedule is not None:
            plan = self._import(event, reading, slug=slug, dry_run=options["dry_run"])
        self._print(reading, plan, as_json=options["json"], dry_run=options["dry_run"])
        if plan is None:
            sys.exit(1)

    def _import(self, event: Event | None, reading: Reading, *, slug: str, dry_run: bool) -> ImportPlan:
        if event is None:
            try:
                return create_event_from_schedule(slug=slug, reading=reading, actor=None, dry_run=dry_run)[1]
            except EventNotMadeError as error:
                raise CommandError(str(error)) from error
        if dry_run:
            return plan_import(event=event, reading=reading)
        return apply_import(event=event, reading=reading, actor=None)

    def _print(self, reading: Reading, plan: ImportPlan | None, *, as_json: bool, dry_run: bool) -> None:
        counts = {
            "created": plan.created if plan else 0,
            "updated": plan.updated if plan else 0,
            "unchanged": plan.unchanged if plan else 0,
            "withdrawn": plan.withdrawn if plan else 0,
        }
        if as_json:
            deviations = [
                {"level": str(item.level), "code": item.code, "line": item.line, "message": str(item)}
                for item in reading.deviations
            ]
            answer = {
                "imported": plan is not None and not dry_run,
                "dry_run": dry_run,
                "format": reading.format,
                "sessions": len(reading.schedule.sessions) if plan and reading.schedule else 0,
                **counts,
                "errors": len(reading.errors),
                "warnings": len(reading.warnings),
                "deviations": deviations,
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for item in reading.deviations:
            self.stdout.write(f"{item.level} line {item.line or '-'}: {item}")
        if plan is None:
            errors = "1 error" if len(reading.errors) == 1 else f"{len(reading.errors)} errors"
            self.stdout.write(f"Refused: {errors}. Nothing was written.")
            return
        verb = "Would be" if dry_run else "Sessions"
        words = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"{verb} {words}; {len(reading.warnings)} warnings.")
