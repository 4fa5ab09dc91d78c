"""Forms of sessions and releases, and the field for a moment on the event's clocks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.backoffice.conflicts import SeenForm
from network.backoffice.forms import BackofficeForm
from network.web.uploads import KINDS, UploadRefused, check_upload
from sessions_app.events.models import Room, Track
from sessions_app.programme.models import Session
from sessions_app.programme.schedule import zones
from sessions_app.programme.services.editing import PARTS, NewFile

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PATTERNS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M")
LONGEST = dt.timedelta(hours=24)
SHOWN = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    """Date and time in one native field; two readings to choose from where the clocks show it twice."""

    input_type = "datetime-local"
    template_name = "backoffice/widgets/moment.html"
    zone: ZoneInfo | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str]:
        """Return the local time as written and the chosen reading, "0", "1" or nothing."""
        return (data.get(name, ""), data.get(f"{name}_reading", ""))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Tell whether the field was not sent at all."""
        return name not in data

    def format_value(self, value: Any) -> str | None:
        """Return the local time as the native field wants it."""
        return value[0] if isinstance(value, tuple) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the two readings when the value is ambiguous."""
        context = super().get_context(name, value, attrs)
        text, chosen = value if isinstance(value, tuple) else (value or "", "")
        moment = parse_local(text)
        context["widget"]["readings"] = []
        if moment is not None and self.zone is not None:
            try:
                zones.to_utc(moment, self.zone)
            except zones.AmbiguousTime as error:
                context["widget"]["readings"] = [
                    (str(fold), in_words(instant, self.zone), str(fold) == chosen)
                    for fold, instant in enumerate(error.readings)
                ]
            except zones.NonexistentTime:
                pass
        return context


def parse_local(text: str) -> dt.datetime | None:
    """Return the naive local time that the text states, or None."""
    for pattern in PATTERNS:
        try:
            return dt.datetime.strptime(text.strip(), pattern)  # noqa: DTZ007  (local by meaning)
        except ValueError:
            continue
    return None


def in_words(instant: dt.datetime, zone: ZoneInfo) -> str:
    """Return local time with its distance from UTC, such as "02:30 (UTC+2)"."""
    return f"{zones.local(instant, zone):%H:%M} ({zones.offset_in_words(instant, zone)})"


class MomentField(forms.Field):
    """A moment written on the clocks of ``zone``; cleans to an instant in UTC."""

    widget = MomentInput
    zone: ZoneInfo = ZoneInfo("UTC")

    def in_zone(self, zone: ZoneInfo) -> None:
        """Say on whose clocks the field is read and shown."""
        self.zone = self.widget.zone = zone
        self.help_text = _("Local time of the event: %(zone)s.") % {"zone": zone.key}

    def prepare_value(self, value: Any) -> Any:
        """Show an instant as local time, with its reading where there are two."""
        if not isinstance(value, dt.datetime):
            return value
        fold = value.astimezone(self.zone).fold
        return (zones.local(value, self.zone).strftime(SHOWN), str(fold))

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the instant, or say why there is none."""
        text, reading = value if isinstance(value, tuple) else (value or "", "")
        if not text.strip():
            return None
        local = parse_local(text)
        if local is None:
            raise forms.ValidationError(_("Write date and time, for example 2026-09-14 10:00."))
        if not 1970 <= local.year <= 2100:
            raise forms.ValidationError(_("The year must lie between 1970 and 2100."))
        try:
            return zones.to_utc(local, self.zone, fold=int(reading) if reading in ("0", "1") else None)
        except zones.NonexistentTime as error:
            message = _(
                "%(time)s does not exist on this day in %(zone)s: the clocks are put forward over it. "
                "Write %(before)s or %(after)s."
            )
            raise forms.ValidationError(message % self._readings(error, local)) from error
        except zones.AmbiguousTime as error:
            message = _(
                "The clocks in %(zone)s show %(time)s twice on this day: choose %(before)s or %(after)s."
            )
            raise forms.ValidationError(message % self._readings(error, local)) from error

    def _readings(self, error: zones.ClockChange, local: dt.datetime) -> dict[str, str]:
        before, after = (in_words(instant, self.zone) for instant in error.readings)
        return {"time": f"{local:%H:%M}", "zone": self.zone.key, "before": before, "after": after}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare instants, not spellings."""
        try:
            return self.clean(data) != initial
        except forms.ValidationError:
            return True


class MaterialForm(BackofficeForm):
    """A file or an address; what is uploaded is judged by its content."""

    file = forms.FileField(
        label=gettext_lazy("file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{one}" for one in KINDS)}),
    )
    new_file: NewFile | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.file:
            name = self.instance.original_name or self.instance.title
            self.fields["file"].help_text = _("Kept now: %(name)s. Choose another file to replace it.") % {
                "name": name
            }

    def clean_file(self) -> Any:
        """Check the content, and give the file a random name."""
        file = self.cleaned_data.get("file")
        if not isinstance(file, UploadedFile):
            return file
        try:
            checked = check_upload(file)
        except UploadRefused as error:
            raise forms.ValidationError(str(error)) from error
        self.new_file = NewFile(checked.original_name, checked.kind.content_type, file.size or 0)
        file.name = checked.name
        return file

    def clean(self) -> dict[str, Any]:
        """Ask for a title; a new file makes a new material, for releases name the old one by its guid."""
        data = super().clean()
        if not any(data.get(f"title_{code}") for code in LANGUAGES):
            self.add_error(f"title_{LANGUAGES[0]}", _("Give the title in at least one language."))
        if self.new_file:
            self.instance.guid = uuid.uuid4()
            self.instance.original_name = self.new_file.original_name
        return data


class SessionForm(SeenForm):
    """A session of one event; times are local to the event."""

    parts = PARTS

    start = MomentField(label=gettext_lazy("start"), required=False)
    end = MomentField(label=gettext_lazy("end"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance.event
        for name in ("start", "end"):
            self.fields[name].in_zone(event.zone)
        self.fields["room"].queryset = Room.objects.filter(event=event)
        self.fields["track"].queryset = Track.objects.filter(event=event)
        known = dict(settings.LANGUAGES)
        codes = dict.fromkeys([*event.languages, *LANGUAGES, self.instance.language])
        self.fields["language"].choices = [("", _("not known"))] + [
            (code, capfirst(_(str(known.get(code, code))))) for code in codes if code
        ]

    def clean(self) -> dict[str, Any]:
        """Check the times against each other, and ask for a title."""
        data = super().clean()
        if not any(data.get(f"title_{code}") for code in LANGUAGES):
            self.add_error(f"title_{LANGUAGES[0]}", _("Give the title in at least one language."))
        if "start" not in self.errors and "end" not in self.errors:
            self._check_times(data.get("start"), data.get("end"))
        return data

    def _check_times(self, start: dt.datetime | None, end: dt.datetime | None) -> None:
        if (start is None) != (end is None):
            self.add_error("end" if end is None else "start", _("Give both start and end, or neither."))
        elif start is not None and end is not None:
            if end <= start:
                self.add_error("end", _("The end must come after the start."))
            elif end - start > LONGEST:
                self.add_error("end", _("A session lasts at most 24 hours; plan one for each day."))

    def is_valid(self) -> bool:
        """Check the rows against each other as well."""
        return super().is_valid() and not self._repeated_roles()

    def _repeated_roles(self) -> bool:
        formset = self.formsets.get("roles")
        seen: Counter[tuple[Any, Any]] = Counter()
        wrong = False
        for form in formset.forms if formset else ():
            if form in formset.deleted_forms or not form.cleaned_data.get("person"):
                continue
            key = (form.cleaned_data["person"].pk, form.cleaned_data["role"])
            seen[key] += 1
            if seen[key] > 1:
                form.add_error("person", _("This person has this role already."))
                wrong = True
        return wrong

    def value_in_words(self, name: str, value: Any) -> str:
        """Tell times on the event's clocks."""
        if value and name in ("start", "end"):
            here = zones.local(dt.datetime.fromisoformat(value), self.instance.event.zone)
            return f"{here:%Y-%m-%d %H:%M}"
        return super().value_in_words(name, value)

    def new_files(self) -> dict[uuid.UUID, NewFile]:
        """Return what was uploaded now, by the guid of its material."""
        formset = self.formsets.get("materials")
        return {
            form.instance.guid: form.new_file
            for form in (formset.forms if formset else ())
            if form.new_file and form not in formset.deleted_forms
        }

    class Meta(BackofficeForm.Meta):
        model = Session
        fields: list[str] = []


def _note_field(language: str) -> forms.CharField:
    return forms.CharField(
        label=_("Note to the public (%(language)s)") % {"language": _(language)},
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: what is new? It stands above the list of changes."),
    )


class ReleaseForm(forms.Form):
    """Note of a release in each language; with clashes that block it, an override and its reason."""

    override = forms.BooleanField(label=gettext_lazy("Release in spite of the clashes"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the release; the public does not see it."),
    )

    def __init__(self, *args: Any, blocked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocked = blocked
        self.fields = {
            f"note_{code}": _note_field(str(name)) for code, name in settings.LANGUAGES
        } | self.fields
        if not blocked:
            del self.fields["override"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """Ask for both override and reason while clashes block the release."""
        data = super().clean() or {}
        self.notes = {code: data.get(f"note_{code}", "") for code in LANGUAGES}
        if self.blocked and not data.get("override"):
            self.add_error("override", _("Mend the clashes, or tick this box and give the reason."))
        if self.blocked and not (data.get("reason") or "").strip():
            self.add_error("reason", _("The reason is needed."))
        return data
