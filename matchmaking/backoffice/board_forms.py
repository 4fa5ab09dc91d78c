"""Forms of the board: a meeting moved, marked, cancelled, or arranged by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.models import Exchange, ExchangeProfile, ProfileState, Slot, Table

LISTED = 400  # participants whose names are proposed while one types
FOUND = 8


def slot_label(slot: Slot, exchange: Exchange) -> str:
    """Return a slot on the event's clocks."""
    start = slot.start.astimezone(exchange.event.zone)
    return f"{date_format(start, 'D j E')}, {start:%H:%M}"


def _tables(tables: Iterable[Table]) -> list[tuple[str, str]]:
    return [
        (str(table.pk), f"{table.number}, {table.zone}" if table.zone else str(table.number))
        for table in tables
    ]


class PlaceForm(forms.Form):
    """A slot and a table; an empty table means any that is free."""

    slot = forms.TypedChoiceField(label=gettext_lazy("Time"), coerce=int)
    table = forms.TypedChoiceField(label=gettext_lazy("Table"), coerce=int, required=False, empty_value=None)

    def __init__(
        self,
        *args: Any,
        exchange: Exchange,
        slots: Iterable[Slot],
        tables: Iterable[Table],
        on_line: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {slot.pk: slot for slot in slots}
        self.tables = {table.pk: table for table in tables}
        choices = [(str(pk), slot_label(slot, exchange)) for pk, slot in self.slots.items()]
        self.fields["slot"].choices = choices  # type: ignore[attr-defined]
        self.fields["table"].choices = [("", _("any that is free")), *_tables(self.tables.values())]  # type: ignore[attr-defined]
        if on_line:
            del self.fields["table"]

    def place(self) -> tuple[Slot, Table | None]:
        """Return what was chosen."""
        data = self.cleaned_data
        return self.slots[data["slot"]], self.tables.get(data.get("table") or 0)


class CancelForm(forms.Form):
    """Why a meeting is cancelled; both read it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Both read it."),
    )


class NameInput(forms.TextInput):
    """Proposes names while one types; works without script."""

    template_name = "backoffice/exchange/name_input.html"
    names: Iterable[tuple[str, str]] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the names."""
        context = super().get_context(name, value, attrs)
        context["widget"]["names"] = self.names
        context["widget"]["list_id"] = f"{name}-names"
        context["widget"]["attrs"]["list"] = context["widget"]["list_id"]
        return context


class ParticipantField(forms.CharField):
    """A participant by code, e-mail or a part of the name that only she has."""

    widget = NameInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.exchange: Exchange | None = None

    def of(self, exchange: Exchange) -> None:
        """Look among these participants, and propose their names when they are not too many."""
        self.exchange = exchange
        rows = people_of(exchange).order_by("name")[: LISTED + 1]
        known = list(rows.values_list("code", "name", "organisation_name"))
        if isinstance(self.widget, NameInput) and len(known) <= LISTED:
            self.widget.names = [(code, f"{name}, {firm}" if firm else name) for code, name, firm in known]

    def clean(self, value: Any) -> ExchangeProfile | None:
        """Return the participant; say who could be meant where several are."""
        text = super().clean(value)
        if not text or self.exchange is None:
            return None
        people = people_of(self.exchange).select_related("person")
        exact = people.filter(code=text.upper()).first() or people.filter(person__email__iexact=text).first()
        if exact is not None:
            return _in(self.exchange, exact)
        found = list(people.filter(name__icontains=text).order_by("name")[: FOUND + 1])
        if len(found) == 1:
            return _in(self.exchange, found[0])
        if not found:
            raise forms.ValidationError(
                _("Nobody in the exchange is called so. Write a name, a code or an e-mail.")
            )
        several = "; ".join(f"{one.name}, {one.organisation_name} – {one.code}" for one in found[:FOUND])
        raise forms.ValidationError(_("Several are meant; write the code: %(people)s") % {"people": several})


def people_of(exchange: Exchange) -> Any:
    """Return the participants who have not left."""
    return ExchangeProfile.objects.filter(exchange=exchange).exclude(state=ProfileState.LEFT)


def _in(exchange: Exchange, profile: ExchangeProfile) -> ExchangeProfile:
    profile.exchange = exchange
    return profile


class PairForm(forms.Form):
    """Two people for whom a slot is sought."""

    one = ParticipantField(label=gettext_lazy("Who"))
    other = ParticipantField(label=gettext_lazy("With whom"))

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.of(exchange)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want two."""
        data = super().clean() or {}
        one, other = data.get("one"), data.get("other")
        if one is not None and one == other:
            self.add_error("other", _("Nobody meets herself: name somebody else."))
        return data
