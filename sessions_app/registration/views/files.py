"""Serves the files that people gave as answers: to their owner and to the event's team alone."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from network.models import Person
from sessions_app.events.permissions import Capability, may
from sessions_app.registration.models import AnswerFile
from sessions_app.registration.views.visit import SESSION


@require_safe
def answer_file(request: HttpRequest, slug: str, guid: uuid.UUID) -> HttpResponse:
    """Answer with the file as a download under the name it was uploaded with."""
    kept = get_object_or_404(
        AnswerFile.objects.select_related("registration__event"), pk=guid, registration__event__slug=slug
    )
    registration = kept.registration
    owns = isinstance(request.user, Person) and registration.person_id == request.user.pk
    remembered = request.session.get(SESSION, {}).get(str(registration.event_id), {})
    fills_in = registration.person_id is None and remembered.get("draft") == registration.code
    if not (owns or fills_in or may(request.user, Capability.REGISTRATION, registration.event)):
        raise Http404
    try:
        response = FileResponse(default_storage.open(kept.content.name))
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Type"] = kept.media_type
    response["Content-Disposition"] = content_disposition_header(True, kept.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
