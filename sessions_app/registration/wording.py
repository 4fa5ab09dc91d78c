"""Placeholders in the organiser's messages: known names in braces become text, all else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "event", "category", "number", "until", "reason", "link", "delegation", "session")
_NAME = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the text with the placeholders of ``PLACEHOLDERS`` replaced, each once.

    What a value holds is never looked at again: a name such as "{link}" or "{x.__class__}" is
    printed literally.
    """
    return _NAME.sub(lambda match: values.get(match[1], ""), template)


def unknown_placeholders(template: str) -> list[str]:
    """Return what looks like a placeholder and is none, for a warning where the text is written."""
    return [name for name in re.findall(r"\{([a-z_]+)\}", template) if name not in PLACEHOLDERS]
