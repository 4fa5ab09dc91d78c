"""A person's ticket on paper."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions_app.admission.documents import ticket_sheet
from sessions_app.admission.paper.printing import CannotPrint, print_pdf
from sessions_app.admission.paper.texts import file_name
from sessions_app.admission.views.tickets import own_ticket
from sessions_app.registration.errors import WrongState
from sessions_app.registration.states import State


@require_safe
@login_required
@never_cache
def ticket_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Answer with the ticket to print; a process of its own makes it, within seconds or not at all."""
    ticket = own_ticket(request, code)
    if ticket.registration.state != State.CONFIRMED or ticket.blocked_reason:
        raise Http404
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    try:
        content = print_pdf(ticket_sheet(ticket, language=language))
    except WrongState as error:
        raise Http404 from error
    except CannotPrint:
        response = render(
            request, "admission/not_printed.html", {"registration": ticket.registration}, status=503
        )
        response["Retry-After"] = "10"
        return response
    return pdf_response(content, file_name(_("Ticket"), ticket.registration.name, ending="pdf"))


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download whose name may be of any script."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
