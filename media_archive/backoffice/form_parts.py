"""What the media editor's forms are made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_archive.models import LONGEST_MS
from media_archive.queries.elsewhere import WEB
from media_archive.transcripts import clock
from sessions_app.programme.forms import MomentField, MomentInput

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


class WebField(forms.URLField):
    """An address that browsers are led to: http or https, and nothing that runs."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=2000, assume_scheme="https", **more)
        self.validators = [one for one in self.validators if not isinstance(one, URLValidator)] + [
            URLValidator(
                schemes=WEB, message=gettext_lazy("Write an address that begins with https:// or http://.")
            )
        ]


class TimeOfDayInput(MomentInput):
    """The time alone, on the day that the form's field ``date`` names."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"step": "1"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        """Return the moment as it would be written whole, and the chosen reading."""
        time, reading = super().value_from_datadict(data, files, name)
        return (f"{data.get('date', '')}T{time.strip()}" if time.strip() else "", reading)

    def format_value(self, value: Any) -> str | None:
        """Show the time again."""
        text = super().format_value(value)
        return text and text.partition("T")[2]


class TimeOfDayField(MomentField):
    """A time of the day that the form's field ``date`` names, on the clocks of ``zone``; cleans to an instant in UTC."""

    widget = TimeOfDayInput

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the instant; None without a time, and where the day itself is wrong."""
        text = value[0] if isinstance(value, tuple) else value or ""
        day, _sign, time = text.partition("T")
        if time and not _TIME.fullmatch(time):
            raise forms.ValidationError(_("Write hours and minutes, for example 10:00 or 10:00:30."))
        if not _DAY.fullmatch(day):
            return None  # the day says so itself
        hours, rest = time.split(":", 1)
        return super().clean((f"{day}T{hours:0>2}:{rest}", value[1]))


_TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
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
