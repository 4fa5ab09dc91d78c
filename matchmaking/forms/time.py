"""When a participant has time for meetings, and her limits."""

from __future__ import annotations

from typing import Any

from django import forms

from matchmaking.models import ExchangeProfile


class LimitsForm(forms.ModelForm):
    """How many meetings, where, and whether beside starred sessions."""

    use_required_attribute = False

    class Meta:
        model = ExchangeProfile
        fields = ("meetings_a_day", "keeps_starred_free", "is_remote", "needs_step_free")
        widgets = {"meetings_a_day": forms.NumberInput(attrs={"min": 1, "max": 99, "inputmode": "numeric"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meetings_a_day"].max_value = 99  # type: ignore[attr-defined]
        if not self.instance.exchange.room_link:
            del self.fields["is_remote"]
