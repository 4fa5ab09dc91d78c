"""Forms of what is said and shown in a recording."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_archive.backoffice.form_parts import ClockField, PlainForm
from media_archive.chapters import ChapterRow, NoChapters, read_agenda, read_chapters
from media_archive.transcripts import Line, NoTranscript, read_transcript
from network.web.uploads import UploadRefused, check_upload

TRANSCRIPT_BYTES = 20 * 1024 * 1024


class Times(TextChoices):
    """What the times of a list of chapters count from."""

    CUT = "cut", gettext_lazy("from the start of the cut")
    WALL = "wall", gettext_lazy("by the clock on the wall, as in an agenda")


class ChaptersForm(PlainForm):
    """Chapters as a list per language; ``begin`` is when the cut begins, in the event's zone."""

    times = forms.ChoiceField(
        label=gettext_lazy("Times count"), choices=Times.choices, initial=Times.CUT, required=False
    )
    chapters_en = forms.CharField(
        label=gettext_lazy("Chapters, English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=50_000,
    )
    chapters_ru = forms.CharField(
        label=gettext_lazy("Chapters, Russian"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=50_000,
    )
    layout = ((gettext_lazy("Chapters"), (("times",), ("chapters_en", "chapters_ru"))),)

    def __init__(self, data: Any = None, *, begin: dt.datetime, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.begin = begin
        self.fields["chapters_en"].help_text = _(
            "A line each: 00:12:30 Title. Or WebVTT. Or an agenda: 10:15 Title."
        )

    def _rows(self, language: str) -> list[ChapterRow]:
        text = self.cleaned_data[f"chapters_{language}"]
        if not text.strip():
            return []
        try:
            if self.cleaned_data.get("times") == Times.WALL:
                return read_agenda(text, self.begin)
            return read_chapters(text)
        except NoChapters as error:
            raise forms.ValidationError(
                _("Line %(row)d is no chapter. Write for example 00:12:30 Questions.") % {"row": error.row}
            ) from error

    def clean_chapters_en(self) -> list[ChapterRow]:
        """Read the English list."""
        return self._rows("en")

    def clean_chapters_ru(self) -> list[ChapterRow]:
        """Read the Russian list."""
        return self._rows("ru")


class TranscriptForm(PlainForm):
    """A transcript as a file, or pasted."""

    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=12,
        initial="ru",
        help_text=gettext_lazy("For example ru, en, de."),
    )
    file = forms.FileField(label=gettext_lazy("WebVTT or SRT file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("or its text"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    is_original = forms.BooleanField(
        label=gettext_lazy("In the language that is spoken"), required=False, initial=True
    )
    layout = ((gettext_lazy("Transcript"), (("language", "is_original"), ("file",), ("text",))),)

    def clean_language(self) -> str:
        """Take a language's tag."""
        tag = self.cleaned_data["language"].strip()
        if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", tag):
            raise forms.ValidationError(_("Write a language's short name, for example ru, en or de."))
        return tag.lower() if "-" not in tag else tag

    def clean(self) -> dict[str, Any]:
        """Read the lines."""
        data = super().clean() or {}
        file = data.get("file")
        if file is not None and file.size > TRANSCRIPT_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB: that is no transcript."))
        text = file.read().decode("utf-8", "replace") if file is not None else data.get("text", "")
        if not text.strip():
            raise forms.ValidationError(_("Choose a file or paste its text."))
        data["lines"] = self._lines(text)
        return data

    def _lines(self, text: str) -> list[Line]:
        try:
            return read_transcript(text)
        except NoTranscript as error:
            said = (
                _("This is neither WebVTT nor SRT: line %(line)d makes no sense.") % {"line": error.line}
                if error.line
                else _(
                    "This is neither WebVTT nor SRT: no line has a time such as 00:00:12.500 --> 00:00:15.000."
                )
            )
            raise forms.ValidationError(said) from error


class SlidesForm(PlainForm):
    """Slides as PDF."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    file = forms.FileField(label=gettext_lazy("PDF"))
    layout = ((gettext_lazy("Slides"), (("title", "file"),)),)

    def clean_file(self) -> Any:
        """Judge the file by its content."""
        try:
            return check_upload(self.cleaned_data["file"], kinds=("pdf",))
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error


class MarksForm(PlainForm):
    """From when each page of slides is on the screen."""

    marks = forms.CharField(
        label=gettext_lazy("Pages"), required=False, widget=forms.Textarea(attrs={"rows": 10}), max_length=20_000,
        help_text=gettext_lazy("A line each: 00:12:30 7 puts page 7 on the screen. Times are of the recording's clock."),
    )  # fmt: skip
    layout = ((gettext_lazy("Slides on the time line"), (("marks",),)),)

    def __init__(self, data: Any = None, *, pages: int, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.pages = pages

    def clean_marks(self) -> dict[int, int]:
        """Return milliseconds to page."""
        found: dict[int, int] = {}
        for number, row in enumerate(self.cleaned_data["marks"].splitlines(), 1):
            if not row.strip():
                continue
            time, _space, page = row.strip().rpartition(" ")
            try:
                ms = ClockField().clean(time)
            except forms.ValidationError:
                ms = None
            if ms is None or not page.isdecimal() or not 1 <= int(page) <= self.pages:
                raise forms.ValidationError(
                    _("Line %(row)d: write a time and a page from 1 to %(pages)d, for example 00:12:30 7.")
                    % {"row": number, "pages": self.pages}
                )
            found[ms] = int(page)
        return found
