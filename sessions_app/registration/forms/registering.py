"""The form of an event: categories, who somebody is, the event's questions, and consents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.web.uploads import CheckedUpload
from sessions_app.registration.forms.fields import field_of, to_initial, to_plain
from sessions_app.registration.forms.widgets import FileKept, Radios
from sessions_app.registration.models import Category, Question, QuestionKind
from sessions_app.registration.queries import asked

PREFIX = "q-"
SHOWN = "shown"
DETAILS = ("name", "name_latin", "email", "organisation_name", "post")
# What may be kept as it was typed while it is not right yet.
_TYPED = frozenset({"text", "long_text", "number", "phone", "email"})


class Part(StrEnum):
    """A part of the form; an open event shows all of them on one screen."""

    CATEGORY = "category"
    WHO = "who"
    QUESTIONS = "questions"
    CONSENTS = "consents"


@dataclass(frozen=True, kw_only=True)
class CategoryChoice:
    """A category as the form offers it; ``note`` says its places or its times."""

    category: Category
    note: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class AskedField:
    """A question's field with what decides whether it is asked; ``is_shown`` as things stand now."""

    question: Question
    field: forms.BoundField
    is_shown: bool
    categories: str
    after: str
    values: str


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that was uploaded with the form before."""

    name: str
    address: str = ""


class RegistrationForm(forms.Form):
    """Made for one event and one reader.

    What is asked depends on the category and on other answers. A question that is asked but did not
    stand on the page that was sent is no error: it comes up in ``unseen``, and the page shows it next.
    """

    use_required_attribute = False

    key = forms.CharField(max_length=36, widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        parts: Collection[Part],
        questions: Iterable[Question],
        choices: Iterable[CategoryChoice] = (),
        category: Category | None = None,
        asks_email: bool = False,
        consent_text: str = "",
        kept: Mapping[str, KeptFile] | None = None,
        answers: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}), auto_id="id_%s")
        self.parts, self.kept = parts, kept or {}
        self.choices = list(choices)
        self.fixed_category = category
        self.stored = dict(answers or {})  # what other steps have answered
        self.questions = [question for question in questions if self._is_mine(question)]
        self.all_questions = list(questions)
        self.asked: list[Question] = []
        self.unseen: list[Question] = []
        if Part.CATEGORY in parts and len(self.choices) > 1:
            self._add_categories()
        if Part.WHO in parts:
            self._add_details(asks_email=asks_email)
        for question in self.questions:
            self._add_question(question)
        if Part.CONSENTS in parts and consent_text:
            self.fields["consent"] = forms.BooleanField(
                label=_("I agree to the processing of my data"),
                help_text=consent_text,
                error_messages={"required": _("Tick the box: we cannot take your registration without it.")},
            )

    def _is_mine(self, question: Question) -> bool:
        part = Part.CONSENTS if question.kind == QuestionKind.CONSENT else Part.QUESTIONS
        return part in self.parts

    def _add_categories(self) -> None:
        field = forms.ChoiceField(
            label=_("I take part as"),
            choices=[(choice.category.slug, choice.category.name) for choice in self.choices],
            widget=Radios,
            error_messages={
                "required": _("Choose as what you take part."),
                "invalid_choice": _("Choose as what you take part."),
            },
        )
        field.widget.closed = [choice.category.slug for choice in self.choices if not choice.is_open]
        self.fields["category"] = field

    def _add_details(self, *, asks_email: bool) -> None:
        def line(
            label: str, hint: str = "", *, required: bool = False, auto: str = "", size: int = 200
        ) -> forms.CharField:
            attributes = {"autocomplete": auto} if auto else {}
            return forms.CharField(
                label=label, help_text=hint, required=required, max_length=size,
                widget=forms.TextInput(attributes), error_messages={"required": _("Write your name.")},
            )  # fmt: skip

        self.fields["name"] = line(
            _("Full name"), _("As it should stand on your badge."), required=True, auto="name"
        )
        self.fields["name_latin"] = line(_("Name in Latin letters"), _("For guests who read no Cyrillic."))
        if asks_email:
            self.fields["email"] = forms.EmailField(
                label=_("E-mail"),
                max_length=254,
                help_text=_("We send a code to it, and later your ticket. You need no password."),
                widget=forms.EmailInput({"autocomplete": "email"}),
                error_messages={"required": _("Write your e-mail address.")},
            )
        self.fields["organisation_name"] = line(_("Organisation"), auto="organization", size=300)
        self.fields["post"] = line(_("Post"), auto="organization-title", size=300)

    def _add_question(self, question: Question) -> None:
        field = field_of(question)
        if isinstance(field.widget, FileKept) and question.key in self.kept:
            kept = self.kept[question.key]
            field.widget.kept, field.widget.address = kept.name, kept.address
            field.widget.may_remove = not question.is_required
        name = PREFIX + question.key
        self.fields[name] = field
        if question.key in self.stored:
            self.initial.setdefault(name, to_initial(question, self.stored[question.key]))

    # --- What was sent ------------------------------------------------------------------------

    @property
    def category(self) -> Category | None:
        """The category as it was chosen, is fixed, or is the only one."""
        if self.fixed_category is not None:
            return self.fixed_category
        if len(self.choices) == 1:
            return self.choices[0].category
        slug = self.data.get("category") if self.is_bound else self.initial.get("category")
        return next((choice.category for choice in self.choices if choice.category.slug == slug), None)

    @property
    def wants_another_way(self) -> bool:
        """Whether a category was chosen that is not offered any more, and the only other one asks no choice."""
        wanted = self.data.get("category") if self.is_bound else ""
        if not wanted or Part.CATEGORY not in self.parts or self.fixed_category is not None:
            return False
        return all(choice.category.slug != wanted for choice in self.choices)

    def clean(self) -> dict[str, Any]:
        """Decide what is asked, and forget what is wrong with questions that are not, or were not shown."""
        data = super().clean() or {}
        self.asked = asked(self.all_questions, self.category, self._answers(data))
        shown = set(self.data.getlist(SHOWN)) if hasattr(self.data, "getlist") else set()
        asked_keys = {question.key for question in self.asked}
        for question in self.questions:
            if question.key not in asked_keys or question.key not in shown:
                self._errors.pop(PREFIX + question.key, None)
            if question.key in asked_keys and question.key not in shown:
                self.unseen.append(question)
        return data

    def _answers(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers by the questions' keys, those of other steps too."""
        found = {**self.stored}
        for question in self.questions:
            value = self._answer(question, data)
            if value in (None, "", []):
                found.pop(question.key, None)
            else:
                found[question.key] = value
        return found

    def _answer(self, question: Question, data: Mapping[str, Any]) -> Any:
        value = data.get(PREFIX + question.key)
        if question.kind == QuestionKind.FILE and value is None and question.key in self.kept:
            return self.kept[question.key].name
        if question.kind in (QuestionKind.CONSENT, QuestionKind.FILE) and value is False:
            return None
        return to_plain(value)

    @property
    def answers(self) -> dict[str, Any]:
        """What is asked and answered, by the questions' keys, as it is kept."""
        keys = {question.key for question in self.asked}
        return {key: value for key, value in self._answers(self.cleaned_data).items() if key in keys}

    @property
    def typed_answers(self) -> dict[str, Any]:
        """The answers, and what was typed but is not right yet, for keeping a form that is not finished."""
        found = self._answers(getattr(self, "cleaned_data", {}))
        for question in self.questions:
            typed = self.data.get(PREFIX + question.key, "")
            if question.kind in _TYPED and question.key not in found and typed:
                found[question.key] = str(typed).replace("\x00", "")[:5000]
        return found

    @property
    def uploads(self) -> dict[str, CheckedUpload | None]:
        """New files by the questions' keys; None for one that is taken away."""
        found: dict[str, CheckedUpload | None] = {}
        for question in self.questions:
            value = self.cleaned_data.get(PREFIX + question.key) if hasattr(self, "cleaned_data") else None
            if isinstance(value, CheckedUpload):
                found[question.key] = value
            elif question.kind == QuestionKind.FILE and value is False:
                found[question.key] = None
        return found

    def typed_details(self) -> dict[str, str]:
        """Return who somebody says she is, also while it is not right yet."""
        cleaned = getattr(self, "cleaned_data", {})
        limits = {"name": 200, "name_latin": 200, "email": 254, "organisation_name": 300, "post": 300}
        return {
            name: str(cleaned.get(name, self.data.get(name, ""))).replace("\x00", "").strip()[: limits[name]]
            for name in DETAILS
            if name in self.fields
        }

    def known_names(self) -> set[str]:
        """Return the names that this form sends by itself."""
        names = {*self.fields, SHOWN, "csrfmiddlewaretoken", "code", "new-code", "do", "category", "key"}
        return names | {f"{name}-remove" for name in self.fields} | {
            f"{PREFIX}{question.key}" for question in self.all_questions
        }  # fmt: skip

    # --- What the page shows ------------------------------------------------------------------

    def detail_fields(self) -> Iterator[forms.BoundField]:
        """Yield the fields of who somebody is."""
        return (self[name] for name in DETAILS if name in self.fields)

    def category_options(self) -> list[tuple[SafeString, CategoryChoice]]:
        """Return the radio button of each category with what is said of it."""
        if "category" not in self.fields:
            return []
        return [(button.tag(), choice) for button, choice in zip(self["category"], self.choices, strict=True)]

    @property
    def category_field(self) -> forms.BoundField | None:
        """The choice of a category, where there is one."""
        return self["category"] if "category" in self.fields else None

    @property
    def consent_field(self) -> forms.BoundField | None:
        """The consent to the processing of data, where the event asks for it."""
        return self["consent"] if "consent" in self.fields else None

    @property
    def has_consents(self) -> bool:
        """Whether this part asks for any consent."""
        return self.consent_field is not None or bool(self._in_part(consents=True))

    def question_fields(self) -> list[AskedField]:
        """Return the questions of this part, those to be shown now marked."""
        return [self._asked_field(question) for question in self._in_part(consents=False)]

    def consent_fields(self) -> list[AskedField]:
        """Return the consents of this part."""
        return [self._asked_field(question) for question in self._in_part(consents=True)]

    def _in_part(self, *, consents: bool) -> list[Question]:
        """Leave out questions that none of the categories on the page would be asked."""
        slugs = {choice.category.slug for choice in self.choices} if "category" in self.fields else set()
        if self.category is not None:
            slugs.add(self.category.slug)
        return [
            question
            for question in self.questions
            if (question.kind == QuestionKind.CONSENT) is consents
            and (not question.categories.all() or slugs & {c.slug for c in question.categories.all()})
        ]

    def _asked_field(self, question: Question) -> AskedField:
        if not self.is_bound and not self.asked:
            self.asked = asked(self.all_questions, self.category, self._typed_initial())
        follows = question.shown_if
        return AskedField(
            question=question,
            field=self[PREFIX + question.key],
            is_shown=question.pk in {one.pk for one in self.asked},
            categories=" ".join(category.slug for category in question.categories.all()),
            after=PREFIX + follows.key if follows is not None else "",
            values=" ".join(str(value) for value in question.shown_if_values) if follows is not None else "",
        )

    def _typed_initial(self) -> dict[str, Any]:
        return dict(self.stored)


class CodeForm(forms.Form):
    """The six digits that came by mail."""

    use_required_attribute = False

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("Six digits."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Write the code from the letter.")},
    )

    def clean_code(self) -> str:
        """Return the digits alone."""
        return "".join(sign for sign in self.cleaned_data["code"] if sign in "0123456789")
