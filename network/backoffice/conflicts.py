"""What a form of the back office says when somebody else saved the same thing meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from network.audit import state_of
from network.audit_words import field_words, value_words
from network.backoffice.forms import BackofficeForm
from network.conflicts import EditConflictError, seen
from network.models import AuditEntry

LONGEST = 160  # characters of a value in the message


class SeenForm(BackofficeForm):
    """Carries along what its editor saw when she opened it; ``parts`` are the relations that belong to it."""

    parts: Iterable[str] = ()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = seen(self._stored())

    def tell_conflict(self, conflict: EditConflictError) -> None:
        """Say who changed what, keep the input, and let the next press of the button be a decision."""
        entry = self._newest_entry()
        who = str(entry.actor) if entry and entry.actor else _("Somebody else")
        lines = [
            f"{self._label(name)}: {self.value_in_words(name, value)}"
            for name, value in conflict.changed.items()
        ]
        message = _(
            "%(who)s changed this while you were editing, so nothing was saved. What stands there now: "
            "%(changes)s. Your input is kept below: take over what you need and save again, and yours replaces it."
        )
        self.add_error(None, message % {"who": who, "changes": "; ".join(lines)})
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = seen(self._stored())

    def value_in_words(self, name: str, value: Any) -> str:
        """Return a stored value, as ``network.audit`` tells it, for reading."""
        if value in (None, "", [], {}):
            return pgettext("a field", "empty")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        lines = value if isinstance(value, list) else [value_words(type(self.instance), name, value)]
        text = "; ".join(map(str, lines))
        return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"

    def _stored(self) -> dict[str, Any]:
        return state_of(type(self.instance)._default_manager.get(pk=self.instance.pk), self.parts)

    def _newest_entry(self) -> AuditEntry | None:
        model = self.instance._meta.label_lower
        entries = AuditEntry.objects.filter(object_type=model, object_id=str(self.instance.pk))
        return entries.select_related("actor").order_by("-pk").first()

    def _label(self, name: str) -> str:
        if name in self.fields:
            return str(self.fields[name].label)
        return field_words(type(self.instance), name)
