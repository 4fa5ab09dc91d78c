"""Forms with which a plan is sought and published."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from matchmaking.models import RunKind

SECONDS = (10, 30, 60, 120, 300, 540)


def seconds_in_words(seconds: int) -> str:
    """Return a length of time as people say it."""
    if seconds < 120:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = seconds // 60
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


class RunForm(forms.Form):
    """How a plan is sought."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What may move"),
        widget=forms.RadioSelect,
        choices=[
            (
                RunKind.REPAIR.value,
                gettext_lazy(
                    "As little as possible: what is published stays, unless it has no place any more"
                ),
            ),
            (RunKind.PLAN.value, gettext_lazy("Everything that is not pinned: the best plan there is")),
        ],
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Seek for at most"),
        coerce=int,
        initial=60,
        help_text=gettext_lazy("It ends by itself when nothing better is possible."),
    )
    fair = forms.IntegerField(
        label=gettext_lazy("Idle gaps: nobody has more above another than"),
        required=False,
        min_value=0,
        max_value=20,
        help_text=gettext_lazy("Empty: no such limit. Where it allows no plan, one is sought without it."),
    )

    def __init__(self, *args: Any, has_plan: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(seconds), seconds_in_words(seconds)) for seconds in SECONDS]
        self.fields["seconds"].choices = choices  # type: ignore[attr-defined]
        self.fields["kind"].initial = RunKind.REPAIR.value if has_plan else RunKind.PLAN.value
        if not has_plan:
            del self.fields["kind"]

    def options(self) -> dict[str, Any]:
        """Return what the run keeps of it."""
        fair = self.cleaned_data.get("fair")
        return {} if fair is None else {"fair": fair}


class PublishForm(forms.Form):
    """Why people's meetings move; they read it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stands in the letter to everybody whose meetings are new or move."),
    )
