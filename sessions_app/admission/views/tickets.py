"""A person's ticket: its page, which opens without a network once it was seen, and its calendar."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions_app.admission.calendar import ticket_calendar
from sessions_app.admission.models import Ticket
from sessions_app.admission.pages import ticket_page
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.views.offline import kept_until_log_out
from sessions_app.registration.links import status_path
from sessions_app.registration.queries import mine


def own_ticket(request: HttpRequest, code: str) -> Ticket:
    """Return the valid ticket of the reader's registration; raise Http404 for everybody else's."""
    registration = get_object_or_404(mine(request.user), code=code.upper())
    ticket = valid_ticket(registration)
    if ticket is None:
        raise Http404
    return ticket


@require_safe
@login_required
@never_cache
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """Show the ticket with its code large, and what comes next."""
    found = own_ticket(request, code)
    context = {
        "page": ticket_page(found, now=timezone.now()),
        "event": found.event,
        "registration": found.registration,
        "status_url": status_path(found.registration),
    }
    return kept_until_log_out(request, render(request, "admission/ticket.html", context))


@require_safe
@login_required
@never_cache
def ticket_ics(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the event's days as a calendar."""
    found = own_ticket(request, code)
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    url = f"{settings.BASE_URL}/me/tickets/{found.registration.code}/"
    content = ticket_calendar(found, language=language, url=url)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.event.slug}.ics"'
    return response
