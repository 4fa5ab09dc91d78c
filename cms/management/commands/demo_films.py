"""Fill the demo's archive where it is not filled yet, do what waits, and end."""

from __future__ import annotations

import os
import threading
from typing import Any

from django.core.management.base import BaseCommand

from cms.demo.archive import fill_archive
from media_archive.management.commands.media_worker import keep_working
from media_archive.processes import only_one


class Command(BaseCommand):
    """What the demo's worker starts by itself, so that its memory is given back at the end."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Work, unless another one does."""
        with only_one() as is_mine:
            if is_mine:
                os.nice(5)  # pages come first
                fill_archive()
                keep_working(threading.Event(), once=True)
