"""The form of a message's words, and what its placeholders stand for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.backoffice.forms import BackofficeForm
from sessions_app.registration.backoffice.setup_forms import LANGUAGES, SetupForm
from sessions_app.registration.models import MessageTemplate
from sessions_app.registration.wording import PLACEHOLDERS, unknown_placeholders

MEANINGS: dict[str, Promise] = {
    "name": gettext_lazy("the person's name"),
    "event": gettext_lazy("the name of the event"),
    "category": gettext_lazy("the category"),
    "number": gettext_lazy("the number in the waiting list"),
    "until": gettext_lazy("until when an offered place is kept"),
    "reason": gettext_lazy("the reason you gave"),
    "link": gettext_lazy("the address of the registration; alone in a paragraph it becomes a button"),
    "delegation": gettext_lazy("the organisation of the delegation"),
    "session": gettext_lazy("the session"),
}


def placeholder_help() -> list[tuple[str, Promise]]:
    """Return each placeholder as it is written, and what it stands for."""
    return [(f"{{{name}}}", MEANINGS[name]) for name in PLACEHOLDERS]


class TemplateForm(SetupForm):
    """Subject and text in both languages; all empty gives the platform's words back."""

    groups = tuple(
        (label, ((f"subject_{code}",), (f"body_{code}",)))
        for code, label in zip(LANGUAGES, (gettext_lazy("English"), gettext_lazy("Russian")), strict=True)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in LANGUAGES:
            self.fields[f"subject_{code}"].required = self.fields[f"body_{code}"].required = False
            self.fields[f"body_{code}"].widget.attrs["rows"] = 9

    def clean(self) -> dict[str, Any]:
        """Ask for subject and text together."""
        data: dict[str, Any] = super().clean()
        for code in LANGUAGES:
            subject, body = data.get(f"subject_{code}"), data.get(f"body_{code}")
            if body and not subject:
                self.add_error(f"subject_{code}", _("A message needs a subject."))
            elif subject and not body:
                self.add_error(f"body_{code}", _("A message needs a text."))
        return data

    def unknown(self) -> list[str]:
        """Return what looks like a placeholder and is none, as it is written."""
        written = " ".join(
            str(self[name].value() or "") for name in self.fields if name.startswith(("subject", "body"))
        )
        return [f"{{{name}}}" for name in dict.fromkeys(unknown_placeholders(written))]

    class Meta(BackofficeForm.Meta):
        model = MessageTemplate
        fields: ClassVar[list[str]] = [f"{name}_{code}" for code in LANGUAGES for name in ("subject", "body")]
        widgets: ClassVar[dict[str, Any]] = {f"body_{code}": forms.Textarea for code in LANGUAGES}
