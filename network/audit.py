"""What an object says of itself before and after a change, in words for the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Field, ForeignKey, Model
from modeltranslation.manager import get_translatable_fields_for_model

State = dict[str, Any]


def state_of(instance: Model, children: Iterable[str] = ()) -> State:
    """Return field to value as it stands in memory; each relation of ``children`` becomes a list of lines.

    Translated fields appear once per language. Fields that people cannot edit are left out.
    """
    state: State = {field.name: _value(instance, field) for field in _told(type(instance))}
    for relation in children:
        state[relation] = [_line(child, instance) for child in getattr(instance, relation).all()]
    return state


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return field to (old, new) for what differs; empty values of all kinds count as the same."""
    found = {}
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old != new and (_is_something(old) or _is_something(new)):
            found[key] = (old, new)
    return found


def _is_something(value: Any) -> bool:
    return value not in (None, "", [], {})


def _told(model: type[Model]) -> list[Field[Any, Any]]:
    translated = set(get_translatable_fields_for_model(model) or ())
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in translated
    ]


def _value(instance: Model, field: Field[Any, Any]) -> Any:
    if isinstance(field, ForeignKey):
        related = getattr(instance, field.name)
        return None if related is None else str(related)
    value = getattr(instance, field.attname)
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def _line(child: Model, parent: Model) -> str:
    parts = []
    for field in _told(type(child)):
        if isinstance(field, ForeignKey) and field.remote_field.model is type(parent):
            continue
        value = _value(child, field)
        if isinstance(value, bool):
            value = str(field.verbose_name) if value else None
        if _is_something(value):
            parts.append(str(value))
    return " · ".join(parts)
