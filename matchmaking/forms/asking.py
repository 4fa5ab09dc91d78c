"""Asking for a meeting, and answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.models import DeclineReason, NotForMe, Slot

ANY = "any"
LONGEST_MESSAGE = 1000
PRIORITIES = (
    (3, gettext_lazy("Must meet")),
    (2, gettext_lazy("Important")),
    (1, gettext_lazy("Would be nice")),
)


class AskForm(forms.Form):
    """A time or any, a message, and how much it matters."""

    use_required_attribute = False

    slot = forms.ChoiceField(
        label=gettext_lazy("Time"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a time, or any time."),
            "invalid_choice": gettext_lazy("This time is taken by now. Choose another one, or any time."),
        },
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What you would like to talk about. Those who read a reason say yes more often."
        ),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How much it matters to you"),
        choices=PRIORITIES,
        coerce=int,
        initial=2,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Only you and the plan know it, not the other side."),
    )

    def __init__(self, *args: Any, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {str(slot.pk): slot for slot in slots}
        field: Any = self.fields["slot"]
        field.choices = [(ANY, _("Any time")), *((key, key) for key in self.slots)]

    @property
    def chosen(self) -> str:
        """The time that is marked when the form is shown."""
        return str(self["slot"].value() or "")

    def slot_chosen(self) -> Slot | None:
        """Return the chosen time, None for any; the form is valid."""
        return self.slots.get(self.cleaned_data["slot"])


class TimeForm(forms.Form):
    """One of the times that suit both."""

    use_required_attribute = False

    slot = forms.ChoiceField(
        label=gettext_lazy("Time"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a time."),
            "invalid_choice": gettext_lazy("This time is taken by now. Choose another one."),
        },
    )

    def __init__(self, *args: Any, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slots = {str(slot.pk): slot for slot in slots}
        field: Any = self.fields["slot"]
        field.choices = [(key, key) for key in self.slots]

    @property
    def chosen(self) -> str:
        """The time that is marked when the form is shown."""
        return str(self["slot"].value() or "")

    def slot_chosen(self) -> Slot:
        """Return the chosen time; the form is valid."""
        return self.slots[self.cleaned_data["slot"]]


class DeclineForm(forms.Form):
    """Why somebody says no, which the asking side reads."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=DeclineReason.choices, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("The other side reads it."),
    )


class NoteForm(forms.Form):
    """A line of the talk of the two."""

    use_required_attribute = False

    text = forms.CharField(
        label=gettext_lazy("Write a line"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )


class PassForm(forms.Form):
    """Why a suggested partner is not wanted; the other side never learns of it."""

    use_required_attribute = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not?"),
        choices=NotForMe.choices,
        initial=NotForMe.OTHER,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("It steers what is suggested next. Nobody else sees it."),
    )
