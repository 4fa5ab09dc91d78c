"""What participants do with a meeting: late, cancelled, held, and what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from matchmaking.models import Feedback, Outcome
from matchmaking.states import MeetingState

LATE = (
    (5, gettext_lazy("5 minutes")),
    (10, gettext_lazy("10 minutes")),
    (15, gettext_lazy("15 minutes")),
    (0, gettext_lazy("In time after all")),
)
RATINGS = (
    (4, gettext_lazy("very useful")),
    (3, gettext_lazy("useful")),
    (2, gettext_lazy("hardly useful")),
    (1, gettext_lazy("not useful")),
)


class LateForm(forms.Form):
    """By how many minutes somebody runs late."""

    minutes = forms.TypedChoiceField(
        label=gettext_lazy("You come later by"), choices=LATE, coerce=int, widget=forms.RadioSelect, initial=5
    )


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        error_messages={
            "required": gettext_lazy("Write a reason: the other side has kept the time for you.")
        },
        help_text=gettext_lazy("The other side reads it."),
    )


class MarkForm(forms.Form):
    """Whether the meeting took place."""

    state = forms.ChoiceField(
        choices=[(MeetingState.HELD.value, ""), (MeetingState.NO_SHOW.value, "")],
    )


class FeedbackForm(forms.ModelForm):
    """What came of the meeting; the note is for herself alone."""

    use_required_attribute = False

    rating = forms.TypedChoiceField(
        label=gettext_lazy("How useful was it?"),
        choices=RATINGS,
        coerce=int,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=Outcome.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Feedback
        fields = ("rating", "outcome", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        labels = {"note": gettext_lazy("Your note")}
        help_texts = {"note": gettext_lazy("Only you read it.")}

    def values(self) -> dict[str, Any]:
        """Return what was said; the form is valid."""
        return {name: self.cleaned_data[name] for name in ("rating", "outcome", "note")}
