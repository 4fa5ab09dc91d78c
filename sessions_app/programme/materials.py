"""Serves the files of sessions: what a release names to everybody, the rest to the team alone."""

from __future__ import annotations

import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.programme.models import MaterialFile
from sessions_app.programme.queries import released_schedule


def material_file(request: HttpRequest, guid: uuid.UUID) -> HttpResponse:
    """Answer with the file as a download, under the name it was uploaded with; 404 for what is not public."""
    kept = get_object_or_404(MaterialFile.objects.select_related("event"), pk=guid)
    is_public = kept.event.is_public and is_released(kept.event, guid)
    if not is_public and not may(request.user, Capability.VIEW_DRAFT, kept.event):
        raise Http404
    response = _body(kept)
    response["Content-Type"] = kept.content_type
    response["Content-Disposition"] = content_disposition_header(True, kept.original_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=300" if is_public else "private, no-store"
    return response


def is_released(event: Event, guid: uuid.UUID) -> bool:
    """Tell whether the newest release names the file."""
    schedule = released_schedule(event)
    if schedule is None:
        return False
    ending = f"/files/materials/{guid}/"
    return any(link.url.endswith(ending) for session in schedule.sessions for link in session.links)


def _body(kept: MaterialFile) -> HttpResponse:
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse()
        response["X-Accel-Redirect"] = str(PurePosixPath(settings.X_ACCEL_PREFIX) / kept.path)
        return response
    try:
        return FileResponse(default_storage.open(kept.path))
    except FileNotFoundError as error:
        raise Http404 from error
