"""Where an upload begins: the creation of tus 1.0, behind the back office's own doors."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views import View

from media_archive.backoffice.scope import RecordingPageMixin
from media_archive.errors import MediaError
from media_archive.refusals import in_words
from media_archive.services.uploading import TooLarge, begin_upload
from media_archive.uploads import EXTENSIONS, PREFIX, VERSION


class UploadsView(RecordingPageMixin, View):
    """Answers a tus client that wants to send a file."""

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what the server can."""
        return self._answer(
            204,
            **{
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(settings.MAX_RECORDING_BYTES),
            },
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make room for a file and say where its bytes go."""
        if request.headers.get("Tus-Resumable") != VERSION:
            return self._answer(412, "Speak tus 1.0.0.", **{"Tus-Version": VERSION})
        length = request.headers.get("Upload-Length", "")
        if not length.isdecimal() or len(length) > 15:
            return self._answer(400, "Say in Upload-Length how many bytes the file has.")
        told = metadata(request.headers.get("Upload-Metadata", ""))
        try:
            upload = begin_upload(
                recording=self.recording, person=self.actor, name=told.get("filename", "recording"), size=int(length),
                camera_label=told.get("camera", ""), sha256=told.get("sha256", ""),
            )  # fmt: skip
        except TooLarge as error:
            return self._answer(413, in_words(error))
        except MediaError as error:
            return self._answer(409, in_words(error))
        return self._answer(201, Location=f"{PREFIX}{upload.pk}/")

    def _answer(self, status: int, words: str = "", **headers: str) -> HttpResponse:
        response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        for name, value in headers.items():
            response[name] = value
        return response


def metadata(header: str) -> dict[str, str]:
    """Return what ``Upload-Metadata`` tells: names with values in base64, separated by commas; nonsense is left out."""
    found = {}
    for pair in header.split(",")[:20]:
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")[:500]
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found
