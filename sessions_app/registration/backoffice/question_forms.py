"""The form of a question: only what its kind needs, its choices with their places, its condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict, ErrorList
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.backoffice.forms import BackofficeForm
from sessions_app.registration.backoffice.setup_forms import LANGUAGES, MOST_PLACES, Rows, SetupForm
from sessions_app.registration.models import Question, QuestionKind
from sessions_app.registration.queries import questions_of
from sessions_app.registration.services.question_editing import WITH_CHOICES, ChoiceDraft, told

MOST_CHOICES = 200
SPARE_ROWS = 4
DECIDING = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES, QuestionKind.YES_NO, QuestionKind.CONSENT})
# What "at least" and "at most" mean for a kind; other kinds have no bounds.
BOUNDS: dict[str, tuple[str, ...]] = {
    QuestionKind.NUMBER: ("minimum", "maximum"),
    QuestionKind.CHOICES: ("minimum", "maximum"),
    QuestionKind.TEXT: ("maximum",),
    QuestionKind.LONG_TEXT: ("maximum",),
}
BOUND_HELP: dict[str, Promise] = {
    QuestionKind.CHOICES: gettext_lazy("How many may be chosen."),
    QuestionKind.TEXT: gettext_lazy("Characters."),
    QuestionKind.LONG_TEXT: gettext_lazy("Characters."),
}
HELP_OF_KIND: dict[str, Promise] = {
    QuestionKind.TEXT: gettext_lazy("For example the title of a talk."),
    QuestionKind.LONG_TEXT: gettext_lazy("Several lines, for example what one wishes to discuss."),
    QuestionKind.NUMBER: gettext_lazy("With bounds, for example years of work."),
    QuestionKind.DATE: gettext_lazy("A day, for example of arrival."),
    QuestionKind.CHOICE: gettext_lazy("Each answer may have so many places: excursions, hotels."),
    QuestionKind.CHOICES: gettext_lazy("Several answers; each may have so many places."),
    QuestionKind.YES_NO: gettext_lazy("For example whether a transfer is needed."),
    QuestionKind.FILE: gettext_lazy("A document or picture; checked by its content."),
    QuestionKind.REGION: gettext_lazy("A region of Russia or a country, found by typing."),
    QuestionKind.PHONE: gettext_lazy("Checked, and kept with the country's code."),
    QuestionKind.EMAIL: gettext_lazy("A second address, for example of an assistant."),
    QuestionKind.CONSENT: gettext_lazy("A text with a box of its own; its version is kept."),
}


class QuestionForm(SetupForm):
    """A question of one kind."""

    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("only after one of these answers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Nothing ticked: asked of everybody. Only answers of questions that stand before this one."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = QuestionKind(self.instance.kind)
        self.fields["categories"].queryset = self.event.categories.all()
        self.fields["categories"].help_text = _("Nothing ticked: asked in every category.")
        self._offer_conditions()
        bounds = BOUNDS.get(self.kind, ())
        for name in ("minimum", "maximum"):
            if name not in bounds:
                del self.fields[name]
            else:
                self.fields[name].help_text = str(BOUND_HELP.get(self.kind, ""))
        if self.kind != QuestionKind.CONSENT:
            for name in (*(f"text_{code}" for code in LANGUAGES), "text_version"):
                del self.fields[name]
        else:
            for code in LANGUAGES:
                self.fields[f"text_{code}"].widget.attrs["rows"] = 5

    def _offer_conditions(self) -> None:
        offered = []
        for question in questions_of(self.event):
            if question.pk == self.instance.pk:
                break  # those that follow cannot decide about this one
            if question.kind not in DECIDING:
                continue
            if question.kind in WITH_CHOICES:
                answers = [(choice.key, str(choice)) for choice in question.choices.all()]
            else:
                answers = [("yes", _("yes"))]
                if question.kind == QuestionKind.YES_NO:
                    answers.append(("no", _("no")))
            offered.append((str(question), [(f"{question.pk}:{key}", label) for key, label in answers]))
        self.fields["conditions"].choices = offered
        if not offered:
            del self.fields["conditions"]
        if self.instance.shown_if_id:
            values = self.instance.shown_if_values
            self.initial["conditions"] = [f"{self.instance.shown_if_id}:{value}" for value in values]

    def sections(self) -> Iterator[tuple[Promise | str, list[list[BoundField]]]]:
        """Yield the parts that the kind needs."""
        groups: list[tuple[Promise | str, Rows]] = [
            (self.kind.label, (("label_en", "label_ru"), ("help_en", "help_ru"), ("is_required",))),
        ]
        if self.kind == QuestionKind.CONSENT:
            groups.append((gettext_lazy("Text of the consent"), (("text_en", "text_ru"), ("text_version",))))
        if bounds := BOUNDS.get(self.kind):
            groups.append((gettext_lazy("Bounds"), (bounds,)))
        groups.append((gettext_lazy("Who is asked"), (("categories", "conditions"),)))
        for heading, rows in groups:
            yield heading, [[self[name] for name in row if name in self.fields] for row in rows]

    def clean_conditions(self) -> list[str]:
        """Accept answers of one question only."""
        chosen: list[str] = self.cleaned_data["conditions"]
        if len({value.partition(":")[0] for value in chosen}) > 1:
            raise forms.ValidationError(
                _("Choose answers of one question; a second condition needs a question between.")
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """Ask for the question in one language, and for the text of a consent."""
        data: dict[str, Any] = super().clean()
        if not any(data.get(f"label_{code}") for code in LANGUAGES):
            self.add_error(f"label_{LANGUAGES[0]}", _("Write the question in at least one language."))
        is_consent = self.kind == QuestionKind.CONSENT
        if is_consent and not any(data.get(f"text_{code}") for code in LANGUAGES):
            self.add_error(f"text_{LANGUAGES[0]}", _("Write what people consent to."))
        low, high = data.get("minimum"), data.get("maximum")
        if low is not None and high is not None and high < low:
            self.add_error("maximum", _("The largest cannot be smaller than the smallest."))
        return data

    def filled(self) -> Question:
        """Return the question with what the form says, not saved."""
        question: Question = self.save(commit=False)
        chosen = self.cleaned_data.get("conditions") or []
        question.shown_if_id = int(chosen[0].partition(":")[0]) if chosen else None
        question.shown_if_values = [value.partition(":")[2] for value in chosen]
        return question

    def _stored(self) -> dict[str, Any]:
        return told(Question.objects.get(pk=self.instance.pk))

    def value_in_words(self, name: str, value: Any) -> str:
        """Tell choices and categories as they are listed."""
        if isinstance(value, list):
            return "; ".join(map(str, value))
        return super().value_in_words(name, value)

    class Meta(BackofficeForm.Meta):
        model = Question
        fields: ClassVar[list[str]] = [
            *(f"{name}_{code}" for name in ("label", "help") for code in LANGUAGES),
            "is_required", *(f"text_{code}" for code in LANGUAGES), "text_version",
            "minimum", "maximum", "categories",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"categories": forms.CheckboxSelectMultiple}


class ChoiceRow(forms.Form):
    """One answer to choose."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    label_en = forms.CharField(
        label=gettext_lazy("Answer (English)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    label_ru = forms.CharField(
        label=gettext_lazy("Answer (Russian)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "ru"}),
    )
    places = forms.IntegerField(
        label=gettext_lazy("Places"), required=False, min_value=0, max_value=MOST_PLACES
    )
    taken: int | None = None

    def clean(self) -> dict[str, Any]:
        """Ask for the words of an answer that has places."""
        data = super().clean() or {}
        named = any(data.get(f"label_{code}") for code in LANGUAGES)
        if not named and (data.get("places") is not None or data.get("pk")) and not data.get("DELETE"):
            self.add_error("label_en", _("Write the answer, or tick “Take away”."))
        return data


class ChoiceRows(BaseFormSet):
    """The answers of a question, at least one of them."""

    def drafts(self) -> list[ChoiceDraft]:
        """Return what was written, in the order of the numbers."""
        return [
            ChoiceDraft(
                labels={code: form.cleaned_data.get(f"label_{code}", "") for code in LANGUAGES},
                pk=form.cleaned_data.get("pk"),
                places=form.cleaned_data.get("places"),
            )
            for form in self.ordered_forms
            if any(form.cleaned_data.get(f"label_{code}") for code in LANGUAGES)
        ]

    def clean(self) -> None:
        """Complain when nothing is left to choose."""
        fine = self.management_form.is_valid() and not any(self.errors)
        if fine and not self.drafts():
            raise forms.ValidationError(_("Write at least one answer to choose."))

    def without_errors(self) -> None:
        """Complain about nothing: nobody has said that the rows are ready."""
        for form in self.forms:
            form._errors = ErrorDict()
        self._errors: list[ErrorDict] = [form._errors for form in self.forms]
        self._non_form_errors = ErrorList()


ChoiceFormSet = formset_factory(
    ChoiceRow,
    formset=ChoiceRows,
    extra=SPARE_ROWS,
    can_order=True,
    can_delete=True,
    max_num=MOST_CHOICES,
    validate_max=True,
)


def choice_rows(question: Question, data: Any = None) -> Any:
    """Return the rows of the question's choices."""
    choices = list(question.choices.filter(is_removed=False).select_related("quota")) if question.pk else []
    initial = [
        {
            "pk": choice.pk,
            "label_en": choice.label_en,
            "label_ru": choice.label_ru,
            "places": choice.quota.size if choice.quota else None,
        }
        for choice in choices
    ]
    rows = ChoiceFormSet(data, initial=initial, prefix="choices")
    for row, choice in zip(rows.forms, choices, strict=False):
        row.taken = choice.quota.taken if choice.quota else None
    return rows
