"""Forms of calls and of the seats on their panels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.models import Call, Seat
from calls.services import call_slug
from network.backoffice.choosers import person_chooser
from network.backoffice.forms import BackofficeForm
from network.models import Person
from sessions_app.programme.forms import MomentField

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class CallForm(BackofficeForm):
    """A call; its dates are read on the clocks of its event, or in UTC where it has none."""

    slug = forms.CharField(
        label=gettext_lazy("address"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Small Latin letters, figures and hyphens. Empty: made from the title."),
    )
    opens = MomentField(label=gettext_lazy("opens"))
    closes = MomentField(label=gettext_lazy("closes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opens", "closes"):
            self.fields[name].in_zone(self.instance.zone)
            if self.instance.event is None:
                self.fields[name].help_text = _("In UTC: this call belongs to no event.")

    def clean(self) -> dict[str, Any]:
        """Ask for both dates in their order and for a title, from which the address is made."""
        data = super().clean()
        titles = [data.get(f"title_{code}") for code in LANGUAGES if data.get(f"title_{code}")]
        if not titles:
            self.add_error(f"title_{LANGUAGES[0]}", _("Give the title in at least one language."))
        elif not data.get("slug") and "slug" not in self.errors:
            data["slug"] = call_slug(titles[0])
        opens, closes = data.get("opens"), data.get("closes")
        for name in ("opens", "closes"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Give date and time."))
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The call must close after it opens."))
        return data

    class Meta(BackofficeForm.Meta):
        model = Call
        fields: list[str] = []


class AppointForm(forms.Form):
    """Somebody for the panel: chosen, or named by her e-mail."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Person"),
        queryset=Person.objects.filter(is_active=True),
        required=False,
        widget=person_chooser.widget_class,
    )
    email = forms.EmailField(
        label=gettext_lazy("Or her e-mail"),
        required=False,
        help_text=gettext_lazy("She is told by mail and signs in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Full name"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Needed only where nobody with this e-mail is here yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seat = forms.ChoiceField(label=gettext_lazy("Seat"), choices=Seat.choices, initial=Seat.MEMBER)
    organisation_en = forms.CharField(
        label=gettext_lazy("Organisation as printed (English)"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    organisation_ru = forms.CharField(
        label=gettext_lazy("Organisation as printed (Russian)"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"lang": "ru"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one way of naming the person, and for the name of somebody who is new here."""
        data = super().clean() or {}
        person, email = data.get("person"), data.get("email")
        if "person" in self.errors or "email" in self.errors:
            return data
        if bool(person) == bool(email):
            self.add_error("person", _("Choose a person, or give an e-mail; one of the two."))
        elif (
            email
            and not data.get("name", "").strip()
            and not Person.objects.filter(email__iexact=email).exists()
        ):
            self.add_error("name", _("Nobody with this e-mail is here yet: give the full name too."))
        return data

    @property
    def organisation(self) -> dict[str, str]:
        """Language code to the text that was entered."""
        return {code: self.cleaned_data[f"organisation_{code}"] for code in LANGUAGES}


class EndSeatForm(forms.Form):
    """Why a seat ends."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept with what was changed, for the team; it does not stand in the letter."),
    )
