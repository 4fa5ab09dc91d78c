"""One recording at work: its files and what is done to them, its clock, cuts, words and slides."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from media_archive.backoffice.forms import CameraForm, ClockForm
from media_archive.backoffice.scope import ActPage, FormPage, RecordingPageMixin, title_of
from media_archive.backoffice.sounds import SoundRow, sound_rows
from media_archive.backoffice.waves import Wave, day_of, wave_of
from media_archive.errors import InboxAway
from media_archive.faults import sentence_of
from media_archive.inbox import inbox
from media_archive.models import (
    Camera,
    CameraFile,
    Cut,
    CutState,
    Job,
    JobState,
    Recording,
    SlideDeck,
    Step,
    Upload,
)
from media_archive.services.cutting import cut_sessions, cut_whole_day
from media_archive.services.filming import (
    change_camera,
    drop_file,
    end_of,
    place_file,
    remove_recording,
    set_clock,
    take_file,
    take_from_inbox,
)
from media_archive.services.queueing import queue, run_again
from media_archive.services.results import remove_deck
from media_archive.services.uploading import give_up_upload, take_sent
from media_archive.services.words import drop_transcript


@dataclass(frozen=True, slots=True)
class JobRow:
    """A step of work as the page shows it."""

    job: Job
    percent: int
    minutes_left: int | None
    fault: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A camera's file with its steps; ``wave`` is its loudness as a picture."""

    file: CameraFile
    jobs: tuple[JobRow, ...]
    wave: Wave | None
    sounds: tuple[SoundRow, ...]

    @property
    def is_placed(self) -> bool:
        """Whether it lies on the clock."""
        return self.file.offset_ms is not None


def job_row(job: Job, now: dt.datetime) -> JobRow:
    """Return a step as it is shown."""
    left = job.seconds_left(now)
    return JobRow(
        job,
        round(100 * job.share),
        None if left is None else max(1, round(left / 60)),
        sentence_of(job) if job.state == JobState.FAILED else "",
    )


