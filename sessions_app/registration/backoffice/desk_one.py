"""One registration: what it says, what became of it, and what the team may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from network.audit_words import action_words
from network.models import AuditEntry
from network.services import CannotSendAgain, send_again
from sessions_app.events.models import Event
from sessions_app.registration import team_queries
from sessions_app.registration.backoffice.desk_bulk import CancelForm, DeclineForm, MoveForm, PlainForm
from sessions_app.registration.backoffice.desk_words import (
    FIELDS,
    STATE_NAMES,
    delivery_of,
    refused,
)
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.errors import Busy, RegistrationError
from sessions_app.registration.links import status_url
from sessions_app.registration.models import AnswerFile, BulkAction, Question, Registration
from sessions_app.registration.queries import answers_of, get_for_team, questions_of, turn
from sessions_app.registration.regions import is_region, region_name, regions
from sessions_app.registration.services.deciding import approve, change_category, decline
from sessions_app.registration.services.messages import language_of
from sessions_app.registration.services.registering import Details, cancel, change, detail_names
from sessions_app.registration.states import LIVE, MOVES, State
from sessions_app.registration.wording_of_answers import in_answer_words


class OnePage(RegistrationPageMixin):
    """A page of one registration of the event; others answer 404."""

    section = "backoffice_registration_list"
    registration: Registration

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the registration."""
        super().setup(request, *args, **kwargs)
        self.registration = get_for_team(self.event, request.user, kwargs["code"])  # type: ignore[arg-type]

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        address = reverse("backoffice_registration_list", args=(self.event.slug,))
        return [{"url": address, "label": _("Registrations")}]

    def get_page_title(self) -> str:
        """Name the person."""
        return str(self.registration)

    @property
    def own_url(self) -> str:
        """The registration's page."""
        return reverse("backoffice_registration_one", args=(self.event.slug, self.registration.code))


def steps_for(registration: Registration) -> list[str]:
    """Return what the team may do to a registration in its state."""
    state = State(registration.state)
    found = []
    if state in (State.PENDING, State.DECLINED, State.CANCELLED):
        found.append(BulkAction.APPROVE.value)
    if state in LIVE:
        found.append(BulkAction.MOVE.value)
    if State.DECLINED in MOVES[state]:
        found.append(BulkAction.DECLINE.value)
    if State.CANCELLED in MOVES[state]:
        found.append(BulkAction.CANCEL.value)
    return found


FORMS: dict[str, type[PlainForm]] = {
    "approve": PlainForm,
    "decline": DeclineForm,
    "cancel": CancelForm,
    "move": MoveForm,
}


