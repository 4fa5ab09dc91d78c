"""Texts of a model in all languages at once, for code that must not depend on the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Model


def localised(instance: Model, field: str) -> dict[str, str]:
    """Return language code to text of a translated field, without empty ones."""
    texts = {code: getattr(instance, f"{field}_{code}") or "" for code, _name in settings.LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def set_localised(instance: Model, field: str, texts: dict[str, str]) -> None:
    """Write each language's text to its field; languages that are not given become empty."""
    for code, _name in settings.LANGUAGES:
        setattr(instance, f"{field}_{code}", texts.get(code, ""))
