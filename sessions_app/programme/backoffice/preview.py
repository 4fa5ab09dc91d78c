"""A session of the working programme as its public page would show it; for the team alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from network.localised import localised
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.pages.session import session_page
from sessions_app.programme.queries import draft_schedule


@require_safe
def session_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the session in the language of the address; one without a time has no page to show."""
    events = with_capability(request.user, Capability.VIEW_DRAFT)
    session = get_object_or_404(Session.objects.select_related("event__venue"), pk=pk, event__in=events)
    if session.start is None or session.state == SessionState.WITHDRAWN:
        messages.warning(request, _("A session gets its page when it has a time and is not withdrawn."))
        return redirect("sessions:edit", pk)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    with translation.override(language):
        body = render_to_string("backoffice/session_preview.html", _context(session, language), request)
    response = HttpResponse(body)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _context(session: Session, language: str) -> dict[str, Any]:
    event: Event = session.event
    schedule = draft_schedule(event, states=(SessionState.READY, SessionState.DRAFT))
    reader = Reader(schedule, language)
    page = session_page(reader, session.code)
    return {
        "event": event,
        "event_slug": event.slug,
        "event_title": reader.words(schedule.title),
        "section": "programme",
        "reader_of": reader,
        "page": page,
        "zone": event.timezone,
        "venue": reader.words(schedule.venue),
        "map_url": event.venue.map_url if event.venue else "",
        "access_notes": reader.words(localised(event.venue, "access_notes")) if event.venue else "",
        "calendar": None,
        "edit_url": reverse("sessions:edit", args=(session.pk,)),
        "others": [(code, name) for code, name in settings.LANGUAGES if code != language],
    }
