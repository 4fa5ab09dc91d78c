"""What the media editor's forms are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from media_archive.models import LONGEST_MS
from media_archive.transcripts import clock

LANGUAGES = [code for code, _name in settings.LANGUAGES]
Rows = list[list[forms.BoundField]]


class PlainForm(forms.Form):
    """A form whose fields stand under headings, as ``backoffice/registration/fields.html`` shows them."""

    layout: tuple[tuple[Any, tuple[tuple[str, ...], ...]], ...] = ()

    @property
    def sections(self) -> Iterator[tuple[str, Rows]]:
        """Give heading and rows of fields."""
        for heading, rows in self.layout:
            shown = [[self[name] for name in row if name in self.fields] for row in rows]
            yield str(heading), [row for row in shown if row]


_CLOCK = re.compile(r"^\s*(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3}))?\s*$")


class ClockField(forms.CharField):
    """A moment on a recording's clock, written ``1:12:30.5``; cleans to milliseconds."""

    def prepare_value(self, value: Any) -> Any:
        """Show milliseconds as people write them."""
        return clock(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return milliseconds."""
        text = super().clean(value)
        if not text:
            return None
        found = _CLOCK.match(text)
        if found is None:
            raise forms.ValidationError(_("Write hours, minutes and seconds, for example 1:12:30."))
        hours, minutes, seconds, rest = found.groups()
        ms = (int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)) * 1000
        ms += int((rest or "0").ljust(3, "0"))
        if ms > LONGEST_MS:
            raise forms.ValidationError(_("A recording is at most two days long."))
        return ms
