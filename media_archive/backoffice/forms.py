"""Forms of recordings, their clock, cameras and cuts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from media_archive.backoffice.form_parts import ClockField, PlainForm, TimeOfDayField, WebField
from media_archive.models import Access, Camera, CameraFile, Cut, CutState, Recording
from sessions_app.events.models import Event
from sessions_app.programme.forms import MomentField
from sessions_app.registration.models import Category


class RecordingForm(PlainForm):
    """Which day and room a recording is of, and when the first camera was switched on."""

    date = forms.ChoiceField(label=gettext_lazy("Day"))
    room = forms.ChoiceField(label=gettext_lazy("Room"), required=False)
    room_name = forms.CharField(
        label=gettext_lazy("Another room"), max_length=120, required=False,
        help_text=gettext_lazy("Only where the room is not in the list."),
    )  # fmt: skip
    starts_at = TimeOfDayField(label=gettext_lazy("The first camera was switched on at"), required=False)
    layout = ((gettext_lazy("What was filmed"), (("date",), ("room", "room_name"), ("starts_at",))),)

    def __init__(
        self, data: Any = None, *, event: Event, dates: Iterable[dt.date] = (), chosen: str = ""
    ) -> None:
        self.rooms = {str(room.pk): str(room) for room in event.rooms.all()}
        super().__init__(data, initial={"date": chosen, "room": next(iter(self.rooms), "")})
        self.event = event
        days = sorted({day.date for day in event.days.all()} | set(dates))
        self.fields["date"].choices = [(day.isoformat(), date_format(day, "l j E")) for day in days]
        self.fields["room"].choices = [*self.rooms.items(), ("", _("another room"))]
        self.fields["starts_at"].in_zone(event.zone)  # type: ignore[attr-defined]
        self.fields["starts_at"].help_text += " " + _("Empty: as the first camera wrote it into its file.")

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a room that is not in the list."""
        data = super().clean() or {}
        if "room" in data and not data["room"] and not data.get("room_name") and "room_name" in data:
            self.add_error("room_name", _("Choose a room, or write what this one is called."))
        return data

    def cleaned(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        return {
            "date": dt.date.fromisoformat(data["date"]),
            "room_name": self.rooms[data["room"]] if data["room"] else data["room_name"],
            "starts_at": data["starts_at"],
        }


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


class FileCameraForm(PlainForm):
    """Which camera a file belongs to; cleans ``label`` to that camera's, or to the name of a new one."""

    camera = forms.ChoiceField(label=gettext_lazy("Camera"), required=False)
    label = forms.CharField(
        label=gettext_lazy("What the new one shows"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For example: closer, farther."),
    )
    layout = ((gettext_lazy("Camera"), (("camera", "label"),)),)

    def __init__(self, data: Any = None, *, file: CameraFile) -> None:
        super().__init__(data)
        others = file.camera.recording.cameras.exclude(pk=file.camera_id)
        self.fields["camera"].initial = others[0].label if others else ""
        self.fields["camera"].choices = [(camera.label, str(camera)) for camera in others] + [  # type: ignore[attr-defined]
            ("", _("a new camera"))
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the name of a new camera."""
        data = super().clean() or {}
        data["label"] = data.get("camera") or data.get("label", "").strip()
        if not data["label"] and not self.errors:
            self.add_error("label", _("Write what the new camera shows."))
        return data


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


class AccessForm(PlainForm):
    """Who may watch."""

    access = forms.ChoiceField(label=gettext_lazy("Who may watch"), choices=Access.choices)
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"), queryset=Category.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def of_event(self, event: Event) -> None:
        """Offer the event's categories, if it has any."""
        categories = Category.objects.filter(event=event)
        self.fields["categories"].queryset = categories  # type: ignore[attr-defined]
        if not categories:
            del self.fields["categories"]
            self.fields["access"].choices = [one for one in Access.choices if one[0] != Access.CATEGORY]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Have categories chosen where they decide."""
        data = super().clean() or {}
        data.setdefault("categories", [])
        if (
            data.get("access") == Access.CATEGORY
            and not data["categories"]
            and "categories" not in self.errors
        ):
            self.add_error("categories", _("Choose at least one category."))
        return data


class ViewersForm(AccessForm):
    """Who may watch, and from when on."""

    publish_at = MomentField(label=gettext_lazy("Publish at"), required=False)

    def of_event(self, event: Event) -> None:
        """Take times of the event's zone as well."""
        super().of_event(event)
        self.fields["publish_at"].in_zone(event.zone)  # type: ignore[attr-defined]
        self.fields["publish_at"].help_text += " " + _("Empty: at once.")


class PublishForm(ViewersForm):
    """Which cuts of a recording are published together."""

    cuts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Which"), queryset=Cut.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )  # fmt: skip
    layout = (
        (gettext_lazy("Cuts"), (("cuts",),)),
        (gettext_lazy("Viewers"), (("access", "publish_at"), ("categories",))),
    )

    def __init__(self, data: Any = None, *, recording: Recording) -> None:
        hidden = recording.cuts.exclude(state=CutState.PUBLISHED)
        super().__init__(data, initial={"cuts": [cut.pk for cut in hidden if cut.title]})
        self.fields["cuts"].queryset = hidden  # type: ignore[attr-defined]
        self.fields["cuts"].label_from_instance = _with_time  # type: ignore[attr-defined]
        self.of_event(recording.event)


def _with_time(cut: Cut) -> str:
    when = date_format(timezone.localtime(cut.starts_at, cut.recording.event.zone), "H:i")
    return f"{when} · {cut.title or _('The whole day')}"


class CutForm(ViewersForm):
    """Where a cut begins and ends, who may watch it, and what came of it."""

    start = ClockField(label=pgettext_lazy("of a cut", "From"))
    end = ClockField(label=pgettext_lazy("of a cut", "To"))
    summary_en = forms.CharField(
        label=gettext_lazy("What came of it, English"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    summary_ru = forms.CharField(
        label=gettext_lazy("What came of it, Russian"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    external_url = WebField(label=gettext_lazy("Recording elsewhere"), required=False)
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
        self.of_event(cut.event)

    def clean(self) -> dict[str, Any]:
        """Keep the end behind the start."""
        data = super().clean()
        if (
            data.get("start") is not None
            and data.get("end") is not None
            and data["end"] - data["start"] < 1000
        ):
            self.add_error("end", _("The end must come at least a second after the start."))
        return data


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
        end = self.cleaned_data["expires_at"]
        if end is None or end <= timezone.now():
            raise forms.ValidationError(_("Say until when the link is valid; the moment must lie ahead."))
        return end
