"""Playlists, captions and pictures of a cut; what an address opens is decided in one place.

The bytes of recordings themselves are answered by ``media_archive.serving``.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from media_archive.links import read_key
from media_archive.models import Access, Camera, Cut, Material, Transcript
from media_archive.pages.watch import chapters_of
from media_archive.permissions import may_edit
from media_archive.queries.decks import decks_of
from media_archive.queries.opening import cameras_of, open_cut
from media_archive.queries.playing import file_at, master_of, playlist_of, previews_vtt, slides_in
from media_archive.queries.words import lines_of
from media_archive.transcripts import write_srt, write_vtt

PLAYLIST = "application/vnd.apple.mpegurl"
EXPIRED = b"This address has ended. Load the page again."


def _open(slug: str, key: str, code: str) -> Cut | HttpResponse:
    """Return the cut; a key that has ended answers 403, all else that does not open is not there."""
    cut = open_cut(slug, key, code)
    if cut is not None:
        return cut
    if key and read_key(key, slug=slug, code=code) is None:  # whoever had one learns that it has ended
        return HttpResponse(EXPIRED, status=403, content_type="text/plain; charset=utf-8")
    raise Http404


def _camera(cut: Cut, number: int) -> Camera:
    for camera in cameras_of(cut.recording):
        if camera.number == number:
            return camera
    raise Http404


def _kept(response: HttpResponse, cut: Cut, key: str, seconds: int) -> HttpResponse:
    is_public = not key and cut.access == Access.PUBLIC
    response["Cache-Control"] = f"{'public' if is_public else 'private'}, max-age={seconds}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def master(request: HttpRequest, slug: str, code: str, camera: int, key: str = "") -> HttpResponse:
    """Answer with a camera's master playlist."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    return _kept(HttpResponse(master_of(cut, _camera(cut, camera)), content_type=PLAYLIST), cut, key, 20)


@require_safe
def playlist(
    request: HttpRequest, slug: str, code: str, camera: int, name: str, key: str = ""
) -> HttpResponse:
    """Answer with the playlist of one rendition of a camera."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    body = playlist_of(cut, _camera(cut, camera), name)
    if body is None:
        raise Http404
    return _kept(HttpResponse(body, content_type=PLAYLIST), cut, key, 20)


@require_safe
def captions(
    request: HttpRequest, slug: str, code: str, language: str, form: str, key: str = ""
) -> HttpResponse:
    """Answer with what is said in the cut, as WebVTT, SRT or plain text."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    transcript = Transcript.objects.filter(recording=cut.recording_id, language=language).first()
    if transcript is None:
        raise Http404
    lines = lines_of(transcript, cut)
    if form == "vtt":
        response = HttpResponse(
            write_vtt(lines, start_ms=cut.start_ms, end_ms=cut.end_ms), content_type="text/vtt; charset=utf-8"
        )
    elif form == "srt":
        response = HttpResponse(
            write_srt(lines, start_ms=cut.start_ms), content_type="application/x-subrip; charset=utf-8"
        )
    else:
        said = (f"{line.speaker}: {line.text}" if line.speaker else line.text for line in lines)
        response = HttpResponse("\n".join(said) + "\n", content_type="text/plain; charset=utf-8")
    if "download" in request.GET or form != "vtt":
        response["Content-Disposition"] = f'attachment; filename="{code}-{language}.{form}"'
    if not key and cut.access == Access.PUBLIC:  # players of podcasts are pages, too
        response["Access-Control-Allow-Origin"] = "*"
    return _kept(response, cut, key, 60)


