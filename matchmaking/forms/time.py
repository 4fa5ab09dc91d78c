"""When a participant has time for meetings, and her limits."""

from __future__ import annotations

from typing import Any

from django import forms

from matchmaking.models import ExchangeProfile


class LimitsForm(forms.ModelForm):
    """How many meetings, where, whether beside starred sessions, and whether she is reminded of them."""

    use_required_attribute = False

    class Meta:
        model = ExchangeProfile
        fields = ("meetings_a_day", "keeps_starred_free", "is_remote", "needs_step_free", "wants_reminders")
        widgets = {"meetings_a_day": forms.NumberInput(attrs={"min": 1, "max": 99, "inputmode": "numeric"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meetings_a_day"].max_value = 99  # type: ignore[attr-defined]
        exchange = self.instance.exchange
        if not exchange.room_link:
            del self.fields["is_remote"]
        if exchange.morning_letter_at is None and not exchange.reminder_minutes:
            del self.fields["wants_reminders"]
