"""Controls that Django does not bring along."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms


class _SomeClosed:
    """Lets single options be shown that cannot be chosen any more."""

    closed: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark an option that is closed."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        if str(value) in self.closed and not option["selected"]:
            option["attrs"]["disabled"] = True
        return option


class Radios(_SomeClosed, forms.RadioSelect):
    """One of several; those in ``closed`` are shown and cannot be chosen."""


class Boxes(_SomeClosed, forms.CheckboxSelectMultiple):
    """Several of several; those in ``closed`` are shown and cannot be chosen."""


class FileKept(forms.FileInput):
    """A file that may have been uploaded before: named, to be replaced or taken away.

    ``kept`` is its name, ``address`` where its owner reads it. The value is False when it is taken away.
    """

    template_name = "registration/widgets/file.html"
    kept = ""
    address = ""
    may_remove = False

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        """Add what is kept."""
        context = super().get_context(name, None, dict(attrs or {}))
        context["widget"] |= {"kept": self.kept, "address": self.address, "may_remove": self.may_remove}
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the new file, else False when the kept one is to go."""
        given = super().value_from_datadict(data, files, name)
        if given is None and self.may_remove and data.get(f"{name}-remove"):
            return False
        return given

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Tell whether neither a file nor the box came."""
        return name not in files and f"{name}-remove" not in data
