"""Forms of a delegation: what it says of itself, one of its people, and a list that is pasted or uploaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Organisation
from sessions_app.registration.delegation_words import sentence_of
from sessions_app.registration.models import Category
from sessions_app.registration.services.delegating import Frame
from sessions_app.registration.tables.columns import LONGEST
from sessions_app.registration.tables.people import FIELDS, LARGEST_PASTE, faults_of

LABELS = {
    "name": gettext_lazy("Full name"),
    "name_latin": gettext_lazy("Name in Latin letters"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "post": gettext_lazy("Post"),
}


class FrameForm(forms.Form):
    """Whose delegation it is and what its people take part as.

    ``choices`` are the categories with their places in words; ``organisations`` those of the directory
    for which the person acts.
    """

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation in the directory"), required=False)
    organisation_name = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("As it shall stand on the badges."),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("They take part as"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose as what they take part.")},
    )
    all_or_none = forms.BooleanField(
        label=gettext_lazy("All or none"),
        required=False,
        help_text=gettext_lazy(
            "Wait until there are places for the whole delegation. Not where the organiser decides about each person."
        ),
    )

    def __init__(
        self,
        *args: Any,
        choices: Sequence[tuple[Category, str]],
        organisations: Sequence[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_slug = {category.slug: category for category, _note in choices}
        self.by_code = {organisation.code: organisation for organisation in organisations}
        category: Any = self.fields["category"]
        category.choices = [(one.slug, f"{one.name} ({note})" if note else one.name) for one, note in choices]
        if organisations:
            field: Any = self.fields["organisation"]
            field.choices = [
                ("", _("another one, written below")),
                *((o.code, o.name) for o in organisations),
            ]
        else:
            del self.fields["organisation"]

    def clean(self) -> dict[str, Any]:
        """Ask for a name where no organisation of the directory is chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("organisation") and not cleaned.get("organisation_name"):
            self.add_error("organisation_name", _("Write the name of the organisation."))
        return cleaned

    def frame(self) -> Frame:
        """Return what was chosen; the form is valid."""
        return Frame(
            category=self.by_slug[self.cleaned_data["category"]],
            organisation=self.by_code.get(self.cleaned_data.get("organisation", "")),
            organisation_name=self.cleaned_data["organisation_name"],
            all_or_none=self.cleaned_data["all_or_none"],
        )


class MemberForm(forms.Form):
    """One person of a delegation, checked like a line of its table."""

    name = forms.CharField(label=LABELS["name"], max_length=LONGEST["name"], required=False)
    email = forms.CharField(
        label=LABELS["email"],
        max_length=LONGEST["email"],
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name_latin = forms.CharField(label=LABELS["name_latin"], max_length=LONGEST["name_latin"], required=False)
    phone = forms.CharField(label=LABELS["phone"], max_length=LONGEST["phone"], required=False)
    post = forms.CharField(label=LABELS["post"], max_length=LONGEST["post"], required=False)

    def __init__(self, *args: Any, taken: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken

    def clean(self) -> dict[str, Any]:
        """Say at its field what is wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        for fault in faults_of([self.line()], taken=self.taken)[0]:
            if fault.field not in self.errors:
                self.add_error(fault.field, sentence_of(fault))
        return cleaned

    def line(self) -> dict[str, str]:
        """Return what was typed, by field."""
        return {name: self.cleaned_data.get(name, "").strip() for name in FIELDS}


class ListForm(forms.Form):
    """A list of people: pasted from a table, or as a file."""

    text = forms.CharField(
        label=gettext_lazy("Rows of a table"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("Mark the rows in your table, copy them, and paste them here."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=gettext_lazy("CSV or XLSX, up to 500 people."),
    )

    def clean(self) -> dict[str, Any]:
        """Take one of both."""
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        if file is None and not (cleaned.get("text") or "").strip() and "file" not in self.errors:
            self.add_error("text", _("Paste some rows, or choose a file."))
        if file is not None and file.size > LARGEST_PASTE:
            self.add_error("file", _("The file is too large: 2 MB are enough for 500 people."))
        return cleaned
