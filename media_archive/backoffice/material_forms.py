"""The form of a result or material."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_archive.backoffice.form_parts import LANGUAGES, PlainForm
from media_archive.models import Material, MaterialKind
from network.web.uploads import UploadRefused, check_upload
from sessions_app.events.models import Event
from sessions_app.programme.models import Session
from sessions_app.programme.queries import released_schedule


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
        kind, _colon, key = self.cleaned_data["belongs"].partition(":")
        if kind == "session":
            return {"session": Session.objects.filter(event=self.event, code=key).first(), "date": None}
        return {"session": None, "date": dt.date.fromisoformat(key) if kind == "day" else None}
