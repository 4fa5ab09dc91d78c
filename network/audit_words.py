"""What the actions of the audit trail are called in words; each app adds its own when it is made ready."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
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
