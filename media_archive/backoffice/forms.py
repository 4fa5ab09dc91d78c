"""Forms of the media editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_archive.chapters import ChapterRow, NoChapters, read_chapters
from media_archive.models import LONGEST_MS, Access, Camera, Cut, Material, MaterialKind, Recording
from media_archive.transcripts import Line, NoTranscript, clock, read_transcript
from network.web.uploads import UploadRefused, check_upload
from sessions_app.events.models import Event
from sessions_app.programme.forms import MomentField
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule
from sessions_app.registration.models import Category

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TRANSCRIPT_BYTES = 20 * 1024 * 1024
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


class RecordingForm(PlainForm):
    """Which day and room a recording is of, and when the first camera was switched on."""

    date = forms.ChoiceField(label=gettext_lazy("Day"))
    room_name = forms.CharField(
        label=gettext_lazy("Room"), max_length=120, widget=forms.TextInput(attrs={"list": "rooms"})
    )
    starts_at = MomentField(label=gettext_lazy("The first camera was switched on at"), required=False)
    layout = ((gettext_lazy("What was filmed"), (("date", "room_name"), ("starts_at",))),)

    def __init__(self, data: Any = None, *, event: Event) -> None:
        super().__init__(data)
        self.event = event
        days = [day.date for day in event.days.all()]
        self.fields["date"].choices = [(day.isoformat(), str(day)) for day in days]
        self.rooms = [str(room) for room in event.rooms.all()]
        self.fields["room_name"].help_text = ", ".join(self.rooms)
        self.fields["starts_at"].in_zone(event.zone)  # type: ignore[attr-defined]
        self.fields["starts_at"].help_text += " " + _("Empty: as the first camera wrote it into its file.")

    def cleaned(self) -> dict[str, Any]:
        """Return what the service takes."""
        import datetime as dt

        data = self.cleaned_data
        return {**data, "date": dt.date.fromisoformat(data["date"])}


class ClockForm(PlainForm):
    """When the clock's zero was by the clock on the wall."""

    starts_at = MomentField(label=gettext_lazy("The clock's zero was at"))
    seconds = forms.DecimalField(
        label=gettext_lazy("and so many seconds"),
        min_value=0,
        max_value=60,
        decimal_places=3,
        initial=0,
        required=False,
    )
    layout = ((gettext_lazy("The clock"), (("starts_at", "seconds"),)),)

    def __init__(self, data: Any = None, *, recording: Recording) -> None:
        start = recording.starts_at
        rest = start.second + start.microsecond / 1e6
        super().__init__(
            data, initial={"starts_at": start.replace(second=0, microsecond=0), "seconds": f"{rest:.3f}"}
        )
        self.fields["starts_at"].in_zone(recording.event.zone)  # type: ignore[attr-defined]

    def clean_starts_at(self) -> Any:
        """Ask for it: the field itself takes nothing for an answer."""
        if self.cleaned_data["starts_at"] is None:
            raise forms.ValidationError(_("Write date and time, for example 2026-09-14 10:00."))
        return self.cleaned_data["starts_at"]


class CameraForm(PlainForm):
    """What a camera shows, its key, and whether its sound is heard."""

    label = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=80,
        help_text=gettext_lazy("For example: closer, farther."),
    )
    number = forms.TypedChoiceField(
        label=gettext_lazy("Number"), coerce=int, choices=[(n, n) for n in range(1, 10)]
    )
    is_sound_master = forms.BooleanField(label=gettext_lazy("Its sound is heard"), required=False)
    layout = ((gettext_lazy("Camera"), (("label", "number"), ("is_sound_master",))),)

    def __init__(self, data: Any = None, *, camera: Camera) -> None:
        super().__init__(
            data,
            initial={
                "label": camera.label,
                "number": camera.number,
                "is_sound_master": camera.is_sound_master,
            },
        )
        if camera.is_sound_master:
            # It is taken from it only by giving it to another one.
            self.fields["is_sound_master"].disabled = True


