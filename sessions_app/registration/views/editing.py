"""Changing what a registration says, until the event's time for changes is over."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sessions_app.registration.errors import Busy, Closed, Full, RegistrationError, WrongState
from sessions_app.registration.forms.registering import KeptFile, Part, RegistrationForm
from sessions_app.registration.links import file_path, go_on_path, status_path
from sessions_app.registration.models import Question, QuestionKind, Registration
from sessions_app.registration.queries import answers_of, post_and_organisation, questions_of
from sessions_app.registration.services.registering import Details, change, check_deadline
from sessions_app.registration.states import LIVE, State
from sessions_app.registration.views.problems import Problem
from sessions_app.registration.views.status import actor_of, base_context, find
from sessions_app.registration.views.visit import details_from


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Show and take the form of a registration that was sent; category and e-mail stay."""
    registration = find(slug, code, signature)
    if registration.state == State.INVITED:
        return redirect(go_on_path(registration))
    if registration.state not in LIVE:
        return redirect(status_path(registration))
    questions = questions_of(registration.event)
    form = _form(request, registration, questions)
    if request.method != "POST":
        try:
            check_deadline(registration.event)
        except Closed as error:
            return _page(request, registration, form, status=409, problem=_problem(error))
        return _page(request, registration, form)
    if not form.is_valid():
        return _page(request, registration, form, status=422)
    if form.unseen:
        return _page(request, registration, form, more=True)
    try:
        _change(request, registration, form, questions)
    except RegistrationError as error:
        status = 503 if isinstance(error, Busy) else 409
        response = _page(request, registration, form, status=status, problem=_problem(error))
        if status == 503:
            response["Retry-After"] = "5"
        return response
    messages.success(request, _("Your changes are saved."))
    return redirect(status_path(registration))


def _form(request: HttpRequest, registration: Registration, questions: list[Question]) -> RegistrationForm:
    kept = {
        file.question.key: KeptFile(name=file.name, address=file_path(file, registration.event))
        for file in registration.files.select_related("question")
    }
    bound = request.method == "POST"
    names = ("name", "name_latin", "organisation_name", "post")
    return RegistrationForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        parts=(Part.WHO, Part.QUESTIONS),
        questions=questions,
        category=registration.category,
        kept=kept,
        answers=answers_of(registration),
        initial={**{name: getattr(registration, name) for name in names}, "key": str(uuid.uuid4())},
    )


def _change(
    request: HttpRequest, registration: Registration, form: RegistrationForm, questions: list[Question]
) -> None:
    # Consents are given and withdrawn on their own; here they stay as they are.
    consents = {q.key for q in questions if q.kind == QuestionKind.CONSENT}
    kept = {key: value for key, value in form.stored.items() if key in consents}
    answers = {**form.answers, **kept}
    typed = {**form.typed_details(), "email": registration.email}
    person = registration.person
    organisation = post_and_organisation(person)[1] if person is not None else None
    details: Details = details_from(typed, organisation, answers, questions)
    if details.organisation is None and details.organisation_name == registration.organisation_name:
        details = replace(details, organisation=registration.organisation)
    change(
        registration=registration,
        actor=actor_of(request, registration),
        details=replace(details, locale=registration.locale or details.locale),
        answers=answers,
        files=form.uploads,
    )


def _problem(error: RegistrationError) -> Problem:
    match error:
        case Closed():
            return Problem(
                _("The time for changes is over"), _("Nothing has been changed. Write to the organiser.")
            )
        case Full():
            return Problem(
                _("“%(name)s” is full now") % {"name": error.quota.name},
                _("Choose another answer; all else is kept."),
            )
        case WrongState():
            return Problem(
                _("The registration has moved on"), _("It cannot be changed any more; nothing was.")
            )
    return Problem(
        _("Many people are busy here at this moment"),
        _("Nothing has been changed. Save it again in a few seconds."),
    )


def _page(
    request: HttpRequest,
    registration: Registration,
    form: RegistrationForm,
    *,
    status: int = 200,
    problem: Problem | None = None,
    more: bool = False,
) -> HttpResponse:
    context = {
        **base_context(registration),
        "form": form,
        "form_key": form["key"].value(),
        "problem": problem,
        "more": more,
        "category": registration.category,
    }
    return render(request, "registration/edit.html", context, status=status)
