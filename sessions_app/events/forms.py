"""The form of an event."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from network.backoffice.conflicts import SeenForm
from network.backoffice.forms import BackofficeForm
from network.models import Person
from sessions_app.events.models import Event, Room, TeamRoleName, Track
from sessions_app.events.permissions import Capability, may
from sessions_app.events.services import PARTS, event_slug, slug_from

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def zone_names() -> list[str]:
    """Return the time zones that people write, those named after places first."""
    named = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    return [name for name in named if not name.startswith(("Etc/", "posix/", "right/"))] + ["UTC"]


class ZoneInput(forms.TextInput):
    """A text field that proposes the known time zones while one types; works without script."""

    template_name = "backoffice/widgets/zone.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the zones."""
        context = super().get_context(name, value, attrs)
        context["widget"]["zones"] = zone_names()
        context["widget"]["list_id"] = f"{context['widget']['attrs'].get('id', name)}-zones"
        context["widget"]["attrs"]["list"] = context["widget"]["list_id"]
        return context


class HueSelect(forms.RadioSelect):
    """Track colours as swatches with their names."""

    template_name = "backoffice/widgets/hues.html"


class ColourInput(forms.TextInput):
    """The browser's colour dialog."""

    input_type = "color"


class TrackForm(BackofficeForm):
    """One track; its address follows from its name."""

    hue = forms.TypedChoiceField(
        label=gettext_lazy("colour"), choices=Track.HUES, coerce=int, widget=HueSelect, initial=1
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language."""
        return one_name(self, super().clean())


class RoomForm(BackofficeForm):
    """One room."""

    step_free = forms.TypedChoiceField(
        label=gettext_lazy("step-free access"),
        required=False,
        choices=[
            ("", gettext_lazy("not known")),
            ("True", gettext_lazy("yes")),
            ("False", gettext_lazy("no")),
        ],
        coerce=lambda text: text in (True, "True"),
        empty_value=None,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language."""
        return one_name(self, super().clean())


def one_name(form: forms.Form, data: dict[str, Any] | None) -> dict[str, Any]:
    """Complain unless a name stands in one of the languages."""
    data = data or {}
    if not any(data.get(f"name_{code}") for code in LANGUAGES):
        form.add_error(f"name_{LANGUAGES[0]}", _("Give the name in at least one language."))
    return data


class EventForm(SeenForm):
    """An event with its days, rooms, tracks, organisers and team."""

    parts = PARTS

    slug = forms.CharField(
        label=gettext_lazy("address"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Small Latin letters, figures and hyphens. Empty: made from the name."),
    )
    timezone = forms.CharField(
        label=gettext_lazy("time zone"),
        widget=ZoneInput,
        initial="Europe/Moscow",
        help_text=gettext_lazy(
            "Type a city to search. Sessions keep their moment when the zone changes, not their clock time."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    main_language = forms.ChoiceField(
        label=gettext_lazy("main language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Stands in for texts that are missing in the other language."),
    )
    brand_colour = forms.CharField(
        label=gettext_lazy("colour"),
        widget=ColourInput,
        initial="#1f4bb8",
        max_length=7,
        help_text=gettext_lazy(
            "Darkened where text stands in it; refused when that would make another colour."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = self.instance.languages or ([] if self.instance.pk else LANGUAGES)
        extra = [(code, code) for code in spoken if code not in LANGUAGES]
        for name in ("languages", "main_language"):
            self.fields[name].choices = [
                (code, capfirst(_(str(label)))) for code, label in [*settings.LANGUAGES, *extra]
            ]
        if self.instance.pk and self.instance.releases.exists() and "slug" in self.fields:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It stays: calendars, links and printed codes lead to it.")
        self.initial["languages"] = spoken
        self.initial["main_language"] = spoken[0] if spoken else LANGUAGES[0]

    def clean(self) -> dict[str, Any]:
        """Put the main language first, ask for a name in it, and make the address from the name."""
        data = super().clean()
        languages, main = list(data.get("languages") or []), data.get("main_language")
        if languages and main not in languages:
            self.add_error("main_language", _("The main language must be one of the event's languages."))
        elif languages:
            data["languages"] = [main, *(code for code in languages if code != main)]
        names = [data.get(f"name_{code}") for code in LANGUAGES if data.get(f"name_{code}")]
        needed = f"name_{main}" if main in LANGUAGES else f"name_{LANGUAGES[0]}"
        if not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("The name in the main language is needed."))
        if not data.get("slug") and "slug" not in self.errors and names:
            data["slug"] = event_slug(data.get(needed) or names[0])
        return data

    def is_valid(self) -> bool:
        """Check the parts against each other as well: twice the same day, a room that is in use."""
        return super().is_valid() and not self._conflicts()

    def _conflicts(self) -> bool:
        self._name_tracks()
        found = [
            self._repeated("days", ("date",), _("This day is in the list already.")),
            self._repeated("organisers", ("organisation",), _("This organisation is in the list already.")),
            self._repeated("team", ("person", "role"), _("This person has this role already.")),
            self._in_use("rooms", "room"),
            self._in_use("tracks", "track"),
            self._nobody_left(),
        ]
        return any(found)

    def _kept(self, relation: str) -> list[Any]:
        formset = self.formsets.get(relation)
        if formset is None:
            return []
        return [
            form
            for form in formset.forms
            if form not in formset.deleted_forms and (form.has_changed() or form.instance.pk)
        ]

    def _repeated(self, relation: str, fields: Iterable[str], message: str) -> bool:
        seen: Counter[tuple[Any, ...]] = Counter()
        wrong = False
        for form in self._kept(relation):
            key = tuple(form.cleaned_data.get(field) for field in fields)
            seen[key] += 1
            if seen[key] > 1:
                form.add_error(next(iter(fields)), message)
                wrong = True
        return wrong

    def _in_use(self, relation: str, lookup: str) -> bool:
        """Refuse to remove a room or track that sessions stand in; they would lose it without a word."""
        formset = self.formsets.get(relation)
        if formset is None:
            return False
        wrong = False
        for form in formset.deleted_forms:
            row: Room | Track = form.instance
            count = row.sessions.count() if row.pk else 0
            if count:
                message = ngettext(
                    "“%(name)s” cannot be removed: %(count)d session stands in it. Move it first.",
                    "“%(name)s” cannot be removed: %(count)d sessions stand in it. Move them first.",
                    count,
                )
                self.add_error(None, message % {"name": row.name, "count": count})
                wrong = True
        return wrong

    def _nobody_left(self) -> bool:
        person = self.for_user
        if not isinstance(person, Person) or person.is_superuser or not self.instance.pk:
            return False
        if not may(person, Capability.EDIT_EVENT, self.instance) or "team" not in self.formsets:
            return False
        if any(form.cleaned_data.get("role") == TeamRoleName.ORGANISER for form in self._kept("team")):
            return False
        self.add_error(None, _("Keep at least one organiser in the team."))
        return True

    def _name_tracks(self) -> None:
        """Give new tracks an address made from their name; the address of old ones never changes."""
        kept = self._kept("tracks")
        taken = {form.instance.slug for form in kept if form.instance.slug}
        for form in kept:
            if not form.instance.slug:
                names = [form.cleaned_data.get(f"name_{code}") for code in LANGUAGES]
                name = next(filter(None, names), "")
                form.instance.slug = slug_from(name, taken, default="track")
                taken.add(form.instance.slug)

    class Meta(BackofficeForm.Meta):
        model = Event
        fields: list[str] = []
