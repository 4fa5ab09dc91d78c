"""Forms of the account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.models import Person


class SignUpForm(forms.Form):
    """What is asked beside the e-mail when somebody signs up."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("As it should stand on your badge."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    field_order = ("name", "email")

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Keep the name and the language of the page; allauth calls this after it has made the user."""
        user.name = self.cleaned_data["name"]
        user.locale = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        user.save(update_fields=["name", "locale"])


class ProfileForm(forms.ModelForm[Person]):
    """What a person says about herself."""

    locale = forms.ChoiceField(
        label=_("Language of letters"),
        choices=[("", _("As on the page where I ask for them")), *settings.LANGUAGES],
        required=False,
    )

    class Meta:
        model = Person
        fields = (
            "name",
            "name_latin",
            "locale",
            *(f"biography_{code}" for code, _name in settings.LANGUAGES),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name_latin"].help_text = _("For badges and for readers of other scripts.")
        for code, language in settings.LANGUAGES:
            self.fields[f"biography_{code}"].label = format_lazy("{} ({})", _("About you"), language)
            self.fields[f"biography_{code}"].widget = forms.Textarea(attrs={"rows": 5, "lang": code})

    @property
    def biography(self) -> dict[str, str]:
        """Language code to the text that was entered."""
        return {code: self.cleaned_data[f"biography_{code}"] or "" for code, _name in settings.LANGUAGES}


class EraseForm(forms.Form):
    """Asks for the account's e-mail, so that nobody erases an account by a slip."""

    email = forms.EmailField(
        label=_("Your e-mail, to be sure"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        """Refuse any other address."""
        email: str = self.cleaned_data["email"]
        if email.casefold() != (self.person.email or "").casefold():
            raise forms.ValidationError(_("This is not the e-mail of this account."))
        return email
