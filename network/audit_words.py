"""What the audit trail says in words: actions, to which each app adds its own, fields and their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

_words: dict[str, Promise] = {}


def name_actions(words: Mapping[str, Promise]) -> None:
    """Add code to words of actions; raises ImproperlyConfigured when one has a name already."""
    twice = _words.keys() & words.keys()
    if twice:
        raise ImproperlyConfigured(f"These actions have words already: {', '.join(sorted(twice))}")
    _words.update(words)


def action_words(action: str) -> str:
    """Return an action in words of the current language; one without words as its code."""
    return str(_words.get(action, action))


def actions_saying(text: str) -> list[str]:
    """Return the codes of the actions whose words of the current language contain the text, whatever its case."""
    sought = " ".join(text.split()).casefold()
    return [code for code, words in _words.items() if sought in str(words).casefold()]


def field_words(model: type[Model], name: str) -> str:
    """Return what people call a field or relation of the model; a detail that is none as it was written."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if field.is_relation and field.auto_created:
        return str(capfirst(field.related_model._meta.verbose_name_plural))
    return str(capfirst(field.verbose_name))


def value_words(model: type[Model], name: str, value: Any) -> Any:
    """Return a value of ``network.audit`` with choices by their names; what is no choice as it was written."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return value
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    return dict(getattr(field, "flatchoices", ())).get(value, value)


name_actions(
    {
        "person.created": _("person added"),
        "person.changed": _("person changed"),
        "person.profile_changed": _("own profile changed"),
        "person.erased": _("person erased"),
        "organisation.created": _("organisation added"),
        "organisation.changed": _("organisation changed"),
        "consent.given": _("consent given"),
        "consent.withdrawn": _("consent withdrawn"),
        "outbox.send_again": _("message sent again"),
        "outbox.came_back": _("message came back"),
    }
)
