"""The questions of an event's form: list in order, form by kind, taking out and asking again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from sessions_app.registration.backoffice.pages import ActPage, FormPage, nothing_moved, step_of
from sessions_app.registration.backoffice.question_forms import (
    HELP_OF_KIND,
    SPARE_ROWS,
    QuestionForm,
    choice_rows,
)
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.backoffice.setup import propose_version
from sessions_app.registration.errors import RegistrationError, VersionNeeded
from sessions_app.registration.links import trial_path
from sessions_app.registration.models import Question, QuestionKind
from sessions_app.registration.queries_setup import all_questions, get_question
from sessions_app.registration.services.question_editing import (
    WITH_CHOICES,
    move_question,
    remove_question,
    restore_question,
    save_question,
)


class QuestionsView(RegistrationPageMixin, TemplateView):
    """The questions in the order in which they are asked, and those taken out."""

    template_name = "backoffice/registration/questions.html"
    page_title = gettext_lazy("Questions")
    section = "backoffice_questions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them with their conditions in words."""
        questions = list(all_questions(self.event))
        by_pk = {question.pk: question for question in questions}
        return {
            **super().get_context_data(**kwargs),
            "questions": [
                (question, condition_in_words(question, by_pk))
                for question in questions
                if not question.is_removed
            ],
            "removed": [question for question in questions if question.is_removed],
            "try_url": trial_path(self.event),
        }


def condition_in_words(question: Question, by_pk: Mapping[int, Question]) -> str:
    """Return after which answers the question is asked; empty when always."""
    follows = by_pk.get(question.shown_if_id or 0)
    if follows is None:
        return ""
    labels = {"yes": _("yes"), "no": _("no")} | {c.key: str(c) for c in follows.choices.all()}
    answers = ", ".join(labels.get(str(value), str(value)) for value in question.shown_if_values)
    return _("after “%(question)s”: %(answers)s") % {"question": follows, "answers": answers}


class KindsView(RegistrationPageMixin, TemplateView):
    """Chooses the kind of a new question."""

    template_name = "backoffice/registration/question_kinds.html"
    page_title = gettext_lazy("New question")
    section = "backoffice_questions"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Explain each kind."""
        kinds = [(kind, HELP_OF_KIND[kind]) for kind in QuestionKind]
        return {**super().get_context_data(**kwargs), "kinds": kinds}

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        url = reverse("backoffice_questions", args=(self.event.slug,))
        return [{"url": url, "label": _("Questions")}]


class QuestionPage(FormPage):
    """The form of a question."""

    section = "backoffice_questions"
    page_title = gettext_lazy("Question")
    template_name = "backoffice/registration/question.html"
    rows: Any = None

    def question(self) -> Question:
        """Return the question, or a new one of the kind in the address."""
        if "pk" in self.kwargs:
            return get_question(self.event, self.kwargs["pk"])
        if self.kwargs["kind"] not in QuestionKind.values:
            raise Http404
        return Question(event=self.event, kind=self.kwargs["kind"])

    def build(self, data: Any = None) -> QuestionForm:
        """Return the form, and keep the rows of its choices."""
        question = self.question()
        form = QuestionForm(data, instance=question)
        if question.kind in WITH_CHOICES:
            self.rows = choice_rows(question, data)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give more rows, or save."""
        if "more" in request.POST:
            return self._with_more_rows(request)
        return super().post(request, *args, **kwargs)

    def is_right(self, form: Any) -> bool:
        """Check the rows along with the form."""
        fine = bool(form.is_valid())
        return (self.rows is None or self.rows.is_valid()) and fine

    def _with_more_rows(self, request: HttpRequest) -> HttpResponse:
        data = request.POST.copy()
        total = data.get("choices-TOTAL_FORMS", "")
        data["choices-TOTAL_FORMS"] = str(int(total) + SPARE_ROWS if total.isdecimal() else SPARE_ROWS)
        form = self.build(data)
        form._errors = ErrorDict()
        if self.rows is not None:
            self.rows.without_errors()
        return self.show_again(form, status=200)

    def save(self, form: QuestionForm) -> str:
        """Save the question with its choices."""
        question = form.filled()
        save_question(
            question=question,
            categories=form.cleaned_data["categories"],
            choices=self.rows.drafts() if self.rows else (),
            actor=self.request.user,
            seen=form.cleaned_data.get("seen"),
        )
        return _("“%(name)s” is saved.") % {"name": question}

    def refuse(self, form: QuestionForm, error: RegistrationError) -> None:
        """Propose a version where one is needed."""
        if isinstance(error, VersionNeeded):
            propose_version(form, "text_version", error)
        else:
            super().refuse(form, error)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the rows of choices."""
        context = super().get_context_data(**kwargs)
        return {**context, "rows": self.rows, "question": context["form"].instance}

    def after(self) -> str:
        """Return to the list."""
        return reverse("backoffice_questions", args=(self.event.slug,))

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        return [{"url": self.after(), "label": _("Questions")}]


class MoveQuestionView(ActPage):
    """Moves a question up or down."""

    back = "backoffice_questions"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Move it one step."""
        question = get_question(self.event, kwargs["pk"])
        moved = move_question(question=question, step=step_of(request), actor=request.user)
        return "" if moved else nothing_moved()


class RemoveQuestionView(ActPage):
    """Takes a question out of the form."""

    back = "backoffice_questions"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Delete it, or hide it while it has answers."""
        question = get_question(self.event, kwargs["pk"])
        if remove_question(question=question, actor=request.user):
            return _("“%(name)s” is deleted.") % {"name": question}
        return _("“%(name)s” is asked no more; the answers stay readable.") % {"name": question}


class RestoreQuestionView(ActPage):
    """Asks a question again that was taken out."""

    back = "backoffice_questions"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Put it back, last in the order."""
        question = get_question(self.event, kwargs["pk"])
        restore_question(question=question, actor=request.user)
        return _("“%(name)s” is asked again, after all others.") % {"name": question}