class PlaceForm(PlainForm):
    """Where a file lies on the recording's clock."""

    offset = forms.DecimalField(
        label=gettext_lazy("It begins at, seconds on the clock"), decimal_places=3, min_value=-172800, max_value=172800,
        help_text=gettext_lazy("Less than zero: before the clock's zero."),
    )  # fmt: skip
    clock_ppm = forms.DecimalField(
        label=gettext_lazy("Its clock is slow by, millionths"), decimal_places=2, min_value=-1000, max_value=1000, required=False,
        help_text=gettext_lazy("36 of them are a tenth of a second in 46 minutes."),
    )  # fmt: skip
    layout = ((gettext_lazy("Place on the clock"), (("offset", "clock_ppm"),)),)


class CutForm(PlainForm):
    """Where a cut begins and ends, who may watch it, and what came of it."""

    start = ClockField(label=gettext_lazy("From"))
    end = ClockField(label=gettext_lazy("To"))
    access = forms.ChoiceField(label=gettext_lazy("Who may watch"), choices=Access.choices)
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"), queryset=Category.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    publish_at = MomentField(label=gettext_lazy("Publish at"), required=False)
    summary_en = forms.CharField(
        label=gettext_lazy("What came of it, English"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    summary_ru = forms.CharField(
        label=gettext_lazy("What came of it, Russian"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    external_url = forms.URLField(
        label=gettext_lazy("Recording elsewhere"), required=False, max_length=2000, assume_scheme="https"
    )
    layout = (
        (gettext_lazy("Cut"), (("start", "end"),)),
        (gettext_lazy("Viewers"), (("access", "publish_at"), ("categories",))),
        (gettext_lazy("Words"), (("summary_en", "summary_ru"), ("external_url",))),
    )

    def __init__(self, data: Any = None, *, cut: Cut) -> None:
        super().__init__(
            data,
            initial={
                "start": cut.start_ms, "end": cut.end_ms, "access": cut.access, "publish_at": cut.publish_at,
                "categories": list(cut.categories.all()), "summary_en": cut.summary_en, "summary_ru": cut.summary_ru, "external_url": cut.external_url,
            },
        )  # fmt: skip
        self.fields["categories"].queryset = Category.objects.filter(event=cut.event_id)  # type: ignore[attr-defined]
        self.fields["publish_at"].in_zone(cut.event.zone)  # type: ignore[attr-defined]
        self.fields["publish_at"].help_text += " " + _("Empty: at once.")

    def clean(self) -> dict[str, Any]:
        """Keep the end behind the start, and categories chosen where they decide."""
        data = super().clean() or {}
        if (
            data.get("start") is not None
            and data.get("end") is not None
            and data["end"] - data["start"] < 1000
        ):
            self.add_error("end", _("The end must come at least a second after the start."))
        if data.get("access") == Access.CATEGORY and not data.get("categories"):
            self.add_error("categories", _("Choose at least one category."))
        return data


class ChaptersForm(PlainForm):
    """Chapters as a list per language."""

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
    layout = ((gettext_lazy("Chapters"), (("chapters_en", "chapters_ru"),)),)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["chapters_en"].help_text = _(
            "A line each: 00:12:30 Title. Or WebVTT. Times count from the cut's start."
        )

    def _rows(self, language: str) -> list[ChapterRow]:
        text = self.cleaned_data[f"chapters_{language}"]
        if not text.strip():
            return []
        try:
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


class LinkForm(PlainForm):
    """A link that ends."""

    name = forms.CharField(label=gettext_lazy("For whom"), max_length=120, required=False)
    expires_at = MomentField(label=gettext_lazy("Valid until"))
    layout = ((gettext_lazy("A link to this recording"), (("name", "expires_at"),)),)

    def __init__(self, data: Any = None, *, event: Event) -> None:
        super().__init__(data)
        self.fields["expires_at"].in_zone(event.zone)  # type: ignore[attr-defined]

    def clean_expires_at(self) -> Any:
        """Ask for an end that lies ahead."""
        from django.utils import timezone

        end = self.cleaned_data["expires_at"]
        if end is None or end <= timezone.now():
            raise forms.ValidationError(_("Say until when the link is valid; the moment must lie ahead."))
        return end


class MaterialForm(PlainForm):
    """A result or material of a session, a day or the event."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=MaterialKind.choices)
    belongs = forms.ChoiceField(label=gettext_lazy("Belongs to"), required=False)
    title_en = forms.CharField(label=gettext_lazy("Title, English"), max_length=300, required=False)
    title_ru = forms.CharField(label=gettext_lazy("Title, Russian"), max_length=300, required=False)
    text_en = forms.CharField(
        label=gettext_lazy("Words, English"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text_ru = forms.CharField(
        label=gettext_lazy("Words, Russian"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    url = forms.URLField(
        label=gettext_lazy("or address"), required=False, max_length=2000, assume_scheme="https"
    )
    is_published = forms.BooleanField(label=gettext_lazy("Published"), required=False)
    layout = (
        (gettext_lazy("What it is"), (("kind", "belongs"), ("title_en", "title_ru"))),
        (gettext_lazy("Content"), (("text_en", "text_ru"), ("file", "url"))),
        (gettext_lazy("Viewers"), (("is_published",),)),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, event: Event, material: Material | None
    ) -> None:
        initial: dict[str, Any] = {"is_published": True}
        if material is not None:
            initial = {
                name: getattr(material, name)
                for name in ("kind", "title_en", "title_ru", "text_en", "text_ru", "url", "is_published")
            }
            initial["belongs"] = (
                f"session:{material.session.code}"
                if material.session
                else f"day:{material.date}"
                if material.date
                else ""
            )
        super().__init__(data, files, initial=initial)
        self.event, self.material = event, material
        self.fields["belongs"].choices = self._places()
        if material is not None and material.path:
            self.fields["file"].help_text = _("There now: %(name)s. A new file takes its place.") % {
                "name": material.original_name
            }

    def _places(self) -> list[tuple[str, Any]]:
        schedule = released_schedule(self.event)
        days = [(f"day:{day.date}", str(day.date)) for day in self.event.days.all()]
        planned = [session for session in schedule.sessions if session.start] if schedule else []
        planned.sort(key=lambda session: (session.start, session.number))
        language = self.event.main_language
        sessions = [
            (
                f"session:{session.code}",
                f"{session.start.astimezone(self.event.zone):%d.%m. %H:%M} {session.title.get(language) or next(iter(session.title.values()), session.code)}"[
                    :120
                ],
            )
            for session in planned
            if session.start
        ]
        return [("", _("the whole event")), (_("Days"), days), (_("Sessions"), sessions)]

    def clean_file(self) -> Any:
        """Judge the file by its content."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        try:
            return check_upload(file)
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Ask for a title and for something to read."""
        data = super().clean() or {}
        if not any(data.get(f"title_{language}") for language in LANGUAGES):
            self.add_error("title_en", _("Give a title in at least one language."))
        has_file = bool(data.get("file")) or bool(self.material and self.material.path)
        if not self.errors and not (
            has_file or data.get("url") or any(data.get(f"text_{language}") for language in LANGUAGES)
        ):
            self.add_error(None, _("Give words, a file or an address."))
        return data

    def place(self) -> dict[str, Any]:
        """Return session and day as the service takes them."""
        import datetime as dt

        kind, _colon, key = self.cleaned_data["belongs"].partition(":")
        if kind == "session":
            return {"session": Session.objects.filter(event=self.event, code=key).first(), "date": None}
        return {"session": None, "date": dt.date.fromisoformat(key) if kind == "day" else None}
