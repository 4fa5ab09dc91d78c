"""The form that makes invitations: so many codes, or one for each address of a pasted list."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.events.models import Event
from sessions_app.programme.forms import MomentField
from sessions_app.registration.models import Category
from sessions_app.registration.services.inviting import AT_MOST, Terms

SHOWN_ERRORS = 5
_SEPARATORS = re.compile(r"[,;\r\n]+")
# "Anna Belova <anna@plenum.example>", as mail programs copy it
_ANGLED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


def addresses_in(text: str) -> tuple[list[str], list[str]]:
    """Return the addresses of a pasted list and the pieces that are none, each once and in order."""
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    for part in _SEPARATORS.split(text):
        for piece in _ANGLED.findall(part) or part.split():
            address = piece.strip("<>()\"'").lower()
            try:
                validate_email(address)
            except ValidationError:
                bad[piece] = None
            else:
                good[address] = None
    return list(good), list(bad)


class InviteForm(forms.Form):
    """For whom, for which category, for how long."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("Category"), queryset=Category.objects.none(), empty_label=gettext_lazy("Choose…")
    )
    emails = forms.CharField(
        label=gettext_lazy("E-mails"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "One or many, as you have them: lines, commas, “Name <address>”. "
            "Each gets a personal code by mail, for one use."
        ),
    )
    count = forms.IntegerField(
        label=gettext_lazy("or so many codes without an address"),
        required=False,
        min_value=1,
        max_value=AT_MOST,
        help_text=gettext_lazy("To hand on by yourself."),
    )
    max_uses = forms.IntegerField(
        label=gettext_lazy("Uses of each such code"), min_value=1, max_value=100_000, initial=1
    )
    name = forms.CharField(
        label=gettext_lazy("For whom"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "For the team, for example “Partners”. With one address: her name, for the letter."
        ),
    )
    expires_at = MomentField(label=gettext_lazy("Valid until"), required=False)
    skips_approval = forms.BooleanField(
        label=gettext_lazy("Confirms at once, without approval"), required=False, initial=True
    )

    def __init__(self, *args: Any, event: Event, now: dt.datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now or timezone.now()
        self.fields["category"].queryset = Category.objects.filter(event=event)
        self.fields["expires_at"].in_zone(event.zone)

    def clean_emails(self) -> list[str]:
        """Return the addresses; name the pieces that are none."""
        good, bad = addresses_in(self.cleaned_data["emails"])
        if bad:
            shown = ", ".join(f"“{piece[:60]}”" for piece in bad[:SHOWN_ERRORS])
            more = f" (+{len(bad) - SHOWN_ERRORS})" if len(bad) > SHOWN_ERRORS else ""
            raise ValidationError(_("These are no e-mail addresses: %(pieces)s.") % {"pieces": shown + more})
        if len(good) > AT_MOST:
            raise ValidationError(
                _("At most %(limit)d at once; these are %(count)d.") % {"limit": AT_MOST, "count": len(good)}
            )
        return good

    def clean_expires_at(self) -> dt.datetime | None:
        """Refuse invitations that are over before they begin."""
        until: dt.datetime | None = self.cleaned_data["expires_at"]
        if until is not None and until <= self.now:
            raise ValidationError(_("This moment has passed already."))
        return until

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two: addresses or a number."""
        data = super().clean() or {}
        both_fine = "emails" not in self.errors and "count" not in self.errors
        if both_fine and bool(data.get("emails")) == bool(data.get("count")):
            self.add_error("emails", _("Give addresses, or a number of codes; one of the two."))
        return data

    def terms(self) -> Terms:
        """Return what the invitations open."""
        data = self.cleaned_data
        return Terms(
            category=data["category"],
            name=data["name"].strip(),
            max_uses=data["max_uses"],
            skips_approval=data["skips_approval"],
            expires_at=data["expires_at"],
        )
