"""Write an event's released programme as an exchange file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.events.models import Event
from sessions_app.programme.exports import FORMATS, export
from sessions_app.programme.queries import released_schedule


class Command(BaseCommand):
    """Write the newest release; drafts are never exported."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--language", default=None)
        parser.add_argument("--out", required=True, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        schedule = released_schedule(event)
        if schedule is None:
            raise CommandError(f"The programme of “{event.slug}” is not released yet.")
        data = export(schedule, options["format"], language=options["language"], contact=event.contact_email)
        try:
            options["out"].write_bytes(data)
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        self.stdout.write(f"{len(schedule.sessions)} sessions, {len(data)} bytes: {options['out']}")
