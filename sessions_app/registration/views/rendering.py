"""Pages of the form, made of what a visit knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from network.localised import localised
from sessions_app.registration.forms.registering import Part, RegistrationForm
from sessions_app.registration.models import Question, QuestionKind, Registration
from sessions_app.registration.queries import asked
from sessions_app.registration.wording_of_answers import in_answer_words

if TYPE_CHECKING:
    from sessions_app.registration.views.problems import Problem
    from sessions_app.registration.views.visit import Visit

ALL = (Part.CATEGORY, Part.WHO, Part.QUESTIONS, Part.CONSENTS)


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """A question and its answer in words; ``url`` leads to the step that asks it, or to a kept file."""

    label: str
    text: str
    url: str = ""


def details_rows(registration: Registration) -> list[SummaryRow]:
    """Return who somebody is for the event; empty lines are left out."""
    rows = (
        (_("I take part as"), registration.category.name if registration.category else ""),
        (_("Full name"), registration.name),
        (_("Name in Latin letters"), registration.name_latin),
        (_("E-mail"), registration.email),
        (_("Organisation"), registration.organisation_name),
        (_("Post"), registration.post),
    )
    return [SummaryRow(label=label, text=text) for label, text in rows if text]


def answer_rows(
    questions: list[Question],
    registration: Registration,
    answers: dict[str, Any],
    files: dict[str, Any] | None = None,
) -> list[SummaryRow]:
    """Return what was answered, in the order of the questions."""
    return [
        SummaryRow(
            label=question.label or question.key,
            text=in_answer_words(question, answers[question.key]),
            url=files[question.key].address if files and question.key in files else "",
        )
        for question in asked(questions, registration.category, answers)
        if question.key in answers
    ]


def summary_of(found: Visit, draft: Registration) -> dict[str, Any]:
    """Return what the third step shows for checking, with the steps to go back to."""
    plain = [question for question in found.questions if question.kind != QuestionKind.CONSENT]
    return {
        "details": details_rows(draft),
        "answers": answer_rows(plain, draft, found.answers, found.kept_files),
        "details_url": reverse("registration:register", args=(found.event.slug,)),
        "answers_url": reverse("registration:questions", args=(found.event.slug,)),
    }


def form_page(
    found: Visit,
    form: RegistrationForm,
    *,
    step: int,
    status: int = 200,
    problem: Problem | None = None,
    more: bool = False,
    summary: dict[str, Any] | None = None,
    go_on: str = "",
) -> HttpResponse:
    """Answer with the form or a step of it; ``more`` says that answers have led to more questions.

    ``go_on`` is the address of the step at which somebody had left it.
    """
    if step == 3 and summary is None and found.draft is not None:
        summary = summary_of(found, found.draft)
    context = {
        **page_context(found),
        "form": form,
        "form_key": _key_for(form, problem),
        "step": step,
        "steps": _steps(found, step),
        "is_last": not found.has_steps or step == 3,
        "problem": problem,
        "more": more,
        "summary": summary,
        "go_on": go_on,
        "category": form.category,
        "is_signed_in": found.person is not None,
        "asks_code": step == 1 and found.invitation is None and not found.is_invited,
        "only": found.choices[0] if len(found.choices) == 1 and not found.is_invited else None,
        "closes": found.opening if found.opening.state == "open" else None,
    }
    return render(found.request, "registration/form.html", context, status=status)


def _key_for(form: RegistrationForm, problem: Problem | None) -> str:
    """Return the key of the next submit: the same one, unless it has been used with another content."""
    if problem is not None and problem.action:
        return str(uuid.uuid4())
    return str(form["key"].value() or uuid.uuid4())[:36]


def _steps(found: Visit, step: int) -> list[dict[str, Any]]:
    if not found.has_steps:
        return []
    names = [(_("You")), (_("Questions")), (_("Check and send"))]
    return [{"number": n, "name": name, "state": _state(n, step)} for n, name in enumerate(names, 1)]


def _state(number: int, step: int) -> str:
    return "done" if number < step else "current" if number == step else "ahead"


def page_context(found: Visit) -> dict[str, Any]:
    """Return what every page of the form shows."""
    return {
        "event": found.event,
        "event_name": localised(found.event, "name"),
        "registration_settings": found.settings,
        "zone": found.event.timezone,
        "invitation": found.invitation,
        "code": found.code,
        "is_trial": found.is_trial,
        "opening": found.opening,
        "draft": found.draft,
    }


def closed_page(found: Visit) -> HttpResponse:
    """Say when registration opens, or that it has closed."""
    return render(found.request, "registration/closed.html", page_context(found))


def no_way_page(found: Visit) -> HttpResponse:
    """Say that no way in is open to the reader, and which would be; an invitation code may open one."""
    context = {**page_context(found), "choices": found.choices, "is_signed_in": found.person is not None}
    return render(found.request, "registration/no_way.html", context)


def later_page(found: Visit, go_on: str) -> HttpResponse:
    """Say that the form is kept, and that it goes on at the address."""
    return render(found.request, "registration/later.html", {**page_context(found), "go_on": go_on})
