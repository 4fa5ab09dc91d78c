"""Makes the account's forms look like all our forms."""

from __future__ import annotations

from django import forms, template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def our_way(form: forms.Form) -> forms.Form:
    """Take out placeholders, which only repeat the label; let codes be typed as figures; write E-mail as we do.

    The field ``login`` takes nothing but an e-mail address here.
    """
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name == "code":
            field.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "text"}
        if name in ("email", "login"):
            field.label = _("E-mail")
    return form
