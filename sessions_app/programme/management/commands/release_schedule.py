"""Publish an event's working programme as its next release."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.events.models import Event
from sessions_app.programme.backoffice.wording import Wording
from sessions_app.programme.schedule.clashes import Clash
from sessions_app.programme.services.releasing import ClashesBlockRelease, NothingToRelease, release_programme


class Command(BaseCommand):
    """Release with a note; room and person clashes need --override with a reason."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--note", required=True, metavar="TEXT")
        parser.add_argument("--override", default="", metavar="REASON", help="release in spite of clashes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Release and print the number."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        try:
            release = release_programme(
                event=event, actor=None, note=options["note"], override_reason=options["override"]
            )
        except NothingToRelease:
            self.stdout.write("Nothing has changed since the newest release.")
            return
        except ClashesBlockRelease as error:
            count = "1 clash" if len(error.clashes) == 1 else f"{len(error.clashes)} clashes"
            lines = "\n".join(_in_words(event, error.clashes))
            raise CommandError(
                f"Not released: {count}.\n{lines}\nMend what clashes, or give --override REASON."
            ) from error
        self.stdout.write(f"Release {release.number} of “{event.slug}”.")


def _in_words(event: Event, clashes: Iterable[Clash]) -> Iterator[str]:
    """Yield a line for each clash: what it is, and which sessions it is between."""
    for line in Wording(event).clashes(clashes):
        titles = [f"“{linked.title}”" for linked in (line.session, line.other) if linked]
        yield f"  {line.sentence} {' · '.join(titles)}"
