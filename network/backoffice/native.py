"""Dates and times in the browser's own fields.

Wagtail's pickers start from a script written into the page, which the back office's content
policy does not run; the native ones need none, speak the reader's language and have keyboards.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import SuffixedMultiWidget
from wagtail.admin.forms.models import register_form_field_override


class NativeDate(forms.DateInput):
    """A day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class NativeTime(forms.TimeInput):
    """A time of day."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(attrs, format="%H:%M")


class NativeMoment(forms.DateTimeInput):
    """A day and a time, on the clocks of the reader's back office."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DaySpan(SuffixedMultiWidget):
    """From one day to another, in filters."""

    template_name = "wagtailadmin/widgets/range_input.html"
    suffixes = ["from", "to"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        fields = (
            NativeDate(attrs={"aria-label": _("from")}),
            NativeDate(attrs={"aria-label": _("to")}),
        )
        super().__init__(fields, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Return both ends."""
        return [value.start, value.stop] if value else [None, None]


def use_native_fields() -> None:
    """Let every form of the back office use the native fields."""
    for field, widget in (
        (models.DateField, NativeDate),
        (models.TimeField, NativeTime),
        (models.DateTimeField, NativeMoment),
    ):
        register_form_field_override(field, override={"widget": widget})
