"""The page that asks for the code from the letter, the log-in after it, and the form that is sent then."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from network.accounts import log_in_by_email
from network.models import Person
from sessions_app.registration.errors import CodeGone, RegistrationError, WrongCode
from sessions_app.registration.forms import CodeForm
from sessions_app.registration.forms.registering import Part
from sessions_app.registration.links import status_path
from sessions_app.registration.models import Registration
from sessions_app.registration.services.proving import prove, send_code
from sessions_app.registration.services.registering import claim_draft
from sessions_app.registration.services.submitting import submit
from sessions_app.registration.views.register import refused
from sessions_app.registration.views.rendering import ALL, page_context
from sessions_app.registration.views.visit import Visit, visit


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the code; the page is the same for known and unknown addresses."""
    found = visit(request, slug)
    draft = found.draft
    if draft is None or not found.remembered().get("key"):
        return redirect("registration:register", slug)
    if found.person is not None:
        return redirect("registration:finish", slug)
    if request.method != "POST":
        return _page(found, draft, CodeForm())
    if request.POST.get("do") == "resend":
        return _resend(found, draft)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(found, draft, form, status=422)
    try:
        person = prove(registration=draft, code=form.cleaned_data["code"])
    except WrongCode as error:
        left = ngettext("%(n)d try is left.", "%(n)d tries are left.", error.left) % {"n": error.left}
        # gettext finds no texts inside an f-string.
        form.add_error("code", " ".join((_("This is not the code from the newest letter."), left)))
        return _page(found, draft, form, status=422)
    except CodeGone:
        form.add_error("code", _("This code is not valid any more. Let us send another one."))
        return _page(found, draft, form, status=422)
    return _log_in(found, draft, person)


def _page(found: Visit, draft: Registration, form: CodeForm, *, status: int = 200) -> HttpResponse:
    context = {**page_context(found), "form": form, "email": draft.email}
    return render(found.request, "registration/code.html", context, status=status)


def _resend(found: Visit, draft: Registration) -> HttpResponse:
    if ratelimit.consume(found.request, action="request_login_code", key=draft.email.lower()):
        send_code(registration=draft, again=True)
        messages.success(found.request, _("Another code is on its way. The one before it is void."))
    else:
        messages.error(found.request, _("Too many codes. Wait a minute, then try again."))
    return redirect("registration:code", found.event.slug)


def _log_in(found: Visit, draft: Registration, person: Person) -> HttpResponse:
    """Log the person in and send her form; where a second factor is asked first, she sends it after that."""
    finish = reverse("registration:finish", args=(found.event.slug,))
    claim_draft(draft=draft, person=person)
    response = log_in_by_email(found.request, person, email=draft.email, then=finish)
    if found.request.user != person:
        return response
    return _finish(visit(found.request, found.event.slug))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def finish(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the form of somebody who had to show her second factor first."""
    found = visit(request, slug)
    if found.person is None or found.draft is None or not found.remembered().get("key"):
        return redirect("registration:register", slug)
    if request.method != "POST":
        return render(request, "registration/finish.html", page_context(found))
    return _finish(found)


def _finish(found: Visit) -> HttpResponse:
    remembered, draft, person = found.remembered(), found.draft, found.person
    if draft is None or person is None:
        return redirect("registration:register", found.event.slug)
    try:
        registration = submit(
            registration=draft,
            actor=person,
            key=str(remembered["key"]),
            digest=str(remembered.get("digest", "")),
            invitation=found.invitation,
        )
    except RegistrationError as error:
        parts = (Part.CONSENTS,) if found.has_steps else ALL
        return refused(found, found.form(parts), error, step=3 if found.has_steps else 1)
    found.forget()
    return redirect(status_path(registration))