class RegistrationView(OnePage, TemplateView):
    """The registration with its log, its trail and the steps that its state allows."""

    template_name = "backoffice/registration/desk_one.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Collect what the page shows."""
        registration = self.registration
        place = turn(registration) if registration.state in LIVE else None
        steps = steps_for(registration)
        shown = kwargs.pop("forms", {})
        return {
            **super().get_context_data(**kwargs),
            "registration": registration,
            "state": STATE_NAMES[registration.state],
            "details": self._details(),
            "answers": list(self._answers()),
            "places": registration.places.select_related("quota").order_by("taken_at"),
            "turn": place,
            "messages_log": [(item, *delivery_of(item)) for item in team_queries.messages_of(registration)],
            "trail": self._trail(),
            "status_url": status_url(registration, language_of(registration)),
            "again": registration.state in (State.DECLINED, State.CANCELLED),
            "can_approve": "approve" in steps,
            "can_edit": registration.state in LIVE,
            "forms": [
                (step, BulkAction(step).label, shown.get(step) or self._form(step))
                for step in steps
                if step != "approve"
            ],
            "opened": next(iter(shown), ""),
        }

    def _details(self) -> list[tuple[Any, str]]:
        registration = self.registration
        values = {name: _told(name, getattr(registration, name) or "") for name in detail_names()}
        return [(FIELDS[name], value) for name, value in values.items() if value]

    def _answers(self) -> Any:
        """Yield question, answer in words and the file, for each question that was answered."""
        given = answers_of(self.registration)
        files = {file.question_id: file for file in self.registration.files.all()}
        for question in self.questions:
            file = files.get(question.pk)
            if question.key in given or file is not None:
                value = given.get(question.key)
                yield question, "" if value is None else in_answer_words(question, value), file

    def _trail(self) -> list[dict[str, Any]]:
        """Return who changed what, fields and questions by their names."""
        entries = list(team_queries.trail_of(self.registration)[:300])
        told = Teller(self.event, self.questions, entries)
        return [
            {
                "entry": entry,
                "action": action_words(entry.action),
                "changes": [
                    (told.name(name), told.value(name, old), told.value(name, new))
                    for name, (old, new) in entry.changes.items()
                ],
            }
            for entry in entries
        ]

    @cached_property
    def questions(self) -> list[Question]:
        """The event's questions."""
        return questions_of(self.event)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one step, or say why not."""
        step = request.POST.get("step", "")
        if step not in FORMS:
            raise Http404
        form = self._form(step, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(forms={step: form}), status=422)
        try:
            self._do(step, form)
        except RegistrationError as error:
            form.add_error(None, refused(error))
            status = 503 if isinstance(error, Busy) else 409
            if step == "approve":
                messages.error(request, refused(error))
            response = self.render_to_response(self.get_context_data(forms={step: form}), status=status)
            if status == 503:
                response["Retry-After"] = "5"
            return response
        messages.success(request, _("Done."))
        return redirect(self.own_url)

    def _form(self, step: str, data: Any = None) -> PlainForm:
        return FORMS[step](data, event=self.event, auto_id=f"id_{step}_%s")

    def _do(self, step: str, form: PlainForm) -> None:
        actor: Any = self.request.user
        registration = self.registration
        match step:
            case "approve":
                approve(registration=registration, actor=actor)
            case "decline":
                decline(registration=registration, actor=actor, reason=form.cleaned_data["reason"])
            case "cancel":
                reason = form.cleaned_data["reason"]
                cancel(registration=registration, actor=actor, reason=reason, by_team=True)
            case _:
                change_category(
                    registration=registration, category=form.cleaned_data["category"], actor=actor
                )


def _told(name: str, value: Any) -> str:
    """Return a detail as people read it."""
    text = "" if value is None else str(value)
    if name == "region" and text:
        return region_name(text)
    languages = dict(settings.LANGUAGES)
    return _(languages[text]) if name == "locale" and text in languages else text


class Teller:
    """Says old and new values of a trail in words: answers, categories and sessions by their names."""

    def __init__(self, event: Event, questions: list[Question], entries: list[AuditEntry]) -> None:
        self.questions = {question.key: question for question in questions}
        said = {(name, value) for e in entries for name, pair in e.changes.items() for value in pair
                if isinstance(value, str)}  # fmt: skip
        self.categories = team_queries.names_of_categories(event, _of("category", said))
        self.sessions = team_queries.names_of_sessions(event, _of("session", said))

    def name(self, field: str) -> Any:
        """Return what a field or question is called."""
        return FIELDS.get(field) or str(self.questions.get(field, field))

    def value(self, field: str, value: Any) -> Any:
        """Return a value in words; what nobody knows any more stays as it was written."""
        if value in (None, "", []):
            return value
        if field in self.questions and field not in FIELDS:
            return in_answer_words(self.questions[field], value)
        match field:
            case "state":
                return STATE_NAMES.get(str(value), value)
            case "category":
                return self.categories.get(str(value), value)
            case "session":
                return self.sessions.get(str(value), value)
        return _told(field, value)


def _of(field: str, said: set[tuple[str, str]]) -> list[str]:
    return sorted(value for name, value in said if name == field)


class DetailsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the person wrote of herself, as the team mends it."""

    class Meta:
        model = Registration
        fields = [
            "name", "name_latin", "email", "phone", "organisation_name", "post", "region", "locale",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        choices: list[Any] = [("", "—"), *regions()]
        if self.instance.region and not is_region(self.instance.region):
            choices.append((self.instance.region, self.instance.region))  # as somebody has imported it
        self.fields["region"] = forms.ChoiceField(
            label=_("Country or region"), choices=choices, required=False
        )
        names = [(code, _(name)) for code, name in settings.LANGUAGES]
        self.fields["locale"] = forms.ChoiceField(
            label=_("Language"), choices=[("", "—"), *names], required=False
        )

    def details(self) -> Details:
        """Return what the service writes."""
        found = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return Details(organisation=self.instance.organisation, **found)

    def _post_clean(self) -> None:
        """Leave the instance alone: the service writes, under its locks."""


class EditView(OnePage, TemplateView):
    """The form of the details."""

    template_name = "backoffice/registration/desk_edit.html"

    def get_page_title(self) -> str:
        """Say what the page is for."""
        return _("Edit: %(name)s") % {"name": self.registration}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form."""
        form = kwargs.pop("form", None) or DetailsForm(instance=self.registration)
        return {**super().get_context_data(**kwargs), "form": form, "back_url": self.own_url}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Write the details; the answers stay."""
        form = DetailsForm(request.POST, instance=self.registration)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            change(
                registration=self.registration,
                actor=request.user,  # type: ignore[arg-type]
                details=form.details(),
                answers=answers_of(self.registration),
                by_team=True,
            )
        except RegistrationError as error:
            form.add_error(None, refused(error))
            status = 503 if isinstance(error, Busy) else 409
            response = self.render_to_response(self.get_context_data(form=form), status=status)
            if status == 503:
                response["Retry-After"] = "5"
            return response
        messages.success(request, _("The registration is changed."))
        return redirect(self.own_url)


class FileView(OnePage, View):
    """A file that was given as an answer, for the team alone."""

    page_title = gettext_lazy("File")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the file as a download."""
        key: UUID = kwargs["file"]
        file = get_object_or_404(AnswerFile, registration=self.registration, pk=key)
        try:
            response = FileResponse(file.content.open("rb"))
        except FileNotFoundError as error:
            raise Http404 from error
        response["Content-Type"] = file.media_type
        response["Content-Disposition"] = content_disposition_header(True, file.name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response


class SendAgainView(OnePage, View):
    """Lets a message that came back be tried again."""

    http_method_names = ["post"]
    page_title = gettext_lazy("Send again")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put the message back into the outbox."""
        pk = kwargs["pk"] if kwargs["pk"] < 2**63 else 0
        message = get_object_or_404(team_queries.messages_of(self.registration), pk=pk)
        if message.outbox is None:
            raise Http404
        try:
            send_again(message=message.outbox, actor=request.user)  # type: ignore[arg-type]
        except CannotSendAgain:
            messages.error(
                request, _("Only a message that failed, and whose content is still kept, can be sent again.")
            )
        else:
            messages.success(request, _("The message will be tried again within a minute."))
        return redirect(self.own_url)