class RecordingView(RecordingPageMixin, TemplateView):
    """Everything about one recording."""

    template_name = "backoffice/recordings/recording.html"

    def get_page_title(self) -> str:
        """Name the recording."""
        return title_of(self.recording)

    def trail(self) -> list[dict[str, Any]]:
        """The recording itself is the page."""
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the page shows."""
        now = timezone.now()
        jobs = list(self.recording.jobs.select_related("file", "deck"))
        end = end_of(self.recording) or 1
        cuts = list(Cut.objects.filter(recording=self.recording).select_related("session"))
        by_file: dict[int | None, list[JobRow]] = {}
        for job in jobs:
            by_file.setdefault(job.file_id, []).append(job_row(job, now))
        cameras = [
            (
                camera,
                [
                    FileRow(file, tuple(by_file.get(file.pk, ())), wave_of(file, end), sound_rows(file))
                    for file in camera.files.all()
                ],
            )
            for camera in self.recording.cameras.prefetch_related("files__sound_tracks")
        ]
        uploads = Upload.objects.filter(recording=self.recording, finished_at=None, person=self.actor)
        return {
            **super().get_context_data(**kwargs),
            "cameras": cameras,
            "other_jobs": by_file.get(None, []),
            "is_working": any(job.is_active for job in jobs),
            "uploads": [
                (upload, round(100 * upload.path.stat().st_size / upload.size) if upload.path.exists() else 0)
                for upload in uploads
            ],
            "cuts": cuts,
            "day": day_of(self.recording, cuts),
            "hidden_cuts": sum(cut.state != CutState.PUBLISHED for cut in cuts),
            "has_published": any(cut.state == CutState.PUBLISHED for cut in cuts),
            "end_ms": end,
            "clock_form": ClockForm(recording=self.recording),
            "chapters": list(self.recording.chapters.all()),
            "transcripts": [(one, one.cues.count()) for one in self.recording.transcripts.all()],
            "decks": list(self.recording.decks.prefetch_related("marks")),
            **_inbox(),
            "can_write_down": bool(settings.SPEECH_COMMAND),
        }


def _inbox() -> dict[str, Any]:
    """Return what lies in the inbox, None without one, and whether it cannot be reached."""
    box = inbox()
    try:
        return {"inbox": None if box is None else box.names()}
    except InboxAway:
        return {"inbox": [], "inbox_is_away": True}


class RecordingActView(RecordingPageMixin, ActPage):
    """The buttons of a recording's page."""

    def where(self) -> str:
        """Lead back to it, or to the list when it is gone."""
        is_there = Recording.objects.filter(pk=self.recording.pk).exists()
        return self.recording_url if is_there else self.hub_url

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do what the pressed button says."""
        verb, _colon, key = request.POST.get("do", "").partition(":")
        deed = DEEDS.get(verb)
        if deed is None or (key and not (key.isdecimal() and len(key) < 19)):
            raise Http404
        return deed(self, request, int(key or 0))

    def again(self, request: HttpRequest, key: int) -> str:
        """Have a step done again."""
        run_again(job=get_object_or_404(Job, recording=self.recording, pk=key), actor=self.actor)
        return _("It waits for a worker again.")

    def align(self, request: HttpRequest, key: int) -> str:
        """Have the cameras brought together again."""
        queue(recording=self.recording, step=Step.ALIGN)
        return _("The cameras are being brought together.")

    def write_down(self, request: HttpRequest, key: int) -> str:
        """Have a program write down what is said."""
        queue(recording=self.recording, step=Step.SPEECH)
        return _("What is said is being written down. It may take as long as the recording.")

    def accept(self, request: HttpRequest, key: int) -> str:
        """Take the place that the sound proposed without being sure."""
        file = self._file(key)
        if "offset_ms" not in file.proposed:
            raise Http404
        place_file(
            file=file, offset_ms=file.proposed["offset_ms"], clock_ppm=file.proposed.get("clock_ppm", 0.0),
            confidence=file.proposed.get("confidence"), actor=self.actor,
        )  # fmt: skip
        return _("%(name)s is placed as proposed.") % {"name": file.name}

    def drop(self, request: HttpRequest, key: int) -> str:
        """Take a file out of the archive."""
        file = self._file(key)
        drop_file(file=file, actor=self.actor)
        return _("%(name)s is removed, with all that was made of it.") % {"name": file.name}

    def cut(self, request: HttpRequest, key: int) -> str:
        """Cut the day by the programme."""
        result = cut_sessions(
            event=self.event, date=self.recording.date, room_name=self.recording.room_name, actor=self.actor
        )
        return _("Cut: %(made)d. Kept: %(kept)d. Not filmed: %(missed)d.") % {
            "made": len(result.made), "kept": len(result.kept), "missed": len(result.missed),
        }  # fmt: skip

    def day(self, request: HttpRequest, key: int) -> str:
        """Make the cut that shows the whole day."""
        cut_whole_day(recording=self.recording, actor=self.actor)
        return _("The whole day can be published now.")

    def remove(self, request: HttpRequest, key: int) -> str:
        """Remove the recording."""
        remove_recording(recording=self.recording, actor=self.actor)
        return _("%(name)s is removed, with all that was made of it.") % {"name": self.recording}

    def forget(self, request: HttpRequest, key: int) -> str:
        """Give an unfinished upload up."""
        try:
            wanted = uuid.UUID(request.POST.get("upload", ""))
        except ValueError as error:
            raise Http404 from error
        own = Upload.objects.filter(recording=self.recording, person=self.actor, finished_at=None)
        upload = get_object_or_404(own, pk=wanted)
        give_up_upload(upload=upload)
        return _("The upload is given up.")

    def inbox(self, request: HttpRequest, key: int) -> str:
        """Take a file that lies on the server already."""
        name = request.POST.get("name", "")
        label = request.POST.get("label", "")
        take_from_inbox(recording=self.recording, label=label, name=name, actor=self.actor)
        return _("%(name)s will be fetched.") % {"name": name}

    def send(self, request: HttpRequest, key: int) -> str:
        """Take a file that was sent with the form, for browsers without script."""
        sent = request.FILES.get("file")
        if sent is None or not sent.size:
            return ""
        if hasattr(sent, "temporary_file_path"):
            path = Path(sent.temporary_file_path())
            take_file(recording=self.recording, label=request.POST.get("label", ""), path=path, name=sent.name or "", actor=self.actor, move=False)  # fmt: skip
        else:
            take_sent(recording=self.recording, label=request.POST.get("label", ""), content=sent.read(), name=sent.name or "", actor=self.actor)  # fmt: skip
        return _("%(name)s is taken in.") % {"name": sent.name}

    def untranscribe(self, request: HttpRequest, key: int) -> str:
        """Remove a transcript."""
        drop_transcript(transcript=get_object_or_404(self.recording.transcripts, pk=key), actor=self.actor)
        return _("The transcript is removed.")

    def undeck(self, request: HttpRequest, key: int) -> str:
        """Remove slides."""
        remove_deck(deck=get_object_or_404(SlideDeck, recording=self.recording, pk=key), actor=self.actor)
        return _("The slides are removed.")

    def _file(self, key: int) -> CameraFile:
        return get_object_or_404(
            CameraFile.objects.select_related("camera__recording"), camera__recording=self.recording, pk=key
        )


DEEDS: dict[str, Any] = {
    "again": RecordingActView.again,
    "align": RecordingActView.align,
    "speech": RecordingActView.write_down,
    "accept": RecordingActView.accept,
    "drop": RecordingActView.drop,
    "cut": RecordingActView.cut,
    "day": RecordingActView.day,
    "remove": RecordingActView.remove,
    "forget": RecordingActView.forget,
    "inbox": RecordingActView.inbox,
    "send": RecordingActView.send,
    "untranscribe": RecordingActView.untranscribe,
    "undeck": RecordingActView.undeck,
}


class ClockView(RecordingPageMixin, FormPage):
    """The form of the recording's clock."""

    page_title = gettext_lazy("The clock")

    def build(self, data: Any = None) -> ClockForm:
        """Return the form."""
        return ClockForm(data, recording=self.recording)

    def save(self, form: ClockForm) -> str:
        """Set the clock."""
        seconds = float(form.cleaned_data.get("seconds") or 0)
        set_clock(
            recording=self.recording, actor=self.actor,
            starts_at=form.cleaned_data["starts_at"] + dt.timedelta(seconds=seconds),
        )  # fmt: skip
        return _("The clock is set. Cuts stay where they are on it: look whether they still fit.")

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url


class CameraView(RecordingPageMixin, FormPage):
    """The form of a camera."""

    page_title = gettext_lazy("Camera")

    def build(self, data: Any = None) -> CameraForm:
        """Return the form."""
        self.camera = get_object_or_404(Camera, recording=self.recording, pk=self.kwargs["pk"])
        return CameraForm(data, camera=self.camera)

    def save(self, form: CameraForm) -> str:
        """Save the camera."""
        change_camera(camera=self.camera, actor=self.actor, **form.cleaned_data)
        return _("The camera is saved.")

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url
