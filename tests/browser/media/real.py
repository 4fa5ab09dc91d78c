"""The site itself with the bytes of recordings, which stand before Django on a real server."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from config.urls import handler404, handler500
from config.urls import urlpatterns as site_patterns
from media_archive.queries.opening import find_opening
from media_archive.serving import PATH, RANGE

__all__ = ["handler404", "handler500", "urlpatterns"]


def fragment(request: HttpRequest) -> HttpResponse:
    """Answer as ``media_archive.serving`` does, within the test's own connection to the database."""
    found, asked = PATH.fullmatch(request.path), RANGE.fullmatch(request.headers.get("Range", "").encode())
    assert found
    opening = find_opening(found["slug"], found["key"] or "", found["code"])
    if opening is None:
        return HttpResponse(status=403 if found["key"] else 404)
    piece = opening.pieces[int(found["camera"]), found["name"], int(found["part"])]
    if found["version"] and int(found["version"]) != piece.version:
        return HttpResponse(status=410)
    if asked is None or not piece.holds(int(asked[1]), int(asked[2])):
        return HttpResponse(status=416)
    whole = (Path(settings.MEDIA_ROOT) / piece.path).read_bytes()
    first, last = int(asked[1]), int(asked[2])
    headers = {
        "Content-Range": f"bytes {first}-{last}/{len(whole)}",
        "Cache-Control": "private, max-age=3600",
    }
    return HttpResponse(whole[first : last + 1], status=206, content_type="video/mp4", headers=headers)


urlpatterns = [re_path(r"^media/.+\.(?:mp4|m4a)$", fragment), *site_patterns]
