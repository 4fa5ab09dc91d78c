"""Importing a schedule: upload or paste, look at what would change, then do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date as date_in_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages

from network.web.uploads import cleaned_name
from network.web.words import zone_in_words
from sessions_app.programme.backoffice.scope import EventPageMixin
from sessions_app.programme.backoffice.wording import Wording
from sessions_app.programme.models import ScheduleUpload
from sessions_app.programme.schedule.formats import table_writer
from sessions_app.programme.schedule.formats.deviations import Deviation, Reading
from sessions_app.programme.schedule.formats.reading import FORMATS, LARGEST, read
from sessions_app.programme.services.importing import (
    ImportPlan,
    ImportRefusedError,
    apply_import,
    plan_import,
)
from sessions_app.programme.services.uploading import find_upload, forget_upload, keep_upload

SHOWN_DEVIATIONS = 500
CHOICES = [
    ("auto", gettext_lazy("find out from the content")),
    ("xml", "schedule.xml (frab, Pentabarf)"),
    ("json", "schedule.json"),
    ("ics", "iCalendar (.ics)"),
    ("csv", "CSV"),
    ("xlsx", "Excel (.xlsx)"),
]
TEMPLATES = {
    "csv": ("text/csv; charset=utf-8", table_writer.template_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        table_writer.template_xlsx,
    ),
}


class ImportForm(forms.Form):
    """A file, or a text that was pasted."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the text here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=CHOICES, initial="auto")

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one of file and text, and for no more than the limit."""
        data = super().clean() or {}
        file, text = data.get("file"), data.get("text") or ""
        if "file" in self.errors:
            return data
        if bool(file) == bool(text.strip()):
            raise forms.ValidationError(_("Choose a file or paste a text: one of the two."), code="which")
        size = file.size if file else len(text.encode())
        if size > LARGEST:
            megabytes = 1024 * 1024
            raise forms.ValidationError(
                _("The file has %(size)d MB; at most %(limit)d MB are taken. Import it day by day.")
                % {"size": -(-size // megabytes), "limit": LARGEST // megabytes},
                code="too_large",
            )
        return data

    @property
    def is_too_large(self) -> bool:
        """Tell whether the limit was passed."""
        return self.has_error("__all__", code="too_large")

    def content(self) -> tuple[str, bytes]:
        """Return name and bytes of what was given."""
        file = self.cleaned_data.get("file")
        if file:
            return cleaned_name(file.name, file.name.rpartition(".")[2][:5].lower() or "txt"), file.read()
        return "", self.cleaned_data["text"].encode()


@dataclass(frozen=True, slots=True)
class DeviationLine:
    """A deviation in the reader's language."""

    line: int
    message: str


def in_words(deviations: Any) -> list[DeviationLine]:
    """Return the deviations as sentences, those about the whole file first."""
    return [_line(item) for item in sorted(deviations, key=lambda item: item.line)[:SHOWN_DEVIATIONS]]


def _line(item: Deviation) -> DeviationLine:
    return DeviationLine(item.line, _(item.message) % dict(item.values))


class ImportView(EventPageMixin, TemplateView):
    """The form, and after it the preview; nothing is written before the second button."""

    template_name = "backoffice/import.html"
    page_title = gettext_lazy("Import a schedule")
    header_icon = "upload"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the empty form unless one is given."""
        return {"form": ImportForm(), **super().get_context_data(**kwargs), "limit": LARGEST // (1024 * 1024)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Preview a file, or import the one that was previewed."""
        if "token" in request.POST:
            return self._apply(request.POST["token"])
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            status = 413 if form.is_too_large else 200
            return self.render_to_response(self.get_context_data(form=form), status=status)
        name, content = form.content()
        reading = self._read(content, form.cleaned_data["format"])
        return self._preview(form, name, content, reading)

    def _read(self, content: bytes, format_: str) -> Reading:
        return read(
            content,
            format=format_ if format_ in FORMATS else "auto",
            slug=self.event.slug,
            zone=self.event.timezone,
            language=self.event.main_language,
        )

    def _preview(self, form: ImportForm, name: str, content: bytes, reading: Reading) -> HttpResponse:
        plan: ImportPlan | None = None
        upload: ScheduleUpload | None = None
        if not reading.errors and reading.schedule is not None:
            plan = plan_import(event=self.event, reading=reading)
            if not plan.is_empty:
                upload = keep_upload(
                    event=self.event,
                    person=self.request.user,
                    name=name,
                    format=reading.format,
                    content=content,
                )
        context = self.get_context_data(
            form=form if plan is None else ImportForm(),
            reading=reading,
            file_name=name,
            errors=in_words(reading.errors),
            warnings=in_words(reading.warnings),
            hidden_warnings=max(0, len(reading.warnings) - SHOWN_DEVIATIONS),
            plan=plan,
            changes=Wording(self.event).changes(plan.changes) if plan else None,
            additions=self._additions(plan, reading) if plan else (),
            upload=upload,
        )
        return self.render_to_response(context)

    def _additions(self, plan: ImportPlan, reading: Reading) -> list[str]:
        """Say what the file adds to the event itself, and when its clocks are not the event's."""
        text = Wording(self.event).text
        added = [
            (_("New days"), [date_in_words(day.date, "j E Y") for day in plan.new_days]),
            (_("New rooms"), [text(room.name) for room in plan.new_rooms]),
            (_("New tracks"), [text(track.name) for track in plan.new_tracks]),
        ]
        lines = [f"{heading}: {', '.join(names)}" for heading, names in added if names]
        zone = reading.schedule.zone if reading.schedule else self.event.timezone
        if zone != self.event.timezone:
            words = _(
                "The file's clocks are those of %(file)s; the event shows the same moments in %(event)s."
            )
            lines.append(words % {"file": zone_in_words(zone), "event": zone_in_words(self.event.timezone)})
        return lines

    def _apply(self, token: str) -> HttpResponse:
        upload = find_upload(event=self.event, person=self.request.user, token=token)
        if upload is None:
            messages.error(
                self.request, _("The preview has expired, nothing was imported. Choose the file once more.")
            )
            return redirect("backoffice_import", self.event.slug)
        reading = self._read(bytes(upload.content), upload.format)
        try:
            plan = apply_import(event=self.event, reading=reading, actor=self.request.user)
        except ImportRefusedError:
            messages.error(self.request, _("The file was refused, nothing was imported."))
            return redirect("backoffice_import", self.event.slug)
        forget_upload(upload=upload)
        messages.success(self.request, _counts(plan))
        return redirect("backoffice_hub", self.event.slug)


def _counts(plan: ImportPlan) -> str:
    parts = [
        ngettext("%d session created", "%d sessions created", plan.created) % plan.created,
        ngettext("%d updated", "%d updated", plan.updated) % plan.updated,
        ngettext("%d withdrawn", "%d withdrawn", plan.withdrawn) % plan.withdrawn,
    ]
    return _("Imported: %(counts)s. Nothing is public before the next release.") % {
        "counts": ", ".join(parts)
    }


class ImportTemplateView(EventPageMixin, TemplateView):
    """An empty table with the right headings, to fill in."""

    page_title = gettext_lazy("Template")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the file."""
        content_type, make = TEMPLATES[kwargs["format"]]
        languages = tuple(self.event.languages)
        response = HttpResponse(make(self.event.timezone, languages), content_type=content_type)
        name = f"{self.event.slug}-template.{kwargs['format']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
