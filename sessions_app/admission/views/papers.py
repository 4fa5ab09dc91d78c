"""What is printed while somebody waits: a person's ticket, and a guest's badge at a gate."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from network.models import Person
from network.paper.printing import CannotPrint, print_pdf
from network.paper.texts import file_name
from network.web.pages import pdf_response
from sessions_app.admission.documents import ticket_sheet
from sessions_app.admission.queries import gates_of, get_event_for_door, guests_of
from sessions_app.admission.services.papers import print_badge
from sessions_app.admission.views.tickets import own_ticket
from sessions_app.registration.errors import WrongState
from sessions_app.registration.models import Registration
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
        return _not_printed(request, ticket.registration)
    return pdf_response(content, file_name(_("Ticket"), ticket.registration.name, ending="pdf"))


@require_safe
@login_required
@never_cache
def gate_badge(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Answer with a guest's badge, shown at once, at a gate that prints them; elsewhere there is none."""
    event = get_event_for_door(slug, request.user)
    gate = get_object_or_404(gates_of(event).exclude(badge_size=""), slug=request.GET.get("gate", ""))
    registration = get_object_or_404(guests_of(event), code=code.upper())
    assert isinstance(request.user, Person)  # noqa: S101  tells the type only
    try:
        content = print_badge(registration=registration, gate=gate, actor=request.user)
    except CannotPrint:
        return _not_printed(request)
    name = file_name(_("Badge"), registration.name, ending="pdf")
    return pdf_response(content, name, is_download=False)


def _not_printed(request: HttpRequest, registration: Registration | None = None) -> HttpResponse:
    context = {"registration": registration, "again": request.get_full_path()}
    response = render(request, "admission/not_printed.html", context, status=503)
    response["Retry-After"] = "10"
    return response
