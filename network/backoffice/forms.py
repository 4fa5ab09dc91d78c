"""What the forms of the back office share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm


class BackofficeForm(WagtailAdminModelForm):
    """Names the language of a translated field in words, and to spelling checkers and screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = dict(settings.LANGUAGES)
        for name, field in self.fields.items():
            base, _sign, code = name.rpartition("_")
            if base and code in languages:
                field.label = f"{self._verbose(base)} ({_(str(languages[code]))})"
                field.widget.attrs["lang"] = code
            field.label = capfirst(field.label)

    def clean(self) -> dict[str, Any]:
        """Keep line ends as they are stored: browsers send others, and an untouched text would count as changed."""
        data: dict[str, Any] = super().clean() or {}
        for name, value in data.items():
            if isinstance(value, str):
                data[name] = value.replace("\r\n", "\n")
        return data

    def _verbose(self, name: str) -> str:
        try:
            return str(self._meta.model._meta.get_field(name).verbose_name)
        except FieldDoesNotExist:
            return name
