"""Write the badges of an event's confirmed people to a PDF file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from network.paper.printing import CannotPrint, print_pdf
from sessions_app.admission.documents import SHEETS, SIZES, badges
from sessions_app.events.models import Event
from sessions_app.registration.models import Category, Registration
from sessions_app.registration.states import State

LONGEST = 600.0  # seconds


class Command(BaseCommand):
    """Print badges by name, each on two pages."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--format", default="105x148", choices=sorted(SIZES))
        parser.add_argument("--sheet", default="single", choices=SHEETS, help="one a page, or A4 to cut")
        parser.add_argument("--category", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say how many badges it has."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        rows = Registration.objects.filter(event=event, state=State.CONFIRMED).select_related("category")
        if options["category"]:
            if not Category.objects.filter(event=event, slug=options["category"]).exists():
                raise CommandError(f"The event has no category “{options['category']}”.")
            rows = rows.filter(category__slug=options["category"])
        people = list(rows.order_by("name", "id"))
        if not people:
            raise CommandError("Nobody is confirmed, so there is nothing to print.")
        document = badges(event, people, size=options["format"], sheet=options["sheet"])
        try:
            options["out"].write_bytes(print_pdf(document, seconds=LONGEST))
        except CannotPrint as error:
            raise CommandError(f"The badges could not be printed: {error}.") from error
        except OSError as error:
            raise CommandError(f"Cannot write {options['out']}: {error.strerror}.") from error
        self.stdout.write(f"{len(people)} badges in {options['out']}.")
