"""What a reader of the marketplace looks for and writes, and until when an author keeps a thing there."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.forms.search import OfferFilterForm
from matchmaking.queries.marketplace import Wanted

NAMES = ("q", "kind", "topic", "region", "cooperation")
LONGEST_MESSAGE = 2000


class MarketForm(OfferFilterForm):
    """What a reader of the marketplace looks for."""

    def wanted(self) -> Wanted:
        """Return what is looked for; a value that is none of the choices asks for nothing."""
        self.full_clean()
        data = self.cleaned_data
        return Wanted(
            text=data.get("q", ""),
            kind=data.get("kind", ""),
            topic=data.get("topic"),
            region=data.get("region", ""),
            cooperation=data.get("cooperation", ""),
        )

    def chosen(self) -> dict[str, str]:
        """Return what was understood, as it stands in the address; ``wanted`` was asked before."""
        return {name: str(self.cleaned_data[name]) for name in NAMES if self.cleaned_data.get(name)}

    def words_of(self, name: str) -> str:
        """Return how a chosen value is called: what was looked for, or a choice's name."""
        value = str(self.cleaned_data[name])
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class LetterForm(forms.Form):
    """What is written to the author."""

    use_required_attribute = False

    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write something first.")},
        help_text=gettext_lazy(
            "At most 2,000 characters: who you are and what you would like to do together."
        ),
    )


class UntilForm(forms.Form):
    """Until when a thing stays; empty is without an end."""

    use_required_attribute = False

    until = forms.DateField(
        label=gettext_lazy("Shown until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave it empty to show it without an end."),
    )

    def clean_until(self) -> dt.date | None:
        """Refuse a day that is over: taking the thing off is said in so many words."""
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose a later one."))
        return until
