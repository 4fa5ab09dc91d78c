"""What a reader may set for herself: theme, text size, contrast, motion and whose clock times follow.

Each setting is a cookie that the server writes onto ``<html>``, so that the first paint is right.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

YEAR = 365 * 24 * 3600
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "theme": [("", _("As on this device")), ("light", _("Light")), ("dark", _("Dark"))],
    "text": [("", _("Normal")), ("large", _("Large")), ("xlarge", _("Very large"))],
    "contrast": [("", _("As on this device")), ("more", _("Stronger"))],
    "motion": [("", _("As on this device")), ("reduce", _("None"))],
    "time": [("", _("Event time")), ("my", _("My time"))],
}


class ReaderForm(forms.Form):
    """The reader's settings; the empty value is the device's or the event's own way."""

    theme = forms.ChoiceField(
        label=_("Theme"), choices=CHOICES["theme"], required=False, widget=forms.RadioSelect
    )
    text = forms.ChoiceField(
        label=_("Text size"), choices=CHOICES["text"], required=False, widget=forms.RadioSelect
    )
    contrast = forms.ChoiceField(
        label=_("Contrast"), choices=CHOICES["contrast"], required=False, widget=forms.RadioSelect
    )
    motion = forms.ChoiceField(
        label=_("Motion"), choices=CHOICES["motion"], required=False, widget=forms.RadioSelect
    )
    time = forms.ChoiceField(
        label=_("Times"),
        choices=CHOICES["time"],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("“My time” follows this device's clock and needs a script."),
    )


def settings_of(request: HttpRequest) -> dict[str, str]:
    """Return the reader's settings from their cookies; what is not known counts as empty."""
    found = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return {name: value if value in dict(CHOICES[name]) else "" for name, value in found.items()}


def attributes(reader: dict[str, str]) -> SafeString:
    """Return the settings as attributes of ``<html>``, with a leading space each."""
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in reader.items() if value))


def reader_settings(request: HttpRequest) -> HttpResponse:
    """Show the settings, and keep them; a request by htmx gets the form alone."""
    back = _safe_address(request, request.POST.get("next") or request.GET.get("next") or "")
    form = ReaderForm(request.POST or None, initial=settings_of(request))
    if request.method == "POST" and form.is_valid():
        response = HttpResponseRedirect(back or request.path)
        for name, value in form.cleaned_data.items():
            if value:
                response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
            else:
                response.delete_cookie(name, samesite="Lax")
        return response
    template = "components/reader_form.html" if request.htmx else "cms/reader.html"  # type: ignore[attr-defined]
    return render(request, template, {"form": form, "next": back})


def _safe_address(request: HttpRequest, address: str) -> str:
    """Return the address when it leads back to this site, else an empty text."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if safe else ""