@require_safe
def chapters(request: HttpRequest, slug: str, code: str, key: str = "") -> HttpResponse:
    """Answer with the parts of the cut as podcast chapters 1.2."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    parts = [{"startTime": part["start"], "title": part["title"]} for part in chapters_of(cut)]
    response = JsonResponse({"version": "1.2.0", "chapters": parts}, content_type="application/json+chapters")
    response["Access-Control-Allow-Origin"] = "*"
    return _kept(response, cut, key, 60)


@require_safe
def poster(request: HttpRequest, slug: str, code: str, camera: int, key: str = "") -> HttpResponse:
    """Answer with the picture that stands for a camera of the cut, or (camera 0) for the cut."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    cameras = [_camera(cut, camera)] if camera else cameras_of(cut.recording)
    file = next(filter(None, (file_at(one, cut.poster_ms) for one in cameras)), None)
    if file is None:
        raise Http404
    own = file.folder / cut.poster_name
    return _kept(picture(own if own.exists() else file.folder / "poster.jpg"), cut, key, 3600)


@require_safe
def previews(request: HttpRequest, slug: str, code: str, camera: int, key: str = "") -> HttpResponse:
    """Answer with the list of small pictures that players show above their bar."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    body = previews_vtt(cut, _camera(cut, camera))
    return _kept(HttpResponse(body, content_type="text/vtt; charset=utf-8"), cut, key, 60)


@require_safe
def preview_sheet(
    request: HttpRequest, slug: str, code: str, camera: int, number: int, sheet: int, key: str = ""
) -> HttpResponse:
    """Answer with a sheet of small pictures, if any of them lies within the cut."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    files = [file for file in _camera(cut, camera).files.all() if file.previews]
    if not 1 <= number <= len(files):
        raise Http404
    file = files[number - 1]
    reach = 25 * 1000 * file.preview_seconds
    first, last = file.on_clock((sheet - 1) * reach), file.on_clock(sheet * reach)
    if last <= cut.start_ms or first >= cut.end_ms:
        raise Http404
    return _kept(picture(file.folder / f"previews-{sheet}.jpg"), cut, key, 3600)


@require_safe
def slide(request: HttpRequest, slug: str, code: str, deck: int, page: int, key: str = "") -> HttpResponse:
    """Answer with a page of slides that are shown in the cut."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    found = next((mark.deck for mark in slides_in(cut) if (mark.deck_id, mark.page) == (deck, page)), None)
    if found is None:
        raise Http404
    return _kept(picture(found.folder / f"{page}.jpg"), cut, key, 3600)


@require_safe
def deck(request: HttpRequest, slug: str, code: str, deck: int, key: str = "") -> HttpResponse:
    """Answer with the slides of the cut's session as a PDF file."""
    cut = _open(slug, key, code)
    if isinstance(cut, HttpResponse):
        return cut
    found = next((one for one in decks_of(cut) if one.pk == deck), None)
    if found is None:
        raise Http404
    response = _file(Path(settings.MEDIA_ROOT) / found.path, "application/pdf")
    name = f"{found.title[:80]}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(response, cut, key, 60)


def picture(path: Path) -> HttpResponse:
    """Return a picture of the archive, or raise Http404; it is small enough to be answered at once."""
    if settings.X_ACCEL_PREFIX:
        return _file(path, "image/jpeg")
    try:
        return HttpResponse(path.read_bytes(), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error


def _file(path: Path, content_type: str) -> HttpResponse:
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        inside = path.relative_to(settings.MEDIA_ROOT)
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{inside}"
        return response
    try:
        return FileResponse(path.open("rb"), content_type=content_type)
    except FileNotFoundError as error:
        raise Http404 from error


@require_safe
def material(request: HttpRequest, guid: uuid.UUID) -> HttpResponse:
    """Answer with a material's file as a download; 404 for what is not published, but for the team."""
    found = Material.objects.select_related("event").filter(guid=guid).exclude(path="").first()
    if found is None or not (
        (found.is_published and found.event.is_public) or may_edit(request.user, found.event)
    ):
        raise Http404
    response = _file(Path(settings.MEDIA_ROOT) / found.path, found.content_type)
    response["Content-Disposition"] = content_disposition_header(True, found.original_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=300" if found.is_published else "private, no-store"
    return response
