"""One file of a camera: its place on the clock, its small pictures, the camera that it belongs to."""

from __future__ import annotations

import base64
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from media_archive.backoffice.forms import FileCameraForm, PlaceForm
from media_archive.backoffice.scope import FormPage, RecordingPageMixin
from media_archive.models import CameraFile
from media_archive.services.filming import move_file, place_file
from media_archive.views.media import picture
from sessions_app.registration.backoffice.pages import BIGGEST_KEY


class FilePageMixin(RecordingPageMixin):
    """A page about one file of a recording."""

    file: CameraFile

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the file, or answer 404."""
        super().setup(request, *args, **kwargs)
        if kwargs["pk"] > BIGGEST_KEY:
            raise Http404
        self.file = get_object_or_404(
            CameraFile.objects.select_related("camera__recording"),
            camera__recording=self.recording, pk=kwargs["pk"],
        )  # fmt: skip

    def after(self) -> str:
        """Lead back to the recording."""
        return self.recording_url


class FileCameraView(FilePageMixin, FormPage):
    """The form that gives a file to another camera."""

    button = gettext_lazy("Move it")

    def get_page_title(self) -> str:
        """Name the file."""
        return _("Another camera for %(name)s") % {"name": self.file.name}

    def build(self, data: Any = None) -> FileCameraForm:
        """Return the form."""
        return FileCameraForm(data, file=self.file)

    def save(self, form: FileCameraForm) -> str:
        """Move the file; the cameras are brought together anew."""
        camera = move_file(file=self.file, label=form.cleaned_data["label"], actor=self.actor)
        return _("%(name)s is a file of camera %(camera)s now.") % {"name": self.file.name, "camera": camera}


class PlaceView(FilePageMixin, FormPage):
    """The nudge tool: a file's loudness under that of what is on the clock already, and two pictures."""

    template_name = "backoffice/recordings/place.html"
    page_title = gettext_lazy("Place on the clock")

    def build(self, data: Any = None) -> PlaceForm:
        """Return the form."""
        guess = self.file.proposed.get("offset_ms") if self.file.offset_ms is None else self.file.offset_ms
        ppm = self.file.clock_ppm or self.file.proposed.get("clock_ppm", 0)
        return PlaceForm(data, initial={"offset": f"{(guess or 0) / 1000:.3f}", "clock_ppm": f"{ppm:.2f}"})

    def save(self, form: PlaceForm) -> str:
        """Place the file."""
        place_file(
            file=self.file, offset_ms=float(form.cleaned_data["offset"]) * 1000,
            clock_ppm=float(form.cleaned_data["clock_ppm"] or 0), actor=self.actor,
        )  # fmt: skip
        return _("%(name)s is placed on the clock.") % {"name": self.file.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the two lines of loudness."""
        context = super().get_context_data(**kwargs)
        reference = (
            CameraFile.objects.filter(
                camera__recording=self.recording, offset_ms__isnull=False, has_sound=True
            )
            .exclude(pk=self.file.pk)
            .order_by("-match", "pk")
            .first()
        )
        if reference is None:
            return {**context, "file": self.file, "reference": None}
        return {
            **context,
            "file": self.file,
            "reference": reference,
            "file_wave": base64.b64encode(bytes(self.file.waveform)).decode(),
            "reference_wave": base64.b64encode(bytes(reference.waveform)).decode(),
            "file_pictures": self.url("backoffice_previews", self.recording.code, self.file.pk),
            "reference_pictures": self.url("backoffice_previews", self.recording.code, reference.pk),
        }


class PreviewsView(FilePageMixin, View):
    """A sheet of small pictures of a file, for the nudge tool."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the sheet."""
        sheet = request.GET.get("sheet", "1")
        if not sheet.isdecimal() or not 1 <= int(sheet) <= 1 + self.file.previews // 25:
            raise Http404
        response = picture(self.file.folder / f"previews-{int(sheet)}.jpg")
        response["Cache-Control"] = "private, max-age=3600"
        return response
