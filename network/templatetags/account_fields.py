"""Makes the account's forms look like all our forms."""

from __future__ import annotations

from django import forms, template

register = template.Library()


@register.filter
def our_way(form: forms.Form) -> forms.Form:
    """Take out placeholders, which only repeat the label, and let codes be typed as figures."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name == "code":
            field.widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "text"}
    return form
