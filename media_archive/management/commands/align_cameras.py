"""Tell where files of cameras lie on the first one's clock, by their sound; needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_archive.ffmpeg import MediaFault

FAULTS = {
    "empty": "The file is empty.",
    "unknown": "It is no recording.",
    "unreadable": "It is damaged.",
    "nothing_to_play": "It has no sound.",
}


class Command(BaseCommand):
    """Prints a line, or an object of JSON, for each file; ends with 1 when the first file cannot be heard."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", type=Path, nargs="+", help="the first one is the clock")
        parser.add_argument(
            "--json", action="store_true", help="print one list of JSON; see docs/alignment.md"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare every file with the first."""
        files: list[Path] = options["files"]
        with ExitStack() as stack:
            from media_archive.alignment import Sound, align, decode

            try:
                reference = Sound(stack.enter_context(decode(files[0])))
            except (MediaFault, OSError) as error:
                raise CommandError(f"{files[0]}: {_in_words(error)}") from error
            told = [_told(files[0], 0.0, 0.0, None, accepted=True, why="")]
            for path in files[1:]:
                try:
                    with decode(path) as source:
                        match = align(reference, Sound(source))
                except (MediaFault, OSError) as error:
                    told.append(_told(path, None, 0.0, 0.0, accepted=False, why=_in_words(error)))
                else:
                    told.append(_match_told(path, match))
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for each in told:
            place = "–" if each["offset_ms"] is None else f"{each['offset_ms']:.3f} ms"
            verdict = "accepted" if each["accepted"] else f"not accepted: {each['reason']}"
            self.stdout.write(f"{each['file']}  {place}  {each['clock_ppm']:+.2f} ppm  {verdict}")


def _match_told(path: Path, match: Any) -> dict[str, Any]:
    from media_archive.alignment import IN_WORDS

    return _told(
        path,
        match.offset_ms,
        match.clock_ppm,
        match.confidence,
        accepted=match.accepted,
        why=IN_WORDS[match.reason],
    )


def _told(
    path: Path, offset: float | None, ppm: float, confidence: float | None, *, accepted: bool, why: str
) -> dict[str, Any]:
    return {
        "file": str(path),
        "offset_ms": None if offset is None else round(offset, 3),
        "clock_ppm": round(ppm, 3),
        "confidence": None if confidence is None else round(confidence, 2),
        "accepted": accepted,
        "reason": why,
    }


def _in_words(error: MediaFault | OSError) -> str:
    if isinstance(error, MediaFault):
        return FAULTS.get(error.fault, f"It cannot be read ({error.fault}).")
    return error.strerror or str(error)
