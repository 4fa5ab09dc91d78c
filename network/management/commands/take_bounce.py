"""Take a mail server's report that a letter cannot be delivered, from standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from network.bounces import LARGEST, note_bounce, read_bounce


class Command(BaseCommand):
    """Exit code 0 whatever came: a mail server must not send a report about a report."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "recipient", nargs="?", default="", help="the address that the report came to (${recipient})"
        )

    def handle(self, *args: Any, recipient: str, **options: Any) -> None:
        """Note the bounce, or say why there is none."""
        bounce = read_bounce(sys.stdin.buffer.read(LARGEST), recipient=recipient)
        if bounce is None:
            self.stdout.write("Passed over: not a report that one of our letters failed.")
        elif note_bounce(bounce):
            self.stdout.write(f"Noted: {bounce.message} came back {bounce.status}".rstrip())
        else:
            self.stdout.write("Passed over: known already.")
