"""Forms of an exchange: its rules, the hours of its days, its tables."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from matchmaking.models import Exchange, ExchangeHours, Table
from network.backoffice.forms import BackofficeForm
from network.backoffice.native import NativeTime
from sessions_app.events.models import Event
from sessions_app.programme.schedule import zones
from sessions_app.registration.backoffice.setup_forms import SetupForm

LANGUAGES = [code for code, _name in settings.LANGUAGES]
EMPTY_ROWS = 3
MOST_ROWS = 60
MOST_TABLES = 500
USUAL = (dt.time(10), dt.time(17))


class ExchangeForm(SetupForm):
    """The rules of an exchange; its hours stand in rows of their own."""

    groups = (
        (gettext_lazy("Ground rules"), (("preset", "asking"),)),
        (gettext_lazy("Length"), (("slot_minutes", "pause_minutes"),)),
        (gettext_lazy("Limits"), (("meetings_a_day", "open_requests", "answer_hours"),)),
        (gettext_lazy("Reminders"), (("morning_letter_at", "reminder_minutes"),)),
        (gettext_lazy("When all is full"), (("makes_room", "settled_minutes"),)),
        (gettext_lazy("On line"), (("room_link",),)),
        (gettext_lazy("Hall screens"), (("screen_names",),)),
        (gettext_lazy("Words to participants"), (("introduction_en", "introduction_ru"),)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meetings_a_day"].help_text = _(
            "Empty: as many as there are slots. People may want fewer."
        )
        self.fields["answer_hours"].help_text = _("A request that nobody answers in time ends by itself.")
        for code in LANGUAGES:
            self.fields[f"introduction_{code}"].widget.attrs["rows"] = 4

    def clean_room_link(self) -> str:
        """Want a secure address with a place for the meeting's code, so that no two meetings share a room."""
        link: str = self.cleaned_data["room_link"].strip()
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("The address begins with https://"))
        if link and "{code}" not in link:
            raise forms.ValidationError(
                _("Write {code} where the meeting's code goes: otherwise all meetings share one room.")
            )
        return link

    class Meta(BackofficeForm.Meta):
        model = Exchange
        fields: ClassVar[list[str]] = [
            "preset", "asking", "slot_minutes", "pause_minutes", "meetings_a_day", "open_requests",
            "answer_hours", "morning_letter_at", "reminder_minutes", "makes_room", "settled_minutes", "room_link",
            "screen_names", *(f"introduction_{code}" for code in LANGUAGES),
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {
            "preset": forms.RadioSelect, "asking": forms.RadioSelect, "morning_letter_at": NativeTime,
        }  # fmt: skip


class HoursForm(forms.Form):
    """From when to when meetings are held on one day; an empty row says nothing."""

    date = forms.TypedChoiceField(
        label=gettext_lazy("Day"), coerce=dt.date.fromisoformat, required=False, empty_value=None
    )
    opens = forms.TimeField(label=pgettext_lazy("of hours", "From"), required=False, widget=NativeTime)
    closes = forms.TimeField(label=pgettext_lazy("of hours", "To"), required=False, widget=NativeTime)

    def __init__(self, *args: Any, event: Event, days: list[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        choices = [("", "—"), *((day.isoformat(), date_format(day, "D j E")) for day in days)]
        self.fields["date"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want a whole row, in order, of times that exist on that day."""
        data = super().clean() or {}
        given = [name for name in ("date", "opens", "closes") if data.get(name) is not None]
        if given in ([], ["date"]) or self.errors:
            return data
        for name in ("date", "opens", "closes"):
            if name not in given:
                self.add_error(name, _("Fill in the whole row, or empty it."))
        if len(given) == 3:
            self._check_times(data["date"], data["opens"], data["closes"])
        return data

    def _check_times(self, date: dt.date, opens: dt.time, closes: dt.time) -> None:
        if closes <= opens:
            self.add_error("closes", _("The end must come after the beginning."))
            return
        for name, time in (("opens", opens), ("closes", closes)):
            self._check_exists(name, dt.datetime.combine(date, time))

    def _check_exists(self, name: str, local: dt.datetime) -> None:
        try:
            zones.to_utc(local, self.event.zone)
        except zones.NonexistentTime:
            self.add_error(
                name, _("The clocks are put forward over this time: it does not exist on that day.")
            )
        except zones.AmbiguousTime:
            self.add_error(name, _("The clocks are put back over this time: it is there twice on that day."))

    def hours(self) -> ExchangeHours | None:
        """Return the row, or None for an empty one."""
        data = self.cleaned_data
        if not (data.get("date") and data.get("opens") and data.get("closes")):
            return None
        return ExchangeHours(date=data["date"], opens=data["opens"], closes=data["closes"])


class HoursRows(BaseFormSet):  # type: ignore[type-arg]
    """Rows of hours; several of one day must not overlap."""

    def clean(self) -> None:
        """Complain of hours that run into each other, and of none at all."""
        if any(self.errors):
            return
        rows = sorted(self.hours(), key=lambda row: (row.date, row.opens))
        for one, next_one in pairwise(rows):
            if one.date == next_one.date and next_one.opens < one.closes:
                day = date_format(one.date, "j E")
                raise forms.ValidationError(_("Two rows of %(day)s overlap.") % {"day": day})

    def hours(self) -> list[ExchangeHours]:
        """Return the rows that say something."""
        return [row for form in self.forms if (row := form.hours()) is not None]


def hours_rows(event: Event, exchange: Exchange | None, data: Any = None) -> HoursRows:
    """Return the rows of hours and some empty ones; for a new exchange, working hours on each day of the event."""
    days = list(event.days.all())
    if exchange is not None and exchange.pk:
        rows = list(exchange.hours.all())
    else:
        rows = [ExchangeHours(date=day.date, opens=USUAL[0], closes=USUAL[1]) for day in days]
    initial = [{"date": row.date.isoformat(), "opens": row.opens, "closes": row.closes} for row in rows]
    dates = sorted({day.date for day in days} | {row.date for row in rows})
    made = formset_factory(
        HoursForm, formset=HoursRows, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS * 2
    )
    return made(data, initial=initial, prefix="hours", form_kwargs={"event": event, "days": dates})  # type: ignore[return-value]


class NewTablesForm(forms.Form):
    """Adds many tables that are alike."""

    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=MOST_TABLES, initial=10)
    zone_en = forms.CharField(label=gettext_lazy("Zone, in English"), required=False, max_length=80)
    zone_ru = forms.CharField(label=gettext_lazy("Zone, in Russian"), required=False, max_length=80)
    step_free = forms.BooleanField(label=gettext_lazy("step-free access"), required=False, initial=True)
    is_quiet = forms.BooleanField(label=gettext_lazy("quiet"), required=False)
    has_screen = forms.BooleanField(label=gettext_lazy("screen"), required=False)


class TableForm(SetupForm):
    """One table."""

    groups = (
        (gettext_lazy("Table"), (("number",), ("zone_en", "zone_ru"))),
        (gettext_lazy("Features"), (("step_free", "is_quiet", "has_screen"), ("is_active",))),
    )

    @property
    def event(self) -> Event:
        """The event on whose clocks times are read."""
        event: Event = self.instance.exchange.event
        return event

    def clean_number(self) -> int:
        """Say at the field that another table has the number: the constraint is about the exchange, too."""
        number: int = self.cleaned_data["number"]
        others = Table.objects.filter(exchange=self.instance.exchange_id).exclude(pk=self.instance.pk)
        if others.filter(number=number).exists():
            raise forms.ValidationError(_("Another table has this number."))
        return number

    class Meta(BackofficeForm.Meta):
        model = Table
        fields: ClassVar[list[str]] = [
            "number", *(f"zone_{code}" for code in LANGUAGES), "step_free", "is_quiet", "has_screen", "is_active",
        ]  # fmt: skip
