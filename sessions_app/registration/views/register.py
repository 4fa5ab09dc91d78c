"""The form: one screen for an open event, three steps where somebody decides who comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sessions_app.registration.errors import NotOpenToYou, RegistrationError
from sessions_app.registration.forms.registering import Part, RegistrationForm
from sessions_app.registration.links import go_on_url, is_signed_for_draft, status_path, trial_path
from sessions_app.registration.models import Category, Registration
from sessions_app.registration.models.registrations import STATE_LABELS
from sessions_app.registration.queries import asked, live_registration, open_draft
from sessions_app.registration.services.proving import send_code
from sessions_app.registration.services.registering import Details, save_draft
from sessions_app.registration.services.sending import digest_of, send, send_link
from sessions_app.registration.services.submitting import check_open
from sessions_app.registration.services.trying import try_form
from sessions_app.registration.states import State
from sessions_app.registration.views.problems import STATUS, Problem, problem_of
from sessions_app.registration.views.rendering import (
    ALL,
    closed_page,
    form_page,
    later_page,
    no_way_page,
    summary_of,
)
from sessions_app.registration.views.visit import (
    NEW_CODE,
    Visit,
    language_of_page,
    note_extra_fields,
    visit,
)

WHO = (Part.CATEGORY, Part.WHO)
FORM = require_http_methods(["GET", "HEAD", "POST"])


def _registered_already(found: Visit) -> HttpResponse | None:
    """Lead somebody who has a registration to it."""
    if found.person is None or found.is_invited or found.is_trial:
        return None
    live = live_registration(found.event, found.person)
    if live is None or live.state == State.INVITED:
        return None
    messages.info(found.request, _("You are registered already: this is how it stands."))
    return redirect(status_path(live))


@FORM
@never_cache
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and take the form, or its first step."""
    found = visit(request, slug)
    if request.method != "POST":
        there = _registered_already(found)
        if there is not None:
            return there
        if not found.opening.is_open and not found.is_trial and not found.is_invited:
            return closed_page(found)
        if not found.is_invited and not any(choice.is_open for choice in found.choices):
            return no_way_page(found)
        form = found.form(WHO if found.has_steps else ALL)
        left = where_left(found, found.draft) if found.draft is not None else ""
        go_on = reverse(left, args=(slug,)) if left and left != "registration:register" else ""
        return form_page(found, form, step=1, go_on=go_on)
    if request.POST.get(NEW_CODE, "").strip() or request.POST.get("do") == "code":
        return _use_code(found, WHO if found.has_steps else ALL)
    if found.has_steps:
        return _take(found, WHO, step=1, then=_to("registration:questions"))
    return _take(found, ALL, step=1, then=_send)


@FORM
@never_cache
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and take the second step: the event's questions."""
    found = visit(request, slug)
    if not found.has_steps or found.draft is None or found.draft.category_id is None:
        return redirect("registration:register", slug)
    if not _has_questions(found):
        return redirect("registration:check", slug)
    if request.method != "POST":
        return form_page(found, _with_category(found, found.form([Part.QUESTIONS])), step=2)
    return _take(found, (Part.QUESTIONS,), step=2, then=_to("registration:check"))


