"""Forms of the account."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from network.models import Person


class SignUpForm(forms.Form):
    """What is asked beside the e-mail when somebody signs up."""

    name = forms.CharField(
        label=_("Full name"), max_length=200, help_text=_("As it should stand on your badge.")
    )

    def signup(self, request: HttpRequest, user: Person) -> None:
        """Keep the name; allauth calls this after it has made the user."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
