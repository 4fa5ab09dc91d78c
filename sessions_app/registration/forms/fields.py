"""The field of each kind of question, and what its answer looks like once it is checked."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from network.web.uploads import KINDS, CheckedUpload, UploadRefused, check_upload
from sessions_app.registration.forms.widgets import Boxes, FileKept, Radios
from sessions_app.registration.models import Question, QuestionKind
from sessions_app.registration.places_in_words import is_full, of_choice
from sessions_app.registration.regions import regions

MAX_FILE = 10 * 1024 * 1024
FILE_KINDS = tuple(kind for kind in KINDS if kind != "zip")
MANY = 10  # from so many choices on, one of them is chosen from a list
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,9})?")


class PhoneField(forms.CharField):
    """A phone number as people write it; kept as digits with the country's code."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def clean(self, value: Any) -> str:
        """Return +79001234567 for "8 (900) 123-45-67"."""
        text = super().clean(value)
        if not text:
            return ""
        digits = re.sub(r"[\s().–—-]", "", text)
        if not _PHONE.fullmatch(digits):
            raise ValidationError(_("Write the number with its country code, for example +7 900 123-45-67."))
        if len(digits) == 11 and digits.startswith("8"):
            return f"+7{digits[1:]}"
        return digits if digits.startswith("+") else f"+{digits}"


class NumberField(forms.CharField):
    """A number in Western digits, with point or comma; whole ones come back as int."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, minimum: float | None, maximum: float | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value: Any) -> int | float | None:
        """Return the number within its bounds."""
        text = super().clean(value).replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValidationError(_("Write a number in digits, for example 12 or 2.5."))
        number = float(text.replace(",", "."))
        if self.minimum is not None and number < self.minimum:
            raise ValidationError(
                _("Write a number of at least %(bound)s.") % {"bound": _short(self.minimum)}
            )
        if self.maximum is not None and number > self.maximum:
            raise ValidationError(_("Write a number of at most %(bound)s.") % {"bound": _short(self.maximum)})
        return int(number) if number.is_integer() else number


class ChoicesField(forms.MultipleChoiceField):
    """Several answers to choose, with bounds on how many."""

    def __init__(self, *, minimum: float | None, maximum: float | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def clean(self, value: Any) -> list[str]:
        """Return the keys that were chosen."""
        keys: list[str] = super().clean(value)
        if keys and self.minimum is not None and len(keys) < self.minimum:
            low = math.ceil(self.minimum)
            raise ValidationError(
                ngettext("Choose at least %(n)d.", "Choose at least %(n)d.", low) % {"n": low}
            )
        if self.maximum is not None and len(keys) > self.maximum:
            high = int(self.maximum)
            raise ValidationError(
                ngettext("Choose at most %(n)d.", "Choose at most %(n)d.", high) % {"n": high}
            )
        return keys


class FileField(forms.Field):
    """A file judged by its content; empty where the kept one stays, False where it goes."""

    widget = FileKept
    default_error_messages = {"required": gettext_lazy("Choose a file.")}

    def clean(self, value: UploadedFile[bytes] | bool | None) -> CheckedUpload | bool | None:
        """Return the checked file."""
        widget: Any = self.widget
        if isinstance(value, UploadedFile):
            try:
                return check_upload(value, kinds=FILE_KINDS, max_bytes=MAX_FILE)
            except UploadRefused as error:
                raise ValidationError(str(error)) from error
        if self.required and not widget.kept:
            raise ValidationError(self.error_messages["required"], code="required")
        return value


def _short(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def _text(question: Question) -> forms.Field:
    return forms.CharField(max_length=int(question.maximum or 500))


def _long_text(question: Question) -> forms.Field:
    return forms.CharField(max_length=int(question.maximum or 5000), widget=forms.Textarea({"rows": 4}))


def _number(question: Question) -> forms.Field:
    return NumberField(minimum=question.minimum, maximum=question.maximum, max_length=40)


def _date(_question: Question) -> forms.Field:
    return forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
    )


def _options(question: Question) -> tuple[list[tuple[str, str]], list[str]]:
    """Return key and label of the choices with their places, and the keys of those without a place."""
    found, closed = [], []
    for choice in question.choices.all():
        places = of_choice(choice)
        found.append(
            (choice.key, f"{choice.label or choice.key} ({places})" if places else choice.label or choice.key)
        )
        if is_full(choice.quota, ()):
            closed.append(choice.key)
    return found, closed


def _choice(question: Question) -> forms.Field:
    options, closed = _options(question)
    if len(options) >= MANY and not closed:
        return forms.ChoiceField(choices=[("", "—"), *options])
    field = forms.ChoiceField(choices=options, widget=Radios)
    field.widget.closed = closed
    return field


def _choices(question: Question) -> forms.Field:
    options, closed = _options(question)
    field = ChoicesField(minimum=question.minimum, maximum=question.maximum, choices=options, widget=Boxes)
    field.widget.closed = closed
    return field


def _yes_no(_question: Question) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=Radios,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


def _file(_question: Question) -> forms.Field:
    return FileField()


def _region(_question: Question) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("Choose…")), *regions()])


def _phone(_question: Question) -> forms.Field:
    return PhoneField(max_length=40)


def _email(_question: Question) -> forms.Field:
    return forms.EmailField(max_length=254)


def _consent(_question: Question) -> forms.Field:
    return forms.BooleanField()


_FIELDS: dict[str, Callable[[Question], forms.Field]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _long_text,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.FILE: _file,
    QuestionKind.REGION: _region,
    QuestionKind.PHONE: _phone,
    QuestionKind.EMAIL: _email,
    QuestionKind.CONSENT: _consent,
}
REQUIRED = {
    QuestionKind.CHOICE: gettext_lazy("Choose one of the answers."),
    QuestionKind.CHOICES: gettext_lazy("Choose at least one of the answers."),
    QuestionKind.YES_NO: gettext_lazy("Choose yes or no."),
    QuestionKind.DATE: gettext_lazy("Give a date."),
    QuestionKind.FILE: gettext_lazy("Choose a file."),
    QuestionKind.REGION: gettext_lazy("Choose a region or a country."),
    QuestionKind.CONSENT: gettext_lazy("Tick the box: we cannot take your registration without it."),
}


def field_of(question: Question) -> forms.Field:
    """Return the form field of a question in the reader's language."""
    field = _FIELDS[question.kind](question)
    field.label = question.label or question.key
    field.required = question.is_required
    field.widget.is_required = question.is_required
    help_text = question.text if question.kind == QuestionKind.CONSENT else question.help
    field.help_text = help_text or ""
    missing = REQUIRED.get(QuestionKind(question.kind))
    field.error_messages["required"] = missing or gettext_lazy("Fill this in.")
    return field


def to_plain(value: Any) -> Any:
    """Return a cleaned value as it is kept: JSON, dates in ISO format, a file by its name."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, CheckedUpload):
        return value.original_name
    return value


def to_initial(question: Question, value: Any) -> Any:
    """Return a kept answer as the question's field shows it."""
    if question.kind == QuestionKind.YES_NO and isinstance(value, bool):
        return "yes" if value else "no"
    return value
