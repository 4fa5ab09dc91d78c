"""Cut a day's recordings into the sessions of the released programme; nothing is encoded."""

from __future__ import annotations

import datetime as dt
import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_archive.errors import NotAligned, NothingRecorded
from media_archive.models import Access
from media_archive.services.cutting import cut_sessions, publish_cut
from sessions_app.events.models import Event


class Command(BaseCommand):
    """Cuts are drafts unless --publish is given; what is cut already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--day", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--room", default="", metavar="NAME", help="one room instead of all")
        parser.add_argument("--publish", action="store_true", help="publish the new cuts for everybody")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Cut, and tell."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        try:
            date = dt.date.fromisoformat(options["day"])
        except ValueError as error:
            raise CommandError(f"“{options['day']}” is no day; write it as 2026-11-27.") from error
        began = time.monotonic()
        try:
            result = cut_sessions(event=event, date=date, room_name=options["room"], actor=None)
        except NothingRecorded as error:
            raise CommandError("There is no recording of that day, or no released programme.") from error
        except NotAligned as error:
            raise CommandError("No file of that day is on the clock yet: wait for its check.") from error
        if options["publish"]:
            for cut in result.made:
                publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
        answer = {
            "cut": [_told(cut) for cut in result.made],
            "kept": [_told(cut) for cut in result.kept],
            "not_filmed": [session.code for session in result.missed],
            "seconds": round(time.monotonic() - began, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for cut in result.made:
            self.stdout.write(f"{cut.code}  {cut.start_ms / 1000:.1f}–{cut.end_ms / 1000:.1f} s  {cut.title}")
        self.stdout.write(
            f"{len(result.made)} cut, {len(result.kept)} kept, {len(result.missed)} not filmed."
        )


def _told(cut: Any) -> dict[str, Any]:
    return {"code": cut.code, "title": cut.title, "start_ms": cut.start_ms, "end_ms": cut.end_ms}
