"""Export an event's registrations to a CSV or XLSX file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from sessions_app.events.models import Event
from sessions_app.registration.exports import export_rows
from sessions_app.registration.models import Registration
from sessions_app.registration.states import State
from sessions_app.registration.tables.writing import write_csv, write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


class Command(BaseCommand):
    """Write every registration that was sent, with contacts and answers unless told otherwise."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=sorted(WRITERS))
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--state", choices=[state.value for state in State if state is not State.DRAFT])
        parser.add_argument("--without-contacts", action="store_true", help="leave out contacts and answers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say how many rows it has."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        rows = Registration.objects.filter(event=event).exclude(state=State.DRAFT).order_by("id")
        if options["state"]:
            rows = rows.filter(state=options["state"])
        table = export_rows(event, rows, with_contacts=not options["without_contacts"])
        try:
            with options["out"].open("wb") as file, translation.override(event.main_language):
                count = WRITERS[options["format"]](table, file)
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        self.stdout.write(f"{count - 1} registrations in {options['out']}.")