@FORM
@never_cache
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the third step: all that was filled in, and the consents; take the answer and send it."""
    found = visit(request, slug)
    draft = found.draft
    if not found.has_steps or draft is None or draft.category_id is None:
        return redirect("registration:register", slug)
    unfinished = _unfinished_step(found, draft)
    if unfinished:
        return redirect(unfinished, slug)
    if request.method != "POST":
        form = _with_category(found, found.form([Part.CONSENTS]))
        return form_page(found, form, step=3, summary=summary_of(found, draft))
    return _take(found, (Part.CONSENTS,), step=3, then=_send)


def _use_code(found: Visit, parts: tuple[Part, ...]) -> HttpResponse:
    """Show the form once more, with all that was typed, and what the invitation code opens."""
    category = found.invitation.category.slug if found.invitation is not None else ""
    form = found.form(parts, bound=True, category=category)
    form.is_valid()
    if form.uploads:
        _keep(found, form)
        found.request.FILES.clear()
        form = found.form(parts, bound=True, category=category)
        form.is_valid()
    form.errors.clear()  # she has not sent it yet
    if found.invitation is not None:
        return form_page(found, form, step=1)
    problem = Problem(
        _("This invitation code opens nothing"),
        _("It is mistyped, used up or has expired. What you wrote stands below."),
        field="id_code",
    )
    return form_page(found, form, step=1, status=422, problem=problem)


def _with_category(found: Visit, form: RegistrationForm) -> RegistrationForm:
    """Let a later step ask what the chosen category is asked."""
    if found.draft is not None:
        form.fixed_category = found.draft.category
    return form


def _has_questions(found: Visit) -> bool:
    form = _with_category(found, found.form([Part.QUESTIONS]))
    return bool(form.question_fields())


def _unfinished_step(found: Visit, draft: Registration) -> str:
    """Return the step that lacks something, so that nobody jumps over it; empty when all is there."""
    if not draft.name or (found.person is None and not _is_email(draft.email)):
        return "registration:register"
    needed = asked(found.questions, draft.category, found.answers)
    missing = [q for q in needed if q.is_required and q.kind != "consent" and q.key not in found.answers]
    return "registration:questions" if missing else ""


def where_left(found: Visit, draft: Registration) -> str:
    """Return the step at which somebody goes on with the form that she has begun."""
    if not found.has_steps or draft.category_id is None:
        return "registration:register"
    unfinished = _unfinished_step(found, draft)
    if unfinished:
        return unfinished
    answered = {question.key for question in found.questions if question.kind != "consent"} & {*found.answers}
    return "registration:check" if answered or not _has_questions(found) else "registration:questions"


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


Then = Callable[[Visit, RegistrationForm, int], HttpResponse]


def _to(name: str) -> Then:
    """Return what keeps the step and goes on to the next."""

    def go_on(found: Visit, form: RegistrationForm, _step: int) -> HttpResponse:
        _keep(found, form)
        return redirect(name, found.event.slug)

    return go_on


def _take(found: Visit, parts: tuple[Part, ...], *, step: int, then: Then) -> HttpResponse:
    """Take a part of the form; whatever is wrong, the page comes back with all that was typed."""
    form = found.form(parts, bound=True)
    if step > 1:
        form = _with_category(found, form)
    note_extra_fields(found.request, form, found.event)
    is_valid = form.is_valid()
    if found.request.POST.get("do") == "later":
        return _later(found, form, step)
    if form.uploads:
        _keep(found, form)
        form = _again(found, parts, step)
        is_valid = form.is_valid()
    if not is_valid:
        return form_page(found, form, step=step, status=422)
    if form.wants_another_way:  # nobody is put into a category that she has not chosen
        return refused(found, form, NotOpenToYou(form.data["category"]), step=step)
    if form.unseen:
        return form_page(found, form, step=step, more=True)
    try:
        return then(found, form, step)
    except RegistrationError as error:
        return refused(found, form, error, step=step)


def _again(found: Visit, parts: tuple[Part, ...], step: int) -> RegistrationForm:
    """Return the form as it was sent, now that its files are kept with the draft."""
    for name in ("draft", "answers", "kept_files"):
        found.__dict__.pop(name, None)
    found.request.FILES.clear()
    form = found.form(parts, bound=True)
    return _with_category(found, form) if step > 1 else form


def _keep(found: Visit, form: RegistrationForm) -> Registration:
    """Keep the form as far as it is, for this browser and, once signed in, for every device."""
    draft = save_draft(
        event=found.event,
        person=found.person,
        draft=found.draft,
        details=found.details(form),
        category=form.category or (found.draft.category if found.draft else None),
        answers=form.typed_answers,
        files=form.uploads,
    )
    found.remember(draft=draft.code)
    found.__dict__["draft"] = draft
    return draft


def _send(found: Visit, form: RegistrationForm, step: int) -> HttpResponse:
    """Send the form of somebody who is signed in; let everybody else prove the e-mail first."""
    category = form.category
    if category is None:
        raise Http404
    if not (found.is_trial or found.is_invited):
        check_open(found.event, category, found.request.user, invitation=found.invitation)
    key = form.cleaned_data["key"] or form.data.get("csrfmiddlewaretoken", "")[:36]
    if found.person is None:
        return _ask_for_code(found, form, key)
    details = found.details(form)
    if found.is_trial and not found.is_invited:
        return _try(found, form, details, category)
    registration = send(
        event=found.event,
        person=found.person,
        draft=found.draft,
        details=details,
        category=category,
        answers=form.answers,
        files={},
        key=key,
        invitation=found.invitation,
    )
    found.forget()
    return redirect(status_path(registration))


def _try(found: Visit, form: RegistrationForm, details: Details, category: Category) -> HttpResponse:
    """Say what sending would have come to; nothing of it stays."""
    state = try_form(
        event=found.event,
        person=found.person,
        draft=found.draft,
        details=details,
        category=category,
        answers=form.answers,
        invitation=found.invitation,
    )
    found.forget()
    told = _("The trial went well: the registration would be “%(state)s”. Nothing of it was kept.")
    messages.success(found.request, told % {"state": dict(STATE_LABELS)[state.value]})
    return redirect(trial_path(found.event))


def _ask_for_code(found: Visit, form: RegistrationForm, key: str) -> HttpResponse:
    """Keep the form and send a code to its e-mail, known or not."""
    details = found.details(form)
    if not ratelimit.consume(found.request, action="request_login_code", key=details.email.lower()):
        problem = Problem(
            _("Too many codes"), _("Wait a minute, then send the form again. It is kept below.")
        )
        return form_page(found, form, step=3 if found.has_steps else 1, status=429, problem=problem)
    draft = save_draft(
        event=found.event,
        person=None,
        draft=found.draft,
        details=details,
        category=form.category,
        answers=form.answers,
        key=key,
    )
    digest = digest_of(details=details, category=form.category, answers=form.answers)
    found.remember(draft=draft.code, key=key, digest=digest)
    send_code(registration=draft)
    return redirect("registration:code", found.event.slug)


def refused(found: Visit, form: RegistrationForm, error: RegistrationError, *, step: int) -> HttpResponse:
    """Show the form again with all that was typed and what stands in the way."""
    problem = problem_of(error, found)
    if step == 3 and problem.field:  # it stands on an earlier step
        there = reverse("registration:questions", args=(found.event.slug,))
        problem = replace(problem, field="", url=there, action=_("Change the answer"))
    if problem.own_page:
        messages.info(found.request, problem.text)
        return redirect(problem.own_page)
    response = form_page(found, form, step=step, status=STATUS.get(type(error), 409), problem=problem)
    if response.status_code == 503:
        response["Retry-After"] = "5"
    return response


def _later(found: Visit, form: RegistrationForm, step: int) -> HttpResponse:
    """Keep the form; send an anonymous visitor the address at which it goes on."""
    email = found.details(form).email
    if found.person is None and not _is_email(email):
        for name in list(form.errors):
            if name != "email":
                del form.errors[name]
        if "email" in form.fields and "email" not in form.errors:
            form.add_error("email", _("Write your e-mail address: the link goes there."))
        return form_page(found, form, step=step, status=422)
    draft = _keep(found, form)
    if found.person is None:
        if ratelimit.consume(found.request, action="request_login_code", key=draft.email.lower()):
            send_link(draft=draft, link=go_on_url(draft, language_of_page()))
        else:
            messages.warning(found.request, _("Another link was sent a moment ago, so this time none was."))
    return redirect("registration:later", found.event.slug)


@require_safe
@never_cache
def later(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the form is kept, and how it goes on."""
    found = visit(request, slug)
    if found.draft is None:
        return redirect("registration:register", slug)
    return later_page(found, reverse(where_left(found, found.draft), args=(slug,)))


@require_safe
@never_cache
def go_on(request: HttpRequest, slug: str, code: str, signature: str) -> HttpResponse:
    """Go on with the form that the letter's address names, in this browser."""
    found = visit(request, slug)
    draft = open_draft(found.event, code, request.user)
    if draft is None or not is_signed_for_draft(draft, signature):
        raise Http404
    found.remember(draft=draft.code)
    return redirect(where_left(found, draft), slug)
