"""Forms of an event's registration: its settings, quotas and categories; times are the event's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.backoffice.choosers import organisation_chooser
from network.backoffice.conflicts import SeenForm
from network.backoffice.forms import BackofficeForm
from sessions_app.events.forms import HueSelect, one_name
from sessions_app.events.models import Event, Track
from sessions_app.programme.forms import MomentField
from sessions_app.programme.schedule import zones
from sessions_app.registration.models import Category, Quota, RegistrationSettings, Visibility

LANGUAGES = [code for code, _name in settings.LANGUAGES]
MOST_PLACES = 1_000_000

Rows = tuple[tuple[str, ...], ...]


class SetupForm(SeenForm):
    """A form whose fields stand in named groups, those of a row beside each other."""

    groups: ClassVar[tuple[tuple[Promise | str, Rows], ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MomentField):
                told = field.help_text
                field.in_zone(self.event.zone)
                field.help_text = f"{told} {field.help_text}".strip()

    @property
    def event(self) -> Event:
        """The event on whose clocks times are read."""
        event: Event = self.instance.event
        return event

    def sections(self) -> Iterator[tuple[Promise | str, list[list[BoundField]]]]:
        """Yield each group's heading and its rows of fields."""
        for heading, rows in self.groups:
            yield heading, [[self[name] for name in row if name in self.fields] for row in rows]

    def value_in_words(self, name: str, value: Any) -> str:
        """Tell times on the event's clocks."""
        if value and isinstance(self.fields.get(name), MomentField):
            return f"{zones.local(dt.datetime.fromisoformat(value), self.event.zone):%Y-%m-%d %H:%M}"
        return super().value_in_words(name, value)

    def check_span(self, data: dict[str, Any]) -> None:
        """Complain where the end does not come after the beginning."""
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Registration must close after it opens."))


class SettingsForm(SetupForm):
    """When and how an event takes registrations."""

    opens_at = MomentField(label=gettext_lazy("opens at"), required=False)
    closes_at = MomentField(label=gettext_lazy("closes at"), required=False)
    change_until = MomentField(
        label=gettext_lazy("changes until"),
        required=False,
        help_text=gettext_lazy(
            "Until then people change and cancel by themselves. Empty: until the event begins."
        ),
    )
    groups = (
        (gettext_lazy("When"), (("is_open",), ("opens_at", "closes_at"), ("change_until", "offer_hours"))),
        (gettext_lazy("Above the form"), (("introduction_en", "introduction_ru"),)),
        (
            gettext_lazy("Consent to the processing of data"),
            (("consent_text_en", "consent_text_ru"), ("consent_version",)),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent_version"].help_text = _(
            "Kept with every consent. A changed text needs a new version; earlier consents keep theirs."
        )
        for code in LANGUAGES:
            self.fields[f"consent_text_{code}"].widget.attrs["rows"] = 6
            self.fields[f"introduction_{code}"].widget.attrs["rows"] = 3

    def clean(self) -> dict[str, Any]:
        """Check the times against each other."""
        data: dict[str, Any] = super().clean()
        self.check_span(data)
        return data

    class Meta(BackofficeForm.Meta):
        model = RegistrationSettings
        fields: ClassVar[list[str]] = [
            "is_open", "opens_at", "closes_at", "change_until", "offer_hours",
            *(f"{name}_{code}" for name in ("introduction", "consent_text") for code in LANGUAGES),
            "consent_version",
        ]  # fmt: skip


class QuotaForm(SetupForm):
    """A quota's name and size."""

    size = forms.IntegerField(label=gettext_lazy("places"), min_value=0, max_value=MOST_PLACES)
    groups = ((gettext_lazy("Quota"), (("name_en", "name_ru"), ("size",))),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["size"].help_text = _(
                "%(taken)d are taken. More places go at once to those who wait, in their order."
            ) % {"taken": self.instance.taken}

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language."""
        return one_name(self, super().clean())

    class Meta(BackofficeForm.Meta):
        model = Quota
        fields: ClassVar[list[str]] = [*(f"name_{code}" for code in LANGUAGES), "size"]


class CategoryForm(SetupForm):
    """A category of attendees."""

    hue = forms.TypedChoiceField(
        label=gettext_lazy("colour"), choices=Track.HUES, coerce=int, widget=HueSelect, initial=1
    )
    new_places = forms.IntegerField(
        label=gettext_lazy("or a new quota of so many places"),
        required=False,
        min_value=0,
        max_value=MOST_PLACES,
    )
    opens_at = MomentField(label=gettext_lazy("opens at"), required=False)
    closes_at = MomentField(label=gettext_lazy("closes at"), required=False)
    groups = (
        (gettext_lazy("Category"), (("name_en", "name_ru"), ("description_en", "description_ru"))),
        (gettext_lazy("Places"), (("quota", "new_places"), ("has_waiting_list",))),
        (gettext_lazy("Who and how"), (("entry", "visibility"), ("organisation",))),
        (gettext_lazy("Times of its own"), (("opens_at", "closes_at"),)),
        (gettext_lazy("Badge"), (("badge_word_en", "badge_word_ru"), ("hue",))),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quota"].queryset = Quota.objects.filter(
            event=self.event, session__isnull=True, choice__isnull=True
        )
        self.fields["quota"].empty_label = _("as many as come")
        self.fields["has_waiting_list"].help_text = _("Off: who finds no place is told so and cannot wait.")

    def clean(self) -> dict[str, Any]:
        """Ask for a name, and for the organisation where the category is for its people."""
        data = one_name(self, super().clean())
        self.check_span(data)
        is_for_members = data.get("visibility") == Visibility.MEMBERS
        if is_for_members and not data.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Name the organisation whose people see the category."))
        if data.get("quota") and data.get("new_places") is not None:
            self.add_error("new_places", _("Choose a quota or make a new one, not both."))
        return data

    class Meta(BackofficeForm.Meta):
        model = Category
        fields: ClassVar[list[str]] = [
            *(f"{name}_{code}" for name in ("name", "description", "badge_word") for code in LANGUAGES),
            "quota", "has_waiting_list", "entry", "visibility", "organisation", "opens_at", "closes_at", "hue",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"organisation": organisation_chooser.widget_class}
