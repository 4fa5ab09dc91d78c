"""What the script of a cut's page asks for: the day's loudness, and a few seconds of film around a moment."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views import View

from media_archive.backoffice.scope import RecordingPageMixin
from media_archive.backoffice.waves import day_of
from media_archive.downloads import NotFragmented
from media_archive.models import LONGEST_MS
from media_archive.queries.clips import clip_of

AROUND = 6_000  # ms before and behind the moment that is asked for
MOST_BYTES = 64 * 1024 * 1024  # as much of a film as is held in memory


class WaveView(RecordingPageMixin, View):
    """The day's loudness: a byte for each tenth of a second from the clock's zero."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the bytes."""
        response = HttpResponse(day_of(self.recording, ()).wave, content_type="application/octet-stream")
        response["Cache-Control"] = "private, no-cache"
        return response


class ClipView(RecordingPageMixin, View):
    """Some seconds of film around ``?at=`` milliseconds of the clock; ``Clip-Start`` tells where on it they begin."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with a file, or with nothing (204) where nothing was filmed."""
        at = request.GET.get("at", "")
        if not at.isascii() or not at.isdecimal() or len(at) > 10 or int(at) > LONGEST_MS:
            raise Http404
        start = max(0, int(at) - AROUND)
        clip = clip_of(self.recording, start, int(at) + AROUND)
        if clip is None or clip.film.size > MOST_BYTES:
            return HttpResponse(status=204)
        try:
            body = b"".join(clip.film.read(0, clip.film.size - 1))
        except (NotFragmented, OSError):  # it is being made anew
            return HttpResponse(status=204)
        response = HttpResponse(body, content_type="video/mp4" if clip.has_picture else "audio/mp4")
        response["Clip-Start"] = str(start)
        response["Cache-Control"] = "private, max-age=60"
        return response
