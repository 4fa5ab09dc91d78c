"""Measure what suggestions are worth and cost: texts found, reciprocity, spread, seconds; needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

DATA = settings.BASE_DIR / "tests" / "matchmaking" / "ranking" / "data"


class Command(BaseCommand):
    """``texts`` are pairs that name the thing alike, ``texts_reworded`` pairs that avoid even that."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--data", type=Path, default=DATA, help="folder of the test sets")
        parser.add_argument("--people", type=int, default=5000, help="in the exchange that is computed whole")
        parser.add_argument("--page-people", type=int, default=2000, help="in that of which one page is made")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print all measures by name."""
        from matchmaking.ranking.bench import bench  # numpy and the encoder, which no other command needs

        if not (options["data"] / "pairs.toml").is_file():
            raise CommandError(f"There is no pairs.toml in {options['data']}.")
        found = bench(
            options["data"],
            people=options["people"],
            page_people=options["page_people"],
            seed=options["seed"],
        )
        if options["json"]:
            self.stdout.write(json.dumps(_rounded(found), indent=2))
            return
        for part, numbers in found.items():
            for name, value in (numbers if isinstance(numbers, dict) else {"": numbers}).items():
                shown = f"{value:.3f}" if isinstance(value, float) else str(value)
                self.stdout.write(f"{part:<24} {name:<28} {shown}")


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(value) for name, value in found.items()}
    return round(found, 4) if isinstance(found, float) else found
