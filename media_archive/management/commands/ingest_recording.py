"""Take recordings of a day and room into the archive and have them worked on."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_archive.errors import TooManyCameras
from media_archive.faults import sentence_of
from media_archive.ffmpeg import MediaFault
from media_archive.models import CameraFile, Job, JobState, Recording
from media_archive.probing import probe
from media_archive.services.filming import open_recording, take_file
from media_archive.services.sounds import name_sounds
from media_archive.sound_choice import FLOOR, language_of
from sessions_app.events.models import Event

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class Command(BaseCommand):
    """Exit code 0 when all was taken (and, with --wait, worked through), 1 when a step of a file failed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--event", required=True, metavar="SLUG")
        parser.add_argument("--day", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--room", required=True, metavar="NAME")
        parser.add_argument(
            "--camera",
            action="append",
            default=[],
            metavar="LABEL",
            help="the camera of each file, in their order; files of one label are parts of one camera",
        )
        parser.add_argument(
            "--start", metavar="TIME", help="when the first camera was switched on, by ISO 8601"
        )
        parser.add_argument(
            "--sound-language",
            action="append",
            default=[],
            metavar="TAG",
            help="the language of each sound of the files, in their order (BCP 47; mul: the floor), instead of their own tags",
        )
        parser.add_argument("--move", action="store_true", help="move the files instead of copying them")
        parser.add_argument("--wait", action="store_true", help="work them through here and now")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the files in, and tell of each."""
        event = Event.objects.filter(slug=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event “{options['event']}”.")
        files: list[Path] = options["files"]
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        labels: list[str] = options["camera"]
        if labels and len(labels) != len(files):
            raise CommandError("Give --camera once for each file, in their order, or not at all.")
        languages = [_language(tag) for tag in options["sound_language"]]
        recording = open_recording(
            event=event, date=_day(options["day"]), room_name=options["room"], actor=None,
            starts_at=_moment(options["start"], event),
        )  # fmt: skip
        taken = []
        try:
            for number, path in enumerate(files):
                label = labels[number] if labels else f"camera {number + 1}"
                sounds = probe(path).sounds if languages else ()
                if len(languages) > len(sounds):
                    raise CommandError(f"{path} has fewer sounds than --sound-language names: {len(sounds)}.")
                file = take_file(
                    recording=recording, label=label, path=path, name=path.name, actor=None, move=options["move"]
                )  # fmt: skip
                taken.append(file)
                if languages:
                    name_sounds(file=file, sounds=sounds, languages=languages)
        except MediaFault as error:
            raise CommandError(f"{path} cannot be read: {error.fault}.") from error
        except TooManyCameras as error:
            raise CommandError("A recording has at most nine cameras.") from error
        if options["wait"]:
            from media_archive.services.working import work_until_idle

            work_until_idle()
        self._tell(recording, taken, as_json=options["json"])

    def _tell(self, recording: Recording, taken: list[CameraFile], *, as_json: bool) -> None:
        told = [_told(CameraFile.objects.select_related("camera").get(pk=file.pk)) for file in taken]
        answer = {"recording": recording.code, "files": told}
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            for one in told:
                steps = ", ".join(f"{name}: {state}" for name, state in one["steps"].items())
                self.stdout.write(f"{one['name']} – camera {one['camera']}: {steps}")
                for fault in one["faults"]:
                    self.stdout.write(f"  {fault}")
        if any(one["faults"] for one in told):
            sys.exit(1)


def _told(file: CameraFile) -> dict[str, Any]:
    jobs = Job.objects.filter(file=file).order_by("id")
    return {
        "name": file.name,
        "camera": file.camera.number,
        "label": file.camera.label,
        "sha256": file.sha256,
        "duration_ms": file.duration_ms,
        "offset_ms": file.offset_ms,
        "clock_ppm": file.clock_ppm,
        "confidence": file.confidence,
        "match": file.match,
        "steps": {job.step: job.state for job in jobs},
        "faults": [sentence_of(job) for job in jobs if job.state == JobState.FAILED],
    }


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no day; write it as 2026-11-27.") from error


def _language(tag: str) -> str:
    language = language_of(tag)
    if language != FLOOR and not LANGUAGE.fullmatch(language):
        raise CommandError(f"“{tag}” is no language; write it as ru, en or pt-br, and the floor as mul.")
    return language


def _moment(text: str | None, event: Event) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no time; write it as 2026-11-27T09:00.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=event.zone)).astimezone(dt.UTC)
